"""Opening hours: a week, the dates that differ, a time zone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

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
    """`week` holds seven lists of spans from Monday; `exceptions` replace a date's (an empty list: closed)."""

    zone: ZoneInfo
    week: Sequence[Sequence[Span]]
    exceptions: Mapping[date, Sequence[Span]] = field(default_factory=dict)

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> OpeningHours | None:
        """`{"zone": "Asia/Shanghai", "week": {"mon": ["09:00-18:00"]}, "exceptions": {"2027-01-01": []}}`.

        An empty document is None: always open. Raises ValueError, or KeyError for an unknown zone.
        """
        if not document:
            return None
        week = document.get("week", {})
        if unknown := set(week) - set(DAYS):
            raise ValueError(f"not a day of the week: {', '.join(sorted(unknown))}")
        exceptions = {date.fromisoformat(day): _spans(spans) for day, spans in document.get("exceptions", {}).items()}
        return cls(ZoneInfo(document.get("zone", "UTC")), [_spans(week.get(day, [])) for day in DAYS], exceptions)

    def is_open(self, now: datetime) -> bool:
        return any(start <= now < end for start, end in self._around(now, days=1))

    def next_opening(self, now: datetime) -> datetime | None:
        """`now` if open, else the next time it opens in UTC; None if that is more than a year off."""
        if self.is_open(now):
            return now
        return next((start for start, end in self._around(now, _LOOK_AHEAD) if now < start < end), None)

    def _around(self, now: datetime, days: int) -> Iterator[tuple[datetime, datetime]]:
        """From yesterday, whose night may reach into today, day by day."""
        today = now.astimezone(self.zone).date()
        for offset in range(-1, days):
            day = today + timedelta(days=offset)
            spans = self.exceptions.get(day, self.week[day.weekday()])
            yield from sorted(span.on(day, self.zone) for span in spans)


def _spans(texts: Sequence[str]) -> list[Span]:
    return [Span.parse(text) for text in texts]


def _clock(text: str) -> time:
    return _MIDNIGHT if text.strip() == "24:00" else time.fromisoformat(text.strip())
