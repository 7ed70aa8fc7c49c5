"""What was drawn, in grey, becomes a page of a fax: fitted to the paper, black and white."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from PIL import Image, ImageChops

from plugins.fax.pages.options import DOTS, INCH, WIDTH, PrintOptions

WHITE: Final = 255
_INK: Final = 160
"""Darker is black. Above the middle: thin lines and small letters, grey at their edges, stay whole."""
_CELL: Final = 6
_TILE: Final = 24
_PHOTOGRAPH: Final = 110
"""Share of a tile, of 255, that is neither dark nor light, from which on it is a picture and not letters."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Grey (mode L), and how large it is, in millimetres."""

    image: Image.Image
    width: float
    height: float


def sheet(drawn: Drawn, options: PrintOptions) -> Image.Image:
    """Mode 1, exactly 1728 wide, as long as the paper, what was drawn in the middle at its top: never larger than it
    is, smaller where it would not fit."""
    across, down = DOTS / INCH, options.quality.lines / INCH
    length = round(options.paper.height * down)
    wide, high = drawn.width * across, drawn.height * down
    fit = min(1.0, WIDTH / wide, length / high)
    size = max(1, min(WIDTH, round(wide * fit))), max(1, min(length, round(high * fit)))
    page = Image.new("1", (WIDTH, length), WHITE)
    page.paste(black_and_white(resized(drawn.image, size)), ((WIDTH - size[0]) // 2, 0))
    return page


def resized(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Averaged where it becomes smaller."""
    if image.size == size:
        return image
    return image.resize(size, Image.Resampling.BOX if image.width >= size[0] else Image.Resampling.BICUBIC)


def black_and_white(grey: Image.Image) -> Image.Image:
    """Letters are cut at a threshold, photographs become halftones; a page may have both."""
    letters = grey.point([0 if value < _INK else WHITE for value in range(256)]).convert("1")
    where = _photographs(grey)
    if where is None:
        return letters
    return Image.composite(halftone(grey), letters, where)


def halftone(grey: Image.Image) -> Image.Image:
    """Dots that grow with the darkness: T.6 codes them in a fifth of what an error-diffused photograph takes, which on
    a telephone line is minutes."""
    cell = _cell()
    screen = Image.new("L", grey.size)
    for left in range(0, grey.width, _CELL):
        screen.paste(cell, (left, 0))
    row = screen.crop((0, 0, grey.width, _CELL))
    for top in range(_CELL, grey.height, _CELL):
        screen.paste(row, (0, top))
    return ImageChops.subtract(grey, screen).point([0] + [WHITE] * 255).convert("1")


@cache
def _cell() -> Image.Image:
    """Thresholds of one dot: its middle is the last to become white."""
    middle = (_CELL - 1) / 2
    places = [(left, top) for left in range(_CELL) for top in range(_CELL)]
    places.sort(key=lambda place: ((place[0] - middle) ** 2 + (place[1] - middle) ** 2, place))
    cell = Image.new("L", (_CELL, _CELL))
    for rank, place in enumerate(places):
        cell.putpixel(place, round(WHITE * (1 - (rank + 0.5) / len(places))))
    return cell


def _photographs(grey: Image.Image) -> Image.Image | None:
    """Where, as a mask; None: nowhere."""
    between = grey.point([WHITE if 50 < value < 225 else 0 for value in range(256)])
    tiles = between.reduce(_TILE).point([WHITE if share > _PHOTOGRAPH else 0 for share in range(256)])
    if not tiles.getbbox():
        return None
    whole = (tiles.width * _TILE, tiles.height * _TILE)
    return tiles.resize(whole, Image.Resampling.NEAREST).crop((0, 0, *grey.size)).convert("1")
