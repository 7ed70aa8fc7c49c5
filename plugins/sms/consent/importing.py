"""Consents kept elsewhere until now, as a CSV file: number, consent (start or stop), evidence. Pure and total."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Final

from plugins.sms import numbers
from plugins.sms.consent.words import Wish

COLUMNS: Final = ("number", "consent", "evidence")
_WISHES: Final = {"start": Wish.START, "stop": Wish.STOP}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file, counted from 1 (the heading); `problem` is why it is none of ours."""

    place: int
    number: str = ""
    wanted: Wish = Wish.NONE
    evidence: str = ""
    problem: str = ""


def lines(body: bytes, region: str) -> Iterator[Line]:
    """Every line after the heading. A file without the three columns is one line with a problem."""
    rows = csv.reader(StringIO(body.decode("utf-8-sig", "replace").replace("\0", "")))
    try:
        heading = [name.strip().lower() for name in next(rows, [])]
        if set(COLUMNS) - set(heading):
            yield Line(1, problem=f"the columns are {', '.join(COLUMNS)}")
            return
        for place, row in enumerate(rows, 2):
            yield _line(place, dict(zip(heading, row, strict=False)), region)
    except csv.Error as error:
        yield Line(0, problem=str(error))


def _line(place: int, told: dict[str, str], region: str) -> Line:
    number = numbers.normalise(told.get("number", ""), region)
    wanted = _WISHES.get(told.get("consent", "").strip().lower())
    evidence = told.get("evidence", "").strip()
    if not numbers.is_number(number):
        return Line(place, problem="no number")
    if wanted is None:
        return Line(place, problem="consent is start or stop")
    return Line(place, number, wanted, evidence) if evidence else Line(place, problem="no evidence")
