"""The child's job of reading: a TIFF in; out come a PDF, pictures, and what each page says."""

from __future__ import annotations

import io
import time
import warnings
from collections.abc import Mapping
from typing import Any, Final

from PIL import Image, ImageSequence, TiffImagePlugin

from plugins.fax.pages.bounds import Bounds
from plugins.fax.pages.problems import PageError, Problem
from plugins.fax.pages.reading import ocr, pictures
from plugins.fax.pages.reading.barcodes import barcodes
from plugins.fax.pages.reading.marks import Mark, mark_of

_BAD_LINES: Final = 326
"""BadFaxLines (RFC 3949 §4.2.1)."""
_STANDARD: Final = 98


def answer(told: Mapping[str, Any], blobs: list[bytes], bounds: Bounds) -> tuple[Mapping[str, Any], list[bytes]]:
    """`told`: {"ocr": seconds for all pages}. The blobs that come back: PDF, thumbnails, a picture a page."""
    (tiff,) = blobs
    until = time.monotonic() + float(told["ocr"])
    small: list[Image.Image] = []
    made: list[bytes] = []
    pages: list[Mapping[str, Any]] = []
    with _opened(tiff) as whole:
        bounds.allow(whole.n_frames)
        for frame in ImageSequence.Iterator(whole):
            bounds.page()
            square = pictures.squared(frame.convert("1"), _lines(frame))
            small.append(pictures.thumbnail(square))
            made.append(pictures.png(square))
            pages.append(_page(frame, square, made[-1], until))
    return {"pages": pages}, [_pdf(tiff), pictures.strip(small), *made]


def _opened(tiff: bytes) -> TiffImagePlugin.TiffImageFile:
    Image.MAX_IMAGE_PIXELS = None  # it comes from our own terminal, and no page of a fax is large
    warnings.simplefilter("ignore")
    whole = Image.open(io.BytesIO(tiff), formats=("TIFF",))
    if not isinstance(whole, TiffImagePlugin.TiffImageFile):
        raise PageError(Problem.UNREADABLE)
    return whole


def _lines(frame: Image.Image) -> float:
    """To the inch."""
    found = float(frame.info.get("dpi", (0, _STANDARD))[1])
    return found if found > 1 else _STANDARD


def _page(frame: Image.Image, square: Image.Image, picture: bytes, until: float) -> Mapping[str, Any]:
    mark = mark_of(frame.convert("1"), _lines(frame))
    said, turn = barcodes(square) if mark is Mark.NONE else ([], 0)
    text = ""
    if mark is Mark.NONE:
        turn = turn or ocr.turn_of(picture, until - time.monotonic())
        upright = picture if turn == 0 else pictures.png(square.rotate(-turn, expand=True))
        text = ocr.text_of(upright, until - time.monotonic())
    bad = int(getattr(frame, "tag_v2", {}).get(_BAD_LINES, 0))
    return {"mark": mark, "barcodes": said, "rotation": turn, "text": text, "bad_rows": bad}


def _pdf(tiff: bytes) -> bytes:
    """Not a dot is coded anew."""
    import img2pdf  # type: ignore[import-untyped]  # carries no types

    return bytes(img2pdf.convert(tiff))
