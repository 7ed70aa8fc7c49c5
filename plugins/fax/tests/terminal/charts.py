"""Pages to fax: the ITU's test charts where they are at hand (../shared/corpus), else drawn ones as hard to code."""

from __future__ import annotations

import io
import lzma
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageSequence

CORPUS: Final = Path(__file__).parents[4].parent / "shared" / "corpus" / "fax-itu"
WIDTH: Final = 1728
FINE: Final = (204, 196)
STANDARD: Final = (204, 98)


def charts(*numbers: int) -> list[Image.Image]:
    """Those of these numbers, 1 to 8."""
    return [_chart(number) for number in numbers]


def strip(rows: int = 200, seed: int = 1) -> Image.Image:
    """A short page, for what is not about pages."""
    image = Image.new("1", (WIDTH, rows), 255)
    pen, dice = ImageDraw.Draw(image), random.Random(seed)
    for _ in range(rows):
        left, top = dice.randrange(WIDTH), dice.randrange(rows)
        pen.rectangle((left, top, left + dice.randrange(90), top + dice.randrange(5)), fill=0)
    return image


def save(path: Path, pages: Sequence[Image.Image], dpi: tuple[int, int] = FINE) -> Path:
    """As a document to send."""
    pages[0].save(path, compression="group4", dpi=dpi, save_all=True, append_images=pages[1:])
    return path


def load(path: Path) -> list[Image.Image]:
    """The pages of a document that was received."""
    with Image.open(path) as document:
        return [page.copy() for page in ImageSequence.Iterator(document)]


def same(sent: Sequence[Image.Image], received: Sequence[Image.Image]) -> bool:
    """Whether every pixel is."""
    return [(page.size, page.tobytes()) for page in sent] == [(page.size, page.tobytes()) for page in received]


def _chart(number: int) -> Image.Image:
    packed = CORPUS / f"itu{number}.pbm.xz"
    if packed.exists():
        return Image.open(io.BytesIO(lzma.decompress(packed.read_bytes()))).convert("1")
    return strip(2376, number)
