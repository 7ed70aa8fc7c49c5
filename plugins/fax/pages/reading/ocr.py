"""Text of a page, where tesseract is installed: a process of its own within our bounds."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from typing import Final

_WANTED: Final = ("eng", "chi_sim")
_LEAST: Final = 1.0
"""Seconds that are worth starting a process for."""
_MOST: Final = 50_000
_SURE: Final = 2.0
_TURNED = re.compile(rb"Rotate: (\d+)\s.*?Orientation confidence: ([\d.]+)", re.S)


@cache
def languages() -> tuple[str, ...]:
    """Of ours, those it knows; none where it is not installed."""
    if not shutil.which("tesseract"):
        return ()
    known = _run(["--list-langs"], b"", 5.0).decode("utf-8", "replace").split()
    return tuple(name for name in (*_WANTED, "osd") if name in known)


def text_of(picture: bytes, seconds: float) -> str:
    """What a page says; "" where nobody can read it, or not in time. `picture` is a PNG."""
    spoken = "+".join(name for name in languages() if name in _WANTED)
    if not spoken or seconds < _LEAST:
        return ""
    said = _run(["-", "-", "-l", spoken, "--dpi", "204", "--psm", "3"], picture, seconds)
    return said.decode("utf-8", "replace").replace("\f", "").strip()[:_MOST]


def turn_of(picture: bytes, seconds: float) -> int:
    """By how many degrees clockwise a page is to be turned to be upright; 0 where nobody can tell."""
    if "osd" not in languages() or seconds < _LEAST:
        return 0
    found = _TURNED.search(_run(["-", "-", "-l", "osd", "--dpi", "204", "--psm", "0"], picture, seconds))
    return int(found[1]) % 360 if found and float(found[2]) >= _SURE else 0


def _run(arguments: list[str], given: bytes, seconds: float) -> bytes:
    try:
        done = subprocess.run(["tesseract", *arguments], input=given, capture_output=True, timeout=seconds)
    except (OSError, subprocess.TimeoutExpired):
        return b""
    return done.stdout
