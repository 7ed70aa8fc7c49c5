"""Text, set on pages."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from PIL import Image, ImageDraw

from plugins.fax.pages.bounds import Bounds
from plugins.fax.pages.options import INCH, PrintOptions
from plugins.fax.pages.printing.fonts import Font, font_for
from plugins.fax.pages.printing.sheet import WHITE, Drawn
from plugins.fax.pages.printing.typesetting import widths, wrapped

SIDE: Final = 20.0
TOP: Final = 18.0
"""Millimetres; the line that machines print at the top of a page stands in it."""
SIZE: Final = 11
"""Points."""
_LEADING: Final = 1.4
_PAGE: Final = "\f"
_DENSEST: Final = 12_000
"""Characters no page can hold."""


def pages(text: str, options: PrintOptions, bounds: Bounds, before: int) -> Iterator[Drawn]:
    """As many as it takes. Raises PageError."""
    bounds.allow(before + len(text) // _DENSEST)
    font = font_for(text, dots(SIZE, options), options.font)
    step = round(dots(SIZE, options) * _LEADING)
    room = int((options.paper.height - TOP - SIDE) / INCH * options.quality.drawn) // step
    filled = []
    for lines in islice(_filled(text, font, options, room), bounds.pages + 1):
        bounds.page()
        filled.append(lines)
    bounds.allow(before + len(filled))
    for lines in filled:
        bounds.page()
        page = blank(options)
        draw = ImageDraw.Draw(page)
        for row, line in enumerate(lines):
            draw.text((across(SIDE, options), across(TOP, options) + row * step), line, 0, font)
        yield Drawn(page, options.paper.width, options.paper.height)


def _filled(text: str, font: Font, options: PrintOptions, room: int) -> Iterator[list[str]]:
    width, inside = widths(font), across(options.paper.width - 2 * SIDE, options)
    for part in text.rstrip().split(_PAGE):
        lines: list[str] = []
        for line in part.splitlines():
            for piece in wrapped(line, inside, width):
                lines.append(piece)
                if len(lines) == room:
                    yield lines
                    lines = []
        if lines:
            yield lines


def blank(options: PrintOptions) -> Image.Image:
    """A sheet of the paper, in grey, at the dots things are drawn at."""
    return Image.new("L", (across(options.paper.width, options), across(options.paper.height, options)), WHITE)


def across(millimetres: float, options: PrintOptions) -> int:
    """As dots."""
    return round(millimetres / INCH * options.quality.drawn)


def dots(points: float, options: PrintOptions) -> int:
    """How many a letter of this size is high."""
    return round(points / 72 * options.quality.drawn)
