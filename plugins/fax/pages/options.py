"""What is asked for: how fine, on which paper, with which cover sheet, and how much one document may take."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

WIDTH: Final = 1728
"""Pixels in a line of every fax (ITU-T T.4 §2.1: 215 mm)."""
DOTS: Final = 204
"""Of them, to the inch."""
INCH: Final = 25.4


class Quality(StrEnum):
    """How many lines there are to the inch (T.4 §2.2): most machines know the first two, some the third."""

    STANDARD = "STANDARD"
    FINE = "FINE"
    SUPERFINE = "SUPERFINE"

    @property
    def lines(self) -> int:
        """To the inch."""
        return {Quality.STANDARD: 98, Quality.FINE: 196, Quality.SUPERFINE: 391}[self]

    @property
    def drawn(self) -> int:
        """Dots to the inch, both ways, at which documents are drawn before they become lines."""
        return DOTS * 2 if self is Quality.SUPERFINE else DOTS


class Paper(StrEnum):
    """What a page is printed on at the other end."""

    A4 = "A4"
    LETTER = "LETTER"

    @property
    def width(self) -> float:
        """Millimetres."""
        return {Paper.A4: 210.0, Paper.LETTER: 215.9}[self]

    @property
    def height(self) -> float:
        """Millimetres."""
        return {Paper.A4: 297.0, Paper.LETTER: 279.4}[self]


@dataclass(frozen=True, slots=True)
class Cover:
    """A cover sheet. What is empty has no line on it; the number of pages is counted. `logo` is a picture's bytes."""

    to: str = ""
    sender: str = ""
    company: str = ""
    subject: str = ""
    date: str = ""
    text: str = ""
    language: str = "en"
    logo: bytes = b""


@dataclass(frozen=True, slots=True)
class PrintOptions:
    """`previews`: pictures of the pages are wanted, too. `font`: see `Printer`."""

    quality: Quality = Quality.FINE
    paper: Paper = Paper.A4
    cover: Cover | None = None
    previews: bool = False
    font: str = ""


@dataclass(frozen=True, slots=True)
class PageLimits:
    """What one document may take. A document comes from outside, and what draws it is native code.

    pages         in one fax, cover sheet and all
    pixels        in one picture
    memory        bytes of address space
    page_seconds  for one page: see Patience; of processor time alone where the document is ours
    seconds       until it is given up, whatever it does
    strange       whether somebody else made it
    """

    pages: int = 100
    pixels: int = 60_000_000
    memory: int = 1_000_000_000
    page_seconds: float = 2.0
    seconds: float = 60.0
    strange: bool = True
