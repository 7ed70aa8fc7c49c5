"""Packets of voice and keys (RFC 3550 §5.1), handed on from one session into another. Pure but for the chosen ids."""

from __future__ import annotations

import secrets
import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

FRAME: Final = 160
"""Ticks of 20 ms at 8 kHz."""
_HEADER: Final = struct.Struct("!BBHII")


@dataclass(frozen=True, slots=True)
class Packet:
    """`timestamp` in ticks of 1/8000 s; extensions, contributing sources and padding are left out."""

    kind: int
    marker: bool
    sequence: int
    timestamp: int
    source: int
    payload: bytes

    def __bytes__(self) -> bytes:
        second = self.kind | (self.marker << 7)
        return _HEADER.pack(0x80, second, self.sequence, self.timestamp, self.source) + self.payload


def parse(data: bytes) -> Packet:
    """Raises ValueError for what is no RTP packet."""
    if len(data) < _HEADER.size or data[0] >> 6 != 2:
        raise ValueError("no RTP")
    first, second, sequence, timestamp, source = _HEADER.unpack_from(data)
    start, end = _HEADER.size + 4 * (first & 0x0F), len(data)
    if first & 0x10:
        if end < start + 4:
            raise ValueError("an extension that is cut off")
        start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big")
    if first & 0x20:
        end -= data[-1]
    if start > end:
        raise ValueError("longer headers than packet")
    return Packet(second & 0x7F, second > 0x7F, sequence, timestamp, source, data[start:end])


class Onward:
    """Packets of one side as the other's session has them: our own source, numbers that go on when theirs changes.
    `kinds` maps payload types; what it does not name is not carried on."""

    def __init__(self, kinds: Mapping[int, int]) -> None:
        self.kinds = kinds
        self._source = secrets.randbits(32)
        self._theirs: int | None = None
        self._sequence, self._timestamp = secrets.randbits(15), secrets.randbits(31)
        self._shift = (0, 0)

    def carry(self, packet: Packet) -> Packet | None:
        """The packet for the other side, or None."""
        if packet.kind not in self.kinds:
            return None
        fresh = packet.source != self._theirs
        if fresh:
            self._theirs = packet.source
            self._shift = (self._sequence + 1 - packet.sequence, self._timestamp + FRAME - packet.timestamp)
        self._sequence = (packet.sequence + self._shift[0]) & 0xFFFF
        self._timestamp = (packet.timestamp + self._shift[1]) & 0xFFFF_FFFF
        return replace(
            packet, kind=self.kinds[packet.kind], marker=packet.marker or fresh, source=self._source,
            sequence=self._sequence, timestamp=self._timestamp,
        )  # fmt: skip
