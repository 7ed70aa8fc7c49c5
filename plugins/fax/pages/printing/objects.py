"""What a page of a PDF is made of, asked before any of it is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from ctypes import byref, c_uint
from itertools import islice
from typing import Any, Final

import pypdfium2  # type: ignore[import-untyped]  # carries no types
from pypdfium2 import raw

from plugins.fax.pages.bounds import Bounds
from plugins.fax.pages.problems import PageError, Problem

_PICTURES: Final = 4
"""Times the dots of one picture: two layers of a scan at 1200 dots to the inch are no attack."""
_MOST: Final = 300_000
"""Objects: a map of a town has a tenth of them."""
_DEEPEST: Final = 12
"""Forms within forms."""


def dots_within(page: pypdfium2.PdfPage, bounds: Bounds) -> int:
    """Of all its pictures together, as they say of themselves. Raises PageError where that, or how much there is to
    draw, is more than a page can show."""
    dots = 0
    for seen, thing in enumerate(islice(_objects(page.raw, raw.FPDFPage_CountObjects, raw.FPDFPage_GetObject), _MOST)):
        dots += _dots(thing)
        if dots > _PICTURES * bounds.pixels or seen == _MOST - 1:
            raise PageError(Problem.TOO_LARGE)
    return dots


def _objects(holder: Any, count: Any, get: Any, depth: int = 0) -> Iterator[Any]:
    """Those within forms, too: pdfium's own walk makes a Python object of each, which takes five times as long."""
    for number in range(count(holder)):
        thing = get(holder, number)
        yield thing
        if depth < _DEEPEST and raw.FPDFPageObj_GetType(thing) == raw.FPDF_PAGEOBJ_FORM:
            yield from _objects(thing, raw.FPDFFormObj_CountObjects, raw.FPDFFormObj_GetObject, depth + 1)


def _dots(thing: Any) -> int:
    if raw.FPDFPageObj_GetType(thing) != raw.FPDF_PAGEOBJ_IMAGE:
        return 0
    wide, high = c_uint(), c_uint()
    return wide.value * high.value if raw.FPDFImageObj_GetImagePixelSize(thing, byref(wide), byref(high)) else 0
