"""Reading and writing what a TPDU is made of: addresses, time stamps, numbers in swapped half octets (TS 23.040 §9.1).

Reading is total: any octets give a value or `BadTpdu`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from plugins.sms.modem.septets import pack, unpack

DIGITS: Final = "0123456789*#abc"
INTERNATIONAL: Final = 0x91
NATIONAL: Final = 0x81
ALPHANUMERIC: Final = 0x50
_FILLER: Final = 0xF

Alphabet = Callable[[bytes], str]
"""Septets, one an octet, as text."""


class BadTpdu(ValueError):
    """These octets are no TPDU."""


@dataclass(slots=True)
class Tape:
    """Octets that are read from the front."""

    octets: bytes
    at: int = 0

    def take(self, count: int) -> bytes:
        """The next `count` octets. Raises BadTpdu where they end before."""
        taken = self.octets[self.at : self.at + count]
        if len(taken) < count:
            raise BadTpdu(f"it ends after {len(self.octets)} octets, {self.at + count} are said")
        self.at += count
        return taken

    def number(self) -> int:
        """The next octet."""
        return self.take(1)[0]

    def rest(self) -> bytes:
        """All that is left."""
        return self.take(len(self.octets) - self.at)


def digits_of(octets: bytes) -> str:
    """Digits in half octets, the lower half first; a filler ends them."""
    halves = [half for octet in octets for half in (octet & 0xF, octet >> 4)]
    return "".join(DIGITS[half] for half in halves if half != _FILLER)


def half_octets(digits: str) -> bytes:
    """And the other way round. Raises BadTpdu for what is no digit of a telephone."""
    places = [DIGITS.find(digit) for digit in digits.lower()]
    if -1 in places:
        raise BadTpdu("a number may have digits, * and #")
    places += [_FILLER] * (len(places) % 2)
    return bytes(low | high << 4 for low, high in zip(places[::2], places[1::2], strict=True))


def address(tape: Tape, alphabet: Alphabet) -> str:
    """An originator or recipient: "+…" for an international number, digits as they are, or a name."""
    length, kind = tape.number(), tape.number()
    octets = tape.take((length + 1) // 2)
    if kind & 0x70 == ALPHANUMERIC:
        return alphabet(unpack(octets, length * 4 // 7)).rstrip("\r")
    return _international(kind) + digits_of(octets)[:length]


def service_centre(tape: Tape) -> str:
    """The SMSC's number before a TPDU (TS 27.005 §3.1); "" when the modem does not say."""
    length = tape.number()
    if not length:
        return ""
    kind, octets = tape.number(), tape.take(length - 1)
    return _international(kind) + digits_of(octets)


def as_address(number: str) -> bytes:
    """A recipient's number as a TPDU has it."""
    digits = number.removeprefix("+")
    return bytes([len(digits), INTERNATIONAL if number.startswith("+") else NATIONAL]) + half_octets(digits)


def as_name(septets: bytes) -> bytes:
    """A sender's name, in septets, as a TPDU has it."""
    packed = pack(septets)
    return bytes([(len(septets) * 7 + 3) // 4, 0x80 | ALPHANUMERIC]) + packed


def time_stamp(octets: bytes) -> datetime | None:
    """Seven octets of a service centre's clock (§9.2.3.11); None where they tell no time."""
    year, month, day, hour, minute, second = (_decimal(octet) for octet in octets[:6])
    zone = octets[6]
    quarters = _decimal(zone & ~0x08) * (-1 if zone & 0x08 else 1)
    try:
        offset = timezone(timedelta(minutes=15 * quarters))
        return datetime(2000 + year, month, day, hour, minute, second, tzinfo=offset).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def as_time_stamp(at: datetime) -> bytes:
    """The same, of a time in UTC."""
    parts = (at.year % 100, at.month, at.day, at.hour, at.minute, at.second, 0)
    return bytes(part % 10 << 4 | part // 10 for part in parts)


def _decimal(octet: int) -> int:
    """Two decimal digits, the lower half first; what is none becomes a number no clock shows."""
    return (octet & 0xF) * 10 + (octet >> 4)


def _international(kind: int) -> str:
    return "+" if kind & 0x70 == 0x10 else ""
