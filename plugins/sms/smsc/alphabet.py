"""How the texts of handsets are written (3GPP TS 23.038): the GSM alphabet where it is enough, else UCS-2."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION: Final = {"\f": 10, "^": 20, "{": 40, "}": 41, "\\": 47, "[": 60, "~": 61, "]": 62, "|": 64, "€": 101}
ESCAPE: Final = 0x1B
GSM, ASCII, LATIN1, UCS2 = 0, 1, 3, 8
"""data_coding (SMPP 3.4 §5.2.19)."""
SINGLE: Final = {GSM: 160, UCS2: 140}
PIECE: Final = {GSM: 153, UCS2: 134}
"""Octets as SMPP carries them, of a whole text and of a piece with its six octets of header."""

_BACK: Final = {code: letter for letter, code in EXTENSION.items()}


@dataclass(frozen=True, slots=True)
class Written:
    """A text in `coding`, cut into pieces of octets."""

    coding: int
    pieces: Sequence[bytes]


def write(text: str) -> Written:
    """Never cuts an escape from what it escapes, nor a surrogate from its other half."""
    gsm = all(letter in EXTENSION or (letter in BASIC and letter != chr(ESCAPE)) for letter in text)
    coding = GSM if gsm else UCS2
    units = [_septets(letter) if gsm else letter.encode("utf-16-be", "replace") for letter in text]
    whole = b"".join(units)
    return Written(coding, [whole] if len(whole) <= SINGLE[coding] else list(_pieces(units, PIECE[coding])))


def read(octets: bytes, coding: int) -> str:
    """What a phone would show; what cannot be read is shown as U+FFFD."""
    if coding == UCS2:
        return octets.decode("utf-16-be", "replace")
    if coding in {ASCII, LATIN1, 4}:
        return octets.decode("latin-1")
    return "".join(_letters(octets))


def _septets(letter: str) -> bytes:
    return bytes([ESCAPE, EXTENSION[letter]]) if letter in EXTENSION else bytes([BASIC.index(letter)])


def _letters(octets: bytes) -> Iterator[str]:
    escaped = False
    for octet in octets:
        if escaped:
            yield _BACK.get(octet, " ")
        elif octet != ESCAPE:
            yield BASIC[octet] if octet < len(BASIC) else "\ufffd"
        escaped = octet == ESCAPE and not escaped


def _pieces(units: Sequence[bytes], most: int) -> Iterator[bytes]:
    piece = b""
    for unit in units:
        if len(piece) + len(unit) > most:
            yield piece
            piece = b""
        piece += unit
    yield piece
