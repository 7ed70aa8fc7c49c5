"""The child's job of printing: documents in, a TIFF out, and pictures of its pages where they are wanted."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

from PIL import Image

from plugins.fax.pages.bounds import Bounds
from plugins.fax.pages.options import DOTS, Cover, Paper, PrintOptions, Quality
from plugins.fax.pages.printing import text, tiff
from plugins.fax.pages.printing.cover import cover_sheet
from plugins.fax.pages.printing.kinds import FileKind, kind_of
from plugins.fax.pages.printing.sheet import Drawn, sheet
from plugins.fax.pages.printing.words import html_text, mail_text, text_of
from plugins.fax.pages.problems import PageError, Problem

_PREVIEW: int = 3
"""A preview has a third of the dots."""
_GREYS: int = 8


def answer(told: Mapping[str, Any], blobs: list[bytes], bounds: Bounds) -> tuple[Mapping[str, Any], list[bytes]]:
    """`told`: {"files": [[name, media type]…], "options", "cover"}; the cover's logo is the last blob."""
    options = PrintOptions(
        Quality(told["options"]["quality"]), Paper(told["options"]["paper"]), font=told["options"]["font"]
    )
    cover = Cover(**told["cover"], logo=blobs.pop()) if told["cover"] else None
    pages: list[tiff.Page] = []
    previews: list[bytes] = []
    for page in _pages(told["files"], blobs, options, bounds, cover):
        pages.append(tiff.coded(page, (DOTS, options.quality.lines)))
        previews += [preview(page, options.quality)] if told["options"]["previews"] else []
    if cover:
        pages.insert(0, pages.pop())
        previews.insert(0, previews.pop() if previews else b"")
    if not pages:
        raise PageError(Problem.EMPTY)
    return {"count": len(pages)}, [tiff.joined(pages), *filter(None, previews)]


def _pages(
    files: list[tuple[str, str]], blobs: list[bytes], options: PrintOptions, bounds: Bounds, cover: Cover | None
) -> Iterator[Image.Image]:
    """All of them; the cover sheet, which says how many there are, comes last."""
    count = int(cover is not None)
    for (name, media_type), content in zip(files, blobs, strict=True):
        bounds.page()
        try:
            for drawn in _drawn(kind_of(content, media_type), content, options, bounds, count):
                bounds.drawn()
                count += 1
                yield sheet(drawn, options) if isinstance(drawn, Drawn) else drawn
        except PageError as error:
            raise PageError(error.problem, name) from error
        except MemoryError as error:
            raise PageError(Problem.TOO_LARGE, name) from error
        except Exception as error:  # a damaged document has libraries raise whatever they like
            raise PageError(Problem.UNREADABLE, name) from error
    if cover:
        drawn = cover_sheet(cover, count, options, bounds)
        bounds.drawn()
        yield sheet(drawn, options)


def _drawn(
    kind: FileKind, content: bytes, options: PrintOptions, bounds: Bounds, count: int
) -> Iterator[Drawn | Image.Image]:
    """Each library only where a document asks for it."""
    if kind is FileKind.PDF:
        from plugins.fax.pages.printing import pdf

        return pdf.pages(content, options, bounds, count)
    if kind is FileKind.PICTURE:
        from plugins.fax.pages.printing import pictures

        return pictures.pages(content, options, bounds, count)
    if kind is FileKind.OTHER:
        raise PageError(Problem.UNREADABLE)
    return text.pages(_words(kind, content), options, bounds, count)


def _words(kind: FileKind, content: bytes) -> str:
    if kind is FileKind.MAIL:
        return mail_text(content, "en")
    said = text_of(content)
    return html_text(said) if kind is FileKind.HTML else said


def preview(page: Image.Image, quality: Quality) -> bytes:
    """A page as a screen shows it: square dots, a few greys, PNG."""
    high = round(page.height * DOTS / quality.lines / _PREVIEW)
    small = page.convert("L").resize((page.width // _PREVIEW, high), Image.Resampling.BOX)
    made = io.BytesIO()
    small.quantize(_GREYS).save(made, "PNG")
    return made.getvalue()
