"""Public holidays and worked weekends, from the `holidays` library.

Imported when a calendar is first named: that takes 16 MB and 0.2 s once, every further calendar next to nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """`off` are the public holidays; `worked` the weekend days worked instead, each with the weekday it counts as."""

    off: frozenset[date]
    worked: Mapping[date, int]


@lru_cache(maxsize=100)
def check(code: str) -> None:
    """`CN`, `HK`, `DE-BY`: ISO 3166 country and the library's subdivision. Raises KeyError if there is none such."""
    try:
        _calendar(code, None)
    except NotImplementedError as error:  # so `holidays` says that it knows no such country or subdivision
        raise KeyError(f"no holiday calendar is called {code!r}; for instance CN, HK or DE-BY") from error


@lru_cache(maxsize=1_000)
def calendar_year(code: str, year: int) -> CalendarYear:
    """What one calendar says of one year; a year it knows nothing of has no holidays."""
    found = _calendar(code, year)
    worked = {day: _counts_as(day, found.weekend) for day in found.weekend_workdays if day.year == year}
    return CalendarYear(frozenset(found), worked)


def _calendar(code: str, year: int | None) -> HolidayBase:
    import holidays

    country, _, subdivision = code.partition("-")
    return holidays.country_holidays(country, subdiv=subdivision or None, years=year)


def _counts_as(day: date, weekend: set[int]) -> int:
    """The nearest weekday: a worked Saturday goes as a Friday, a worked Sunday as a Monday."""
    before, after = ((day + timedelta(days=step)).weekday() for step in (-1, 1))
    return after if before in weekend else before
