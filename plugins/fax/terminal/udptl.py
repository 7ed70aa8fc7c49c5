"""UDPTL (T.38 §9.1): each datagram carries a packet and, for when those before it were lost, what mends the loss.

Aligned PER: a sequence number of 16 bits, the primary packet, then either the last few packets again (newest first) or
parities of several (FEC). Packets are octets here; what they say is the library's business.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

WRAP: Final = 0x10000
MOST: Final = 16
"""Older packets a datagram may mend: more are a peer's mistake, or somebody's mischief."""
_FEC: Final = 0x80
_LARGEST: Final = 0x3FFF


class NotUdptl(ValueError):
    """The datagram is something else, or cut off."""


@dataclass(frozen=True, slots=True)
class Datagram:
    """`secondaries[i]` is packet `sequence - 1 - i`. `parities[m]` is the exclusive or of `span` packets, each as many
    apart as there are parities, the first of them `sequence - span * len(parities) + m`."""

    sequence: int
    primary: bytes
    secondaries: tuple[bytes, ...] = ()
    parities: tuple[bytes, ...] = ()
    span: int = 0


def parse(datagram: bytes) -> Datagram:
    """Read one. Raises NotUdptl."""
    octets = _Octets(datagram)
    sequence, primary, kind = octets.number(2), octets.field(), octets.number(1)
    if kind & _FEC:
        span = int.from_bytes(octets.field())
        parities = octets.fields()
        if span * len(parities) > MOST * MOST:
            raise NotUdptl("its parities cover more than anybody keeps")
        found = Datagram(sequence, primary, parities=parities, span=span)
    else:
        found = Datagram(sequence, primary, octets.fields())
    octets.end()
    return found


def build(datagram: Datagram) -> bytes:
    """Write one."""
    head = datagram.sequence.to_bytes(2) + _field(datagram.primary)
    if datagram.span:
        return head + bytes((_FEC, 1, datagram.span)) + _fields(datagram.parities)
    return head + b"\0" + _fields(datagram.secondaries)


class Sender:
    """Numbers packets and sends the last few again with each, as many as fit."""

    def __init__(self, redundancy: int, largest: int) -> None:
        self._sequence, self._largest = 0, largest
        self._before: deque[bytes] = deque(maxlen=redundancy)

    def dress(self, packet: bytes) -> bytes:
        """The next datagram."""
        again = list(self._before)
        while len(datagram := build(Datagram(self._sequence, packet, tuple(again)))) > self._largest and again:
            again.pop()
        self._before.appendleft(packet)
        self._sequence = (self._sequence + 1) % WRAP
        return datagram


class _Octets:
    """What is left of a datagram."""

    def __init__(self, octets: bytes) -> None:
        self._octets, self._at = octets, 0

    def take(self, count: int) -> bytes:
        start, self._at = self._at, self._at + count
        if self._at > len(self._octets):
            raise NotUdptl("cut off")
        return self._octets[start : self._at]

    def number(self, octets: int) -> int:
        return int.from_bytes(self.take(octets))

    def length(self) -> int:
        """X.691 §10.9.3: one octet below 128, two below 16384; nothing longer fits a datagram."""
        first = self.number(1)
        if first < 0x80:
            return first
        if first >= 0xC0:
            raise NotUdptl("in fragments")
        return (first & 0x3F) << 8 | self.number(1)

    def field(self) -> bytes:
        return self.take(self.length())

    def fields(self) -> tuple[bytes, ...]:
        count = self.length()
        if count > MOST:
            raise NotUdptl("it mends more than anybody keeps")
        return tuple(self.field() for _ in range(count))

    def end(self) -> None:
        if self._at != len(self._octets):
            raise NotUdptl("longer than it says")


def _length(length: int) -> bytes:
    if length > _LARGEST:
        raise ValueError("longer than a datagram")
    return bytes((length,)) if length < 0x80 else (0x8000 | length).to_bytes(2)


def _field(octets: bytes) -> bytes:
    return _length(len(octets)) + octets


def _fields(all_of_them: Sequence[bytes]) -> bytes:
    return _length(len(all_of_them)) + b"".join(_field(octets) for octets in all_of_them)


def mended(datagram: Datagram, known: dict[int, bytes]) -> Iterator[tuple[int, bytes]]:
    """What parities give back: each that covers exactly one packet that is not `known`. It may end in zeros that the
    packet did not have."""
    apart = len(datagram.parities)
    for number, parity in enumerate(datagram.parities):
        first = datagram.sequence - datagram.span * apart + number
        covered = [(first + step * apart) % WRAP for step in range(datagram.span)]
        missing = [sequence for sequence in covered if sequence not in known]
        if len(missing) == 1:
            yield missing[0], _exclusive_or(parity, [known[each] for each in covered if each in known])


def _exclusive_or(parity: bytes, others: Sequence[bytes]) -> bytes:
    value = int.from_bytes(parity, "little")
    for other in others:
        value ^= int.from_bytes(other, "little")
    return value.to_bytes(max(map(len, (parity, *others))), "little")
