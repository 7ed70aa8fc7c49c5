"""A text as the short messages it takes: the narrowest coding that holds it, cut where a phone would cut it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from plugins.sms.provider import Coding, Segment
from plugins.sms.text import gsm0338, header
from plugins.sms.text.narrow import HANDSETS, Narrow

WHOLE: Final = {Coding.GSM7: 160, Coding.UCS2: 70}
PIECE: Final = {Coding.GSM7: 153, Coding.UCS2: 67}
"""Units of a segment without and with the six octets that say which of several it is: septets, or UTF-16 units."""


@dataclass(frozen=True, slots=True)
class Count:
    """What a text costs. `units` of its coding it takes, `left` until the next part begins, `parts` short messages."""

    coding: Coding
    units: int
    parts: int
    left: int


def count(text: str, narrow: Narrow = HANDSETS) -> Count:
    """How many short messages a text is, and how much more its last one holds."""
    coding, pieces = _cut(text, narrow)
    used = [sum(size for _, size in piece) for piece in pieces]
    room = _whole(coding, narrow) if len(pieces) == 1 else PIECE[coding]
    return Count(coding, sum(used), len(pieces), room - used[-1])


def segments(text: str, reference: int, narrow: Narrow = HANDSETS) -> tuple[Segment, ...]:
    """The text cut up; an empty one is one empty segment. More than 255 parts are given as they are, to be refused."""
    coding, pieces = _cut(text, narrow)
    total, reference = len(pieces), reference % 256
    made = []
    for index, piece in enumerate(pieces):
        said = "".join(char for char, _ in piece)
        head = header.concatenated(reference, index, total) if 1 < total < 256 else b""
        made.append(Segment(said, coding, octets(said, coding), index, total, reference, head))
    return tuple(made)


def octets(text: str, coding: Coding) -> bytes:
    """The text in this coding; what it lacks becomes a question mark."""
    if coding is Coding.GSM7:
        return gsm0338.encode(text) or b"".join(gsm0338.OCTETS.get(char, b"?") for char in text)
    if coding is Coding.UCS2:
        return text.encode("utf-16-be", "replace")
    return text.encode("latin-1", "replace")


def text_of(raw: bytes, coding: Coding) -> str:
    """What octets in this coding say. Total: half a surrogate pair, or half a unit, becomes U+FFFD."""
    if coding is Coding.GSM7:
        return gsm0338.decode(raw)
    return raw.decode("utf-16-be" if coding is Coding.UCS2 else "latin-1", "replace")


_Sized = tuple[str, int]


def _whole(coding: Coding, narrow: Narrow) -> int:
    return narrow.whole if coding is Coding.GSM7 else WHOLE[coding]


def _cut(text: str, narrow: Narrow) -> tuple[Coding, list[list[_Sized]]]:
    text = text.encode("utf-16-be", "replace").decode("utf-16-be")  # half a pair cannot be sent
    coding = Coding.GSM7 if narrow.chars.issuperset(text) else Coding.UCS2
    sized = [(char, _size(char, coding)) for char in text]
    if sum(size for _, size in sized) <= _whole(coding, narrow):
        return coding, [sized]
    return coding, list(_pieces(sized, PIECE[coding]))


def _pieces(sized: list[_Sized], room: int) -> Iterator[list[_Sized]]:
    """Greedy; a character of two units (an escape, a surrogate pair) is never parted."""
    piece: list[_Sized] = []
    used = 0
    for char, size in sized:
        if used + size > room:
            yield piece
            piece, used = [], 0
        piece.append((char, size))
        used += size
    yield piece


def _size(char: str, coding: Coding) -> int:
    return len(gsm0338.OCTETS[char]) if coding is Coding.GSM7 else 1 + (ord(char) > 0xFFFF)
