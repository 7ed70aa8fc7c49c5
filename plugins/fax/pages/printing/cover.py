"""The cover sheet: who to, who from, how many pages, about what, and a few words."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Final

from PIL import Image, ImageDraw

from plugins.fax.pages.bounds import Bounds
from plugins.fax.pages.options import Cover, PrintOptions
from plugins.fax.pages.printing.fonts import Font, font_for
from plugins.fax.pages.printing.sheet import Drawn
from plugins.fax.pages.printing.text import SIDE, TOP, across, blank, dots
from plugins.fax.pages.printing.typesetting import widths, wrapped
from plugins.fax.pages.problems import PageError, Problem

_WORDS: Final = {
    "en": ("Fax", "To", "From", "Date", "Subject", "Pages, with this one"),
    "zh": ("传真", "收件人", "发件人", "日期", "主题", "页数（含本页）"),
}
_TITLE, _COMPANY, _SIZE = 30, 14, 11
_LEADING: Final = 1.5
_LOGO: Final = (60.0, 24.0)
"""Millimetres it may take."""


def cover_sheet(cover: Cover, count: int, options: PrintOptions, bounds: Bounds) -> Drawn:
    """`count`: pages, with this one. What does not fit below is left out. Raises PageError."""
    bounds.page()
    pen = _Pen(options)
    if cover.logo:
        pen.picture(_logo(cover.logo, bounds))
    title, *labels = _WORDS["zh" if cover.language.startswith("zh") else "en"]
    pen.words(cover.company, _COMPANY)
    pen.words(title, _TITLE)
    pen.rule()
    values = (cover.to, cover.sender, cover.date, cover.subject, str(count))
    pen.table([pair for pair in zip(labels, values, strict=True) if pair[1]])
    pen.rule()
    for line in cover.text.splitlines():
        pen.words(line or " ", _SIZE)
    return Drawn(pen.page, options.paper.width, options.paper.height)


def _logo(content: bytes, bounds: Bounds) -> Image.Image:
    """On white. Raises PageError: it is part of what is sent."""
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as picture:
            bounds.allow(0 if picture.width * picture.height <= bounds.pixels else bounds.pages + 1)
            seen = picture.convert("RGBA")
    except OSError as error:
        raise PageError(Problem.UNREADABLE, "logo") from error
    return Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen).convert("L")


class _Pen:
    """Writes from the top down."""

    def __init__(self, options: PrintOptions) -> None:
        self.page = blank(options)
        self._draw, self._options = ImageDraw.Draw(self.page), options
        self._left, self._down = across(SIDE, options), across(TOP, options)
        self._room = self.page.width - 2 * self._left

    def picture(self, picture: Image.Image) -> None:
        """In its own shape, as large as there is room for it."""
        most = across(_LOGO[0], self._options), across(_LOGO[1], self._options)
        fit = min(most[0] / picture.width, most[1] / picture.height)
        small = picture.resize((max(1, round(picture.width * fit)), max(1, round(picture.height * fit))))
        self.page.paste(small, (self._left, self._down))
        self._down += most[1] + self._gap(_SIZE)

    def words(self, text: str, size: int, left: int = 0) -> None:
        """Wrapped, `left` dots further in."""
        font = self._font(text, size)
        for line in wrapped(text, self._room - left, widths(font)) if text else ():
            if self._down + self._gap(size) > self.page.height:
                return
            self._draw.text((self._left + left, self._down), line, 0, font)
            self._down += self._gap(size)

    def table(self, rows: Iterable[tuple[str, str]]) -> None:
        """Labels and what they say beside them."""
        rows = list(rows)
        indent = max((self._font(label, _SIZE).getlength(label) for label, _ in rows), default=0)
        for label, value in rows:
            self._draw.text((self._left, self._down), label, 0, self._font(label, _SIZE))
            self.words(value, _SIZE, round(indent) + across(8, self._options))

    def rule(self) -> None:
        """A line across, with room around it."""
        half = self._gap(_SIZE) // 2
        thick = max(2, across(0.4, self._options))
        self._draw.line((self._left, self._down + half, self._left + self._room, self._down + half), 0, thick)
        self._down += 2 * half

    def _font(self, text: str, size: int) -> Font:
        return font_for(text, dots(size, self._options), self._options.font)

    def _gap(self, size: int) -> int:
        return round(dots(size, self._options) * _LEADING)
