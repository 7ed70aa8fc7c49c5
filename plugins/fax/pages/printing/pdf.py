"""PDF, drawn by pdfium in grey."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pypdfium2  # type: ignore[import-untyped]  # carries no types
from PIL import Image
from pypdfium2.raw import FPDF_ERR_PASSWORD  # type: ignore[import-untyped]  # as above

from plugins.fax.pages.bounds import Bounds
from plugins.fax.pages.options import INCH, PrintOptions
from plugins.fax.pages.printing.objects import dots_within
from plugins.fax.pages.printing.sheet import Drawn
from plugins.fax.pages.problems import PageError, Problem

_POINTS: Final = 72
_THINNEST: Final = 1.0
"""Points; what is thinner cannot be drawn."""


def pages(content: bytes, options: PrintOptions, bounds: Bounds, before: int) -> Iterator[Drawn]:
    """Each as it stands in the document, landscape ones turned upright. Raises PageError."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) == FPDF_ERR_PASSWORD
        raise PageError(Problem.ENCRYPTED if locked else Problem.UNREADABLE) from error
    bounds.allow(before + len(document))
    document.init_forms()
    for number in range(len(document)):
        bounds.page()
        page = document[number]
        bounds.expect(dots_within(page, bounds))
        yield _drawn(page, options)


def _drawn(page: pypdfium2.PdfPage, options: PrintOptions) -> Drawn:
    """No dot more than the paper has: a page may say that it is a mile long."""
    wide, high = page.get_size()
    if min(wide, high) < _THINNEST:
        raise PageError(Problem.UNREADABLE)
    turned = wide > high
    paper = (options.paper.height, options.paper.width) if turned else (options.paper.width, options.paper.height)
    fit = min(1.0, paper[0] / (wide / _POINTS * INCH), paper[1] / (high / _POINTS * INCH))
    scale = options.quality.drawn / _POINTS * fit
    image: Image.Image = page.render(scale=scale, grayscale=True).to_pil().convert("L")
    size = (wide / _POINTS * INCH * fit, high / _POINTS * INCH * fit)
    page.close()
    if turned:
        return Drawn(image.transpose(Image.Transpose.ROTATE_90), size[1], size[0])
    return Drawn(image, *size)
