"""A list of numbers as people paste it: a line each, with a name perhaps, by comma, semicolon or tab. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

MOST: Final = 5_000
_FILLING: Final = re.compile(r"[\s()./\-]")
_NUMBER: Final = re.compile(r"\+?[0-9]{3,20}")


@dataclass(frozen=True, slots=True)
class Recipient:
    """One of them."""

    number: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Pasted:
    """Each number once, and the lines (from 1) in which there is none."""

    recipients: tuple[Recipient, ...]
    wrong: tuple[int, ...]


def pasted(text: str) -> Pasted:
    """What stands there. A first line that names the columns is passed over."""
    found: dict[str, Recipient] = {}
    wrong = []
    for place, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        if one := _recipient(re.split(r"[,;\t]", line)):
            found.setdefault(one.number, one)
        elif place > 1:
            wrong.append(place)
    return Pasted(tuple(found.values()), tuple(wrong))


def _recipient(cells: Iterable[str]) -> Recipient | None:
    cells = [cell.strip().strip('"') for cell in cells]
    plain = [_FILLING.sub("", cell) for cell in cells]
    at = next((place for place, cell in enumerate(plain) if _NUMBER.fullmatch(cell)), None)
    if at is None:
        return None
    name = next((cell for place, cell in enumerate(cells) if place != at and cell), "")
    return Recipient(plain[at], name[:200])
