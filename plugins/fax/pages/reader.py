"""Received pages to what a person reads, for the hub."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from hub.api import Attachment, Json
from plugins.fax.pages.child import Children
from plugins.fax.pages.options import PageLimits

_AT_ONCE: Final = 2
_PDF, _PNG, _WEBP = "application/pdf", "image/png", "image/webp"


@dataclass(frozen=True, slots=True)
class ReadPage:
    """One page. `picture` is a PNG, its dots square. `mark`: "BLANK", "JUNK" or "". `rotation`: degrees clockwise that
    would have it upright. `bad_rows`: how many came damaged."""

    picture: bytes
    mark: str = ""
    barcodes: tuple[str, ...] = ()
    text: str = ""
    rotation: int = 0
    bad_rows: int = 0


@dataclass(frozen=True, slots=True)
class ReadFax:
    """A fax as it is handed in. `thumbnails` is a WebP: all pages side by side, 96 dots each."""

    pdf: bytes
    thumbnails: bytes
    pages: tuple[ReadPage, ...]

    def attachments(self, name: str = "fax") -> tuple[Attachment, ...]:
        """The PDF for people to keep; the rest, inline, for the screen."""
        shown = (
            Attachment(f"page-{number:03}.png", _PNG, page.picture, inline=True)
            for number, page in enumerate(self.pages, 1)
        )
        small = Attachment("thumbnails.webp", _WEBP, self.thumbnails, inline=True)
        return (Attachment(f"{name}.pdf", _PDF, self.pdf), small, *shown)

    def fields(self) -> dict[str, Json]:
        """What the timeline shows with the pages."""
        marks: list[Json] = [
            {"mark": page.mark, "barcodes": list(page.barcodes), "bad_rows": page.bad_rows} for page in self.pages
        ]
        return {"pages": len(self.pages), "marks": marks, "rotation": [page.rotation for page in self.pages]}

    def text(self) -> str:
        """What was read of it, form feeds between pages; "" where nothing was."""
        read = [page.text for page in self.pages]
        return "\f".join(read) if any(read) else ""

    def barcodes(self) -> tuple[str, ...]:
        """Of all pages, in order: see `route`."""
        return tuple(said for page in self.pages for said in page.barcodes)


class Reader:
    """Reads what terminals received, each fax in a process of its own. `ocr_seconds`: for all pages of one; 0: none."""

    def __init__(self, limits: PageLimits | None = None, ocr_seconds: float = 10.0) -> None:
        self._children = Children(replace(limits or PageLimits(), strange=False), _AT_ONCE)
        self._ocr = ocr_seconds

    async def read(self, tiff: bytes) -> ReadFax:
        """Raises PageError."""
        said, (pdf, thumbnails, *pictures) = await self._children.do("read", {"ocr": self._ocr}, [tiff])
        pages = zip(pictures, said["pages"], strict=True)
        return ReadFax(pdf, thumbnails, tuple(_page(picture, about) for picture, about in pages))


def _page(picture: bytes, about: Mapping[str, Any]) -> ReadPage:
    return ReadPage(picture, **{**about, "barcodes": tuple(about["barcodes"])})
