"""Barcodes on a page, where zxing-cpp is installed."""

from __future__ import annotations

import importlib.util
from functools import cache

from PIL import Image

_MOST = 20
_LONGEST = 200


@cache
def can_read() -> bool:
    return importlib.util.find_spec("zxingcpp") is not None


def barcodes(square: Image.Image) -> tuple[list[str], int]:
    """What they say, and by how many degrees clockwise the page is to be turned to have them upright. `square` has as
    many dots down as across."""
    if not can_read():
        return [], 0
    import zxingcpp

    found = [each for each in zxingcpp.read_barcodes(square.convert("L")) if each.valid and each.text][:_MOST]
    turns = {round(-each.orientation / 90) % 4 * 90 for each in found}
    return [each.text[:_LONGEST] for each in found], turns.pop() if len(turns) == 1 else 0
