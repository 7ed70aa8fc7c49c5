"""Pages at standard resolution, for machines that print no finer."""

from __future__ import annotations

from typing import Final

from PIL import Image, ImageFilter

STANDARD: Final = 98


def coarser(page: Image.Image, lines: int) -> Image.Image:
    """Of `lines` to the inch, half or a quarter of them; as high and wide on paper as before. What is coarse already is
    left as it is.

    Each row kept is the darkest of its neighbours: a thin black line must not fall between two.
    """
    factor = max(1, round(lines / STANDARD))
    if factor == 1:
        return page
    dark = page.convert("L").filter(ImageFilter.MinFilter(3))
    small = dark.resize((page.width, max(1, page.height // factor)), Image.Resampling.NEAREST)
    return small.convert("1", dither=Image.Dither.NONE)
