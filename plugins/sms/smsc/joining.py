"""Pieces of one text, told by their user data header (3GPP TS 23.040 §9.2.3.24.1 and .8)."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final, TypeAlias

EIGHT_BIT, SIXTEEN_BIT = 0x00, 0x08
MOST_OPEN: Final = 500


@dataclass(frozen=True, slots=True)
class Piece:
    """`place` counts from 1."""

    reference: int
    total: int
    place: int


Key: TypeAlias = tuple[str, str, int, int]
"""From, to, reference, total."""


class Joiner:
    """Holds what is not whole yet; the oldest is given up when there is too much of it."""

    def __init__(self) -> None:
        self._open: OrderedDict[Key, dict[int, str]] = OrderedDict()

    def take(self, sender: str, to: str, piece: Piece, text: str) -> str | None:
        """The whole text, once its last piece is there."""
        key = (sender, to, piece.reference, piece.total)
        pieces = self._open.setdefault(key, {})
        pieces[piece.place] = text
        if len(pieces) == piece.total:
            del self._open[key]
            return "".join(pieces[place] for place in sorted(pieces))
        while len(self._open) > MOST_OPEN:
            self._open.popitem(last=False)
        return None


def split(octets: bytes) -> tuple[Piece | None, bytes]:
    """The header's piece, if it tells one, and the text without the header."""
    if not octets or octets[0] >= len(octets):
        return None, octets
    length = octets[0] + 1
    return _piece(octets[1:length]), octets[length:]


def header(piece: Piece) -> bytes:
    """With an 8-bit reference."""
    return bytes([5, EIGHT_BIT, 3, piece.reference & 0xFF, piece.total, piece.place])


def _piece(elements: bytes) -> Piece | None:
    while len(elements) >= 2:
        kind, length = elements[0], elements[1]
        value = elements[2 : 2 + length]
        if (kind, length) == (EIGHT_BIT, 3) and len(value) == 3:
            return _told(value[0], value[1], value[2])
        if (kind, length) == (SIXTEEN_BIT, 4) and len(value) == 4:
            return _told(int.from_bytes(value[:2], "big"), value[2], value[3])
        elements = elements[2 + length :]
    return None


def _told(reference: int, total: int, place: int) -> Piece | None:
    return Piece(reference, total, place) if 1 <= place <= total else None
