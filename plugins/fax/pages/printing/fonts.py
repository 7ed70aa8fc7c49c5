"""Which font there is. None comes with the hub: those with Chinese characters are large, and every system has one."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

from PIL import ImageFont

from plugins.fax.pages.problems import PageError, Problem

_CHINESE: Final = (
    "NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf", "NotoSansSC-Regular.otf", "NotoSansSC-Regular.ttf",
    "SourceHanSansSC-Regular.otf", "wqy-microhei.ttc", "wqy-zenhei.ttc", "DroidSansFallbackFull.ttf",
    "msyh.ttc", "msyh.ttf", "simhei.ttf", "simsun.ttc", "PingFang.ttc", "STHeiti Light.ttc", "Hiragino Sans GB.ttc",
    "Arial Unicode.ttf",
)  # fmt: skip
"""Simplified Chinese and Latin in one file, the best first."""
_LATIN: Final = (
    "DejaVuSans.ttf", "NotoSans-Regular.ttf", "LiberationSans-Regular.ttf", "Arial.ttf", "arial.ttf", "Helvetica.ttc",
)  # fmt: skip
_SIMPLIFIED: Final = "SC"
_WIDE: Final = (
    ("\u2e80", "\u9fff"),
    ("\uac00", "\ud7a3"),
    ("\uf900", "\ufaff"),
    ("\ufe30", "\uffef"),
    ("\U00020000", "\U0003ffff"),
)
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def font_for(text: str, size: int, chosen: str = "") -> Font:
    """`chosen` is a file that goes before all others. Raises PageError where Chinese is asked for and nobody has it."""
    if chosen:
        return _opened(chosen, size)
    if found := _first(_CHINESE):
        return _opened(found, size)
    if any(is_wide(char) for char in text):
        raise PageError(Problem.NO_FONT)
    found = _first(_LATIN)
    return _opened(found, size) if found else ImageFont.load_default(size)


def is_wide(char: str) -> bool:
    """Chinese, Japanese, Korean and their punctuation: a line may end before and after each."""
    return char >= "\u2e80" and any(first <= char <= last for first, last in _WIDE)


@cache
def _opened(file: str, size: int) -> Font:
    """A collection has a face a region: ours is simplified."""
    try:
        first = ImageFont.truetype(file, size)
        return next(_simplified(file, size), first) if file.endswith(".ttc") else first
    except OSError as error:
        raise PageError(Problem.NO_FONT) from error


def _simplified(file: str, size: int) -> Iterator[Font]:
    for index in range(10):
        try:
            face = ImageFont.truetype(file, size, index=index)
        except OSError:
            return
        if _SIMPLIFIED in (face.getname()[0] or "").split():
            yield face


@cache
def _first(names: tuple[str, ...]) -> str:
    """The path of the first that is there, "" where none is."""
    there = {file.name: str(file) for folder in _folders() for file in _files(folder)}
    return next((there[name] for name in names if name in there), "")


def _files(folder: Path) -> Iterable[Path]:
    return folder.rglob("*.[to]t[cf]") if folder.is_dir() else ()


def _folders() -> Iterable[Path]:
    if sys.platform == "win32":
        return (Path("C:/Windows/Fonts"),)
    if sys.platform == "darwin":
        return (Path("/System/Library/Fonts"), Path("/Library/Fonts"))
    return (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
