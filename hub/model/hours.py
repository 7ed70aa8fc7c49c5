"""Opening hours: a week, the dates that differ, holidays, a time zone. Instants are passed in with their offset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hub.model import calendars
from hub.model.calendars import CalendarYear

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MIDNIGHT = time()
_LOOK_AHEAD = 400  # days; further off counts as never


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` up to `end` in local time; an end that is not later is on the next day."""

    start: time
    end: time

    @classmethod
    def parse(cls, text: str) -> Span:
        """`09:00-12:30`, `22:00-06:00`, `18:00-24:00`. Raises ValueError."""
        start, _, end = text.partition("-")
        return cls(_clock(start), _clock(end))

    def on(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The span of this day in UTC; where clocks change it is as long as the clocks say."""
        last = day if self.end > self.start else day + timedelta(days=1)
        return (
            datetime.combine(day, self.start, zone).astimezone(UTC),
            datetime.combine(last, self.end, zone).astimezone(UTC),
        )


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """`week` holds seven lists of spans from Monday; `exceptions` replace a date's (an empty list: closed).

    On a day that one of the `holidays` calendars has off, `holiday_hours` hold (empty: closed). A weekend day that
    one of them has worked, as in China, goes by the hours of the nearest weekday. Exceptions go before both.
    """

    zone: ZoneInfo
    week: Sequence[Sequence[Span]]
    exceptions: Mapping[date, Sequence[Span]] = field(default_factory=dict)
    holidays: Sequence[str] = ()
    holiday_hours: Sequence[Span] = ()

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> OpeningHours | None:
        """`{"zone": "Asia/Shanghai", "week": {"mon": ["09:00-18:00"]}, "exceptions": {"2027-01-01": []}}`.

        May have `"holidays": ["CN", "DE-BY"], "holiday_hours": ["10:00-16:00"]`. An empty document is None: always
        open. Raises ValueError, or KeyError for an unknown zone or calendar.
        """
        if not document:
            return None
        week = document.get("week", {})
        if unknown := set(week) - set(DAYS):
            raise ValueError(f"not a day of the week: {', '.join(sorted(unknown))}")
        return cls(
            ZoneInfo(document.get("zone", "UTC")),
            [_spans(week.get(day, [])) for day in DAYS],
            {date.fromisoformat(day): _spans(spans) for day, spans in document.get("exceptions", {}).items()},
            _calendars(document.get("holidays", [])),
            _spans(document.get("holiday_hours", [])),
        )

    def is_open(self, now: datetime) -> bool:
        return any(start <= now < end for start, end in self._around(now, days=1))

    def next_opening(self, now: datetime) -> datetime | None:
        """`now` if open, else the next time it opens in UTC; None if that is more than a year off."""
        if self.is_open(now):
            return now
        return next((start for start, _ in self._around(now, _LOOK_AHEAD) if now < start), None)

    def next_change(self, now: datetime) -> datetime | None:
        """When it next opens or closes, in UTC, later than `now`; None if that is more than a year off."""
        never = now + timedelta(days=_LOOK_AHEAD - 2)
        changes = (change for stretch in self._stretches(now, _LOOK_AHEAD) for change in stretch)
        return next((change for change in changes if now < change < never), None)

    def open_seconds(self, start: datetime, end: datetime) -> float:
        """How much of the time from `start` up to `end` it is open; an end before the start makes none."""
        days = (end - start).days + 2
        stretches = ((max(opens, start), min(closes, end)) for opens, closes in self._stretches(start, days))
        return sum(max((closes - opens).total_seconds(), 0.0) for opens, closes in stretches)

    def spans(self, day: date) -> Sequence[Span]:
        """What holds on this date."""
        if day in self.exceptions:
            return self.exceptions[day]
        told = [calendars.calendar_year(code, day.year) for code in self.holidays]
        if any(day in year.off for year in told):
            return self.holiday_hours
        return self.week[_weekday(day, told)]

    def _around(self, now: datetime, days: int) -> Iterator[tuple[datetime, datetime]]:
        """From yesterday, whose night may reach into today, day by day."""
        today = now.astimezone(self.zone).date()
        for offset in range(-1, days):
            day = today + timedelta(days=offset)
            spans = sorted(span.on(day, self.zone) for span in self.spans(day))
            yield from ((start, end) for start, end in spans if start < end)  # the hour that clocks skip may be a span

    def _stretches(self, now: datetime, days: int) -> Iterator[tuple[datetime, datetime]]:
        """The same without seams: spans that touch or overlap, also over midnight, are one."""
        stretch: tuple[datetime, datetime] | None = None
        for start, end in self._around(now, days):
            if stretch and start <= stretch[1]:
                start, end = stretch[0], max(stretch[1], end)
            elif stretch:
                yield stretch
            stretch = start, end
        if stretch:
            yield stretch


def _weekday(day: date, told: Sequence[CalendarYear]) -> int:
    return next((year.worked[day] for year in told if day in year.worked), day.weekday())


def _calendars(codes: Sequence[str]) -> tuple[str, ...]:
    for code in codes:
        calendars.check(code)
    return tuple(codes)


def _spans(texts: Sequence[str]) -> list[Span]:
    return [Span.parse(text) for text in texts]


def _clock(text: str) -> time:
    return _MIDNIGHT if text.strip() == "24:00" else time.fromisoformat(text.strip())
