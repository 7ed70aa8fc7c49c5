"""The child's job of making pages ready to go: at standard resolution where the far machine prints no finer, with
today's heading. Whatever is asked for, dots that need not change do not."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from PIL import Image, ImageSequence

from plugins.fax.pages.bounds import Bounds
from plugins.fax.pages.heading import Heading
from plugins.fax.pages.options import DOTS
from plugins.fax.pages.printing import tiff
from plugins.fax.pages.printing.coarser import STANDARD, coarser
from plugins.fax.pages.printing.strip import headed

_FINE = 196


def answer(told: Mapping[str, Any], blobs: list[bytes], bounds: Bounds) -> tuple[Mapping[str, Any], list[bytes]]:
    """`told`: {"coarse", "heading": Heading's or None, "font"}; the blob is a TIFF of ours, and so is the answer's."""
    heading = _heading(told["heading"])
    made: list[tiff.Page] = []
    with Image.open(io.BytesIO(blobs[0]), formats=("TIFF",)) as whole:
        count = int(getattr(whole, "n_frames", 1))
        for number, frame in enumerate(ImageSequence.Iterator(whole), 1):
            bounds.page()
            page, lines = frame.convert("1"), round(float(frame.info.get("dpi", (DOTS, _FINE))[1]))
            if told["coarse"]:
                page, lines = coarser(page, lines), STANDARD
            if heading:
                page = headed(page, lines, heading, (number, count), told["font"])
            made.append(tiff.coded(page, (DOTS, lines)))
    return {"count": count}, [tiff.joined(made)]


def _heading(said: Mapping[str, Any] | None) -> Heading | None:
    return Heading(**{**said, "at": datetime.fromisoformat(said["at"])}) if said else None
