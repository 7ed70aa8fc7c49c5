"""TIFF as faxes are kept in it (RFC 3949 profile S and F, T.6 in one strip a page)."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image, TiffImagePlugin

_SHORT, _LONG, _RATIONAL = 3, 4, 5
_INK: Final = [255, *[0] * 255]
"""Black dots become 1; in memory white is any value but 0."""
_HEAD: Final = struct.pack("<2sH", b"II", 42)


@dataclass(frozen=True, slots=True)
class Page:
    """One page: T.6 coded, `dpi` across and down."""

    width: int
    height: int
    dpi: tuple[int, int]
    coded: bytes


def coded(image: Image.Image, dpi: tuple[int, int]) -> Page:
    """A black and white picture (mode 1) as a page. T.6 calls white what is 0; in memory black is."""
    whole = io.BytesIO()
    image.point(_INK).save(whole, "TIFF", compression="group4", strip_size=1 << 26)
    with Image.open(whole) as saved:
        assert isinstance(saved, TiffImagePlugin.TiffImageFile)
        tags = saved.tag_v2
        start, length = tags[TiffImagePlugin.STRIPOFFSETS][0], tags[TiffImagePlugin.STRIPBYTECOUNTS][0]
    return Page(image.width, image.height, dpi, whole.getvalue()[start : start + length])


def joined(pages: Sequence[Page]) -> bytes:
    """One file of them all: before each directory stands what belongs to it, after it where the next one is."""
    parts, at = [_HEAD], len(_HEAD)
    for number, page in enumerate(pages):
        strip = at + 4
        sizes = strip + len(page.coded) + len(page.coded) % 2
        directory = sizes + 16
        parts += [struct.pack("<I", directory), page.coded, b"\0" * (len(page.coded) % 2), _sizes(page)]
        parts.append(_directory(page, (number, len(pages)), strip, sizes))
        at = directory + len(parts[-1])
    return b"".join((*parts, struct.pack("<I", 0)))


def _sizes(page: Page) -> bytes:
    return struct.pack("<IIII", page.dpi[0], 1, page.dpi[1], 1)


def _directory(page: Page, number: tuple[int, int], strip: int, sizes: int) -> bytes:
    """An image file directory (TIFF 6.0 §2) without its last four bytes."""
    entries = (
        (254, _LONG, 1, 2),  # one page of several
        (256, _LONG, 1, page.width),
        (257, _LONG, 1, page.height),
        (258, _SHORT, 1, 1),
        (259, _SHORT, 1, 4),  # T.6
        (262, _SHORT, 1, 0),  # 0 is white
        (266, _SHORT, 1, 1),
        (273, _LONG, 1, strip),
        (277, _SHORT, 1, 1),
        (278, _LONG, 1, page.height),
        (279, _LONG, 1, len(page.coded)),
        (282, _RATIONAL, 1, sizes),
        (283, _RATIONAL, 1, sizes + 8),
        (296, _SHORT, 1, 2),  # inches
        (297, _SHORT, 2, number[0] | number[1] << 16),
    )
    return struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries)
