"""Pictures: PNG, JPEG, GIF, WebP, BMP, and TIFF of many pages."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from typing import Final

from PIL import Image, ImageOps, ImageSequence

from plugins.fax.pages.bounds import Bounds
from plugins.fax.pages.options import DOTS, INCH, WIDTH, PrintOptions
from plugins.fax.pages.printing.sheet import WHITE, Drawn
from plugins.fax.pages.problems import PageError, Problem

_FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP")
_MARGIN: Final = 8.0
"""Millimetres on each side: machines cut off what is nearer to the edge."""
_SCAN: Final = b"\xff\xda"
_PASSES: Final = 10
"""A progressive JPEG goes over all its dots with each scan; programs write about ten, nothing forbids thousands."""
_COARSEST: Final = 50
"""Dots to the inch: a small picture is enlarged so far and no further."""
_SOFT: Final = 4
"""A photograph is read at no more than this many times the dots the paper has."""


def pages(content: bytes, options: PrintOptions, bounds: Bounds, before: int) -> Iterator[Image.Image | Drawn]:
    """Each as large as the paper allows; a page that is a fax already (mode 1) as it is. Raises PageError."""
    Image.MAX_IMAGE_PIXELS = None  # asked about below, before anything is unpacked
    warnings.simplefilter("ignore")  # of damaged metadata; nobody reads them here
    with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
        moving = picture.format != "TIFF"
        scans = content.count(_SCAN) if picture.info.get("progressive") else 1  # others may carry a film behind them
        bounds.allow(before + (1 if moving else getattr(picture, "n_frames", 1)))
        for frame in ImageSequence.Iterator(picture):
            bounds.page()
            dots = frame.width * frame.height
            if dots > bounds.pixels or dots * scans > _PASSES * bounds.pixels:
                raise PageError(Problem.TOO_LARGE)
            bounds.expect(dots)
            yield _page(frame, options)
            if moving:
                return


def _page(frame: Image.Image, options: PrintOptions) -> Image.Image | Drawn:
    if is_fax(frame, options):
        return frame.copy()
    dpi = _dpi(frame)
    frame.draft("L", (WIDTH * _SOFT, WIDTH * _SOFT))
    grey = _grey(ImageOps.exif_transpose(frame))
    across, down = grey.width / dpi[0], grey.height / dpi[1]
    if across > down:
        grey, across, down = grey.transpose(Image.Transpose.ROTATE_90), down, across
    return _fitted(grey, across, down, options)


def is_fax(frame: Image.Image, options: PrintOptions) -> bool:
    """Whether it can be sent dot by dot."""
    return frame.mode == "1" and frame.width == WIDTH and round(_dpi(frame)[1]) in _lines(options)


def _lines(options: PrintOptions) -> set[int]:
    """Programs round 98, 196 and 391 in their own ways."""
    lines = options.quality.lines
    return {lines, lines + 1, lines + 2, {391: 408, 196: 204, 98: 102}[lines]}


def _dpi(frame: Image.Image) -> tuple[float, float]:
    """Square dots, unless it says otherwise in earnest."""
    found = frame.info.get("dpi", (DOTS, DOTS))
    try:
        across, down = float(found[0]), float(found[1])
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return DOTS, DOTS
    return (across, down) if 0.2 <= across / max(down, 1e-9) <= 5 and across > 1 else (DOTS, DOTS)


def _grey(frame: Image.Image) -> Image.Image:
    """What one sees through is white."""
    if frame.has_transparency_data:
        seen = frame.convert("RGBA")
        white = Image.new("RGBA", seen.size, "white")
        return Image.alpha_composite(white, seen).convert("L")
    if frame.mode.startswith("I"):  # 16 bit scans
        return frame.convert("I").point(lambda value: value / 256).convert("L")
    return frame.convert("L")


def _fitted(grey: Image.Image, across: float, down: float, options: PrintOptions) -> Drawn:
    """`across` and `down` in inches say its shape; how large it is made follows from the paper."""
    room = (options.paper.width - 2 * _MARGIN) / INCH, (options.paper.height - 2 * _MARGIN) / INCH
    fit = min(room[0] / across, room[1] / down, grey.width / _COARSEST / across)
    size = across * fit * INCH, down * fit * INCH
    margin = round(_MARGIN / size[1] * grey.height)
    page = Image.new("L", (grey.width, grey.height + margin), WHITE)
    page.paste(grey, (0, margin))
    return Drawn(page, size[0], size[1] + _MARGIN)
