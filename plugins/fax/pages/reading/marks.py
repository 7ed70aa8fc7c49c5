"""What a page is worth looking at: nothing on it, noise of the line on it, or something."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from PIL import Image, ImageChops

from plugins.fax.pages.options import DOTS, INCH

_INK: Final = [255, *[0] * 255]
_EDGE: Final = round(5 / INCH * DOTS)
"""Dots at the sides that scanners darken."""
_HEAD: Final = 7 / INCH
"""Inches at the top where machines print who sends: it alone is no content."""
_BLANK: Final = 0.0001
_SOLID: Final = 0.6
_SPECKLED: Final = 0.6
_SPARSE: Final = 0.05
_SLIVER: Final = 12 / INCH
"""Inches: a page this short is what was left of one when the line went."""


class Mark(StrEnum):
    """BLANK: nothing is on it. JUNK: what is on it was not written by anybody. NONE: look at it."""

    NONE = ""
    BLANK = "BLANK"
    JUNK = "JUNK"


def mark_of(page: Image.Image, lines: float) -> Mark:
    """`page` is of mode 1, `lines` to the inch."""
    ink = page.point(_INK)
    body = ink.crop((_EDGE, min(round(_HEAD * lines), page.height - 1), page.width - _EDGE, page.height))
    black, dots = _count(body), body.width * body.height
    if black <= dots * _BLANK:
        return Mark.BLANK
    if page.height < _SLIVER * lines or black > dots * _SOLID:
        return Mark.JUNK
    lonely = black - _count(_beside(body))
    return Mark.JUNK if lonely > black * _SPECKLED and black < dots * _SPARSE else Mark.NONE


def _beside(ink: Image.Image) -> Image.Image:
    """The dots that have another at their side, above or below."""
    moved = (_moved(ink, *step) for step in ((1, 0), (-1, 0), (0, 1), (0, -1)))
    near = next(moved)
    for each in moved:
        near = ImageChops.logical_or(near, each)
    return ImageChops.logical_and(ink, near)


def _moved(ink: Image.Image, right: int, down: int) -> Image.Image:
    return ImageChops.offset(ink, right, down)


def _count(ink: Image.Image) -> int:
    return ink.histogram()[255]
