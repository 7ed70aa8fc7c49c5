"""Pages as pictures: each whole, and all of them small, in one strip."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

from PIL import Image

from plugins.fax.pages.options import DOTS

THUMBNAIL: Final = 96
"""Dots, across; all are as high as A4 is."""
_HIGH: Final = 136
_WIDEST: Final = 16_000
"""Dots, across, that WebP knows; there is no small picture of the pages after that."""


def squared(page: Image.Image, lines: float) -> Image.Image:
    """As many dots down as across: how it looked on paper."""
    high = max(1, round(page.height * DOTS / lines))
    return page if abs(high - page.height) * 20 < page.height else page.resize((page.width, high))


def png(page: Image.Image) -> bytes:
    """Black and white."""
    made = io.BytesIO()
    page.save(made, "PNG", compress_level=6)  # 9 would take eight times as long for a twentieth
    return made.getvalue()


def thumbnail(square: Image.Image) -> Image.Image:
    """Grey."""
    high = max(1, min(_HIGH, round(square.height * THUMBNAIL / square.width)))
    small = square.convert("L").resize((THUMBNAIL, high), Image.Resampling.BOX)
    whole = Image.new("L", (THUMBNAIL, _HIGH), 255)
    whole.paste(small)
    return whole


def strip(small: Sequence[Image.Image]) -> bytes:
    """WebP: one beside the other."""
    shown = small[: _WIDEST // THUMBNAIL]
    whole = Image.new("L", (THUMBNAIL * len(shown), _HIGH), 255)
    for number, each in enumerate(shown):
        whole.paste(each, (number * THUMBNAIL, 0))
    made = io.BytesIO()
    whole.save(made, "WEBP", quality=60)
    return made.getvalue()
