"""Lines out of words: wrapped at spaces and between Chinese characters, never before a closing mark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from plugins.fax.pages.printing.fonts import Font, is_wide

_TAB: Final = 8
_CLOSING: Final = frozenset("、。，．：；？！）》」』】〕〉”’…,.:;?!)]}%")
_OPENING: Final = frozenset("（《「『【〔〈“‘([{")
Widths = Callable[[str], float]


def widths(font: Font) -> Widths:
    """How wide a character is, each asked once."""
    known: dict[str, float] = {}

    def width(char: str) -> float:
        if char not in known:
            known[char] = font.getlength(char)
        return known[char]

    return width


def wrapped(line: str, room: float, width: Widths) -> Iterator[str]:
    """One line of the text as lines that fit; an empty one stays."""
    line = "".join(char for char in line.expandtabs(_TAB) if char.isprintable()).rstrip()
    start, end, used, gap = 0, 0, 0.0, 0
    while end < len(line):
        used += width(line[end])
        if used > room and end > start:
            stop = gap if gap > start else end
            yield line[start:stop].rstrip()
            start = end = _past_spaces(line, stop)
            used, gap = 0.0, start
            continue
        end += 1
        if end < len(line) and _may_end(line[end - 1], line[end]):
            gap = end
    yield line[start:]


def _may_end(last: str, following: str) -> bool:
    """Whether a line may end between these two."""
    if following in _CLOSING or last in _OPENING:
        return False
    return last in " -" or is_wide(last) or is_wide(following)


def _past_spaces(line: str, at: int) -> int:
    while at < len(line) and line[at] == " ":
        at += 1
    return at
