"""The heading as dots: a strip as wide as a page, written over its top or put above it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PIL import Image, ImageDraw

from plugins.fax.pages.heading import Heading
from plugins.fax.pages.options import DOTS, INCH, WIDTH
from plugins.fax.pages.printing.fonts import Font, font_for
from plugins.fax.pages.printing.sheet import WHITE, black_and_white, resized
from plugins.fax.pages.problems import PageError, Problem

HEIGHT: Final = 5.0
"""Millimetres: Chinese can be read in it at standard resolution."""
_SIDE: Final = 8.0
_SIZE: Final = 9.5
"""Points."""
_SHARP: Final = 2
"""Drawn with so many times the dots it is sent with."""
_BLACK: Final = 0
_MORE: Final = "…"


def headed(page: Image.Image, lines: int, heading: Heading, number: tuple[int, int], font: str = "") -> Image.Image:
    """A page (mode 1, `lines` to the inch) with its heading. `number`: which it is, of how many. Raises PageError."""
    strip = _strip(lines, *_written(heading, number, font))
    if not heading.above:
        whole = page.copy()
        whole.paste(strip, (0, 0))
        return whole
    whole = Image.new("1", (page.width, page.height + strip.height), WHITE)
    whole.paste(strip, (0, 0))
    whole.paste(page, (0, strip.height))
    return whole


def _written(heading: Heading, number: tuple[int, int], chosen: str) -> tuple[str, str, Font]:
    """Left, right, and in which font: in Latin letters where there is none for others, for the fax has to go."""
    size = round(_SIZE / 72 * DOTS * _SHARP)
    left, right = heading.line(), heading.page(*number)
    try:
        return left, right, font_for(left + right, size, chosen)
    except PageError as error:
        latin = replace(heading, sender=heading.sender if heading.sender.isascii() else "", language="en")
        if error.problem is not Problem.NO_FONT or latin == heading:
            raise
        return latin.line(), latin.page(*number), font_for("", size)


def _strip(lines: int, left: str, right: str, font: Font) -> Image.Image:
    sharp = DOTS * _SHARP / INCH
    drawn = Image.new("L", (WIDTH * _SHARP, round(HEIGHT * sharp)), WHITE)
    pen, side, middle = ImageDraw.Draw(drawn), round(_SIDE * sharp), drawn.height // 2
    begins = drawn.width - side - font.getlength(right)
    pen.text((begins, middle), right, _BLACK, font, anchor="lm")
    pen.text((side, middle), _fitting(left, begins - 2 * side, font), _BLACK, font, anchor="lm")
    return black_and_white(resized(drawn, (WIDTH, round(HEIGHT * lines / INCH))))


def _fitting(text: str, room: float, font: Font) -> str:
    """Without what there is no room for."""
    if font.getlength(text) <= room:
        return text
    while text and font.getlength(text + _MORE) > room:
        text = text[:-1]
    return text + _MORE
