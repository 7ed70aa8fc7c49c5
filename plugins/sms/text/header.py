"""The user data header before a text (3GPP TS 23.040 §9.2.3.24): which piece of a longer one it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from plugins.sms.provider import Concatenated

_EIGHT_BIT: Final = 0x00
_SIXTEEN_BIT: Final = 0x08


def concatenated(reference: int, index: int, total: int) -> bytes:
    """The header of piece `index` (from 0), with an 8-bit reference, its length octet included."""
    return bytes([5, _EIGHT_BIT, 3, reference % 256, total, index + 1])


def part_of(head: bytes) -> Concatenated | None:
    """Which piece this header announces; None when none, or an impossible one (§9.2.3.24.1: ignore it then)."""
    for kind, value in _elements(head):
        if kind == _EIGHT_BIT and len(value) == 3:
            reference, total, number = value
        elif kind == _SIXTEEN_BIT and len(value) == 4:
            reference, total, number = int.from_bytes(value[:2], "big"), value[2], value[3]
        else:
            continue
        if 1 <= number <= total:
            return Concatenated(reference, number - 1, total)
    return None


def split(octets: bytes) -> tuple[bytes, bytes]:
    """User data that begins with a header, as (header, the rest); no header when its length cannot be."""
    length = octets[0] + 1 if octets else 1
    return (octets[:length], octets[length:]) if 1 < length <= len(octets) else (b"", octets)


def _elements(head: bytes) -> Iterator[tuple[int, bytes]]:
    at, end = 1, min(len(head), head[0] + 1) if head else 0
    while at + 2 <= end:
        kind, length = head[at], head[at + 1]
        yield kind, head[at + 2 : at + 2 + length]
        at += 2 + length
