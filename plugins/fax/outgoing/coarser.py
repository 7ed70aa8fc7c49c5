"""Pages at standard resolution, for machines that print no finer."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL import Image

STANDARD: Final = 98


def coarser(tiff: bytes) -> bytes:
    """Half the rows, or a quarter, of pages of ours; thin lines stay. What is coarse already is left as it is.

    Our own printer made these pages, so the hub may read them itself. Slow: tens of milliseconds a page.
    """
    from PIL import Image, ImageSequence  # takes a while to load, and is seldom needed

    with Image.open(io.BytesIO(tiff)) as pages:
        smaller = [_coarse(page) for page in ImageSequence.Iterator(pages)]
    out = io.BytesIO()
    first, *others = smaller
    first.save(out, "TIFF", save_all=True, append_images=others, compression="group4", dpi=(204, STANDARD))
    return out.getvalue()


def _coarse(page: Image.Image) -> Image.Image:
    from PIL import Image, ImageFilter

    factor = max(1, round(float(page.info.get("dpi", (204, 196))[1]) / STANDARD))
    dark = page.convert("L").filter(ImageFilter.MinFilter(3)) if factor > 1 else page.convert("L")
    # each row kept is the darkest of its neighbours: a thin black line must not fall between two
    small = dark.resize((page.width, page.height // factor), Image.Resampling.NEAREST)
    return small.convert("1", dither=Image.Dither.NONE)
