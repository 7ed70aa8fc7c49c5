"""The day's arrivals and the agents' shifts from their files, in seconds since the day begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hub.api import Medium
from hub.main.sentence import Sentence
from hub.main.simulate import rows
from hub.main.simulate.rows import Calendar, Row
from hub.main.simulate.site import Site
from hub.routing.simulation.draws import Spread
from hub.routing.simulation.forecast import Day, Expected
from hub.routing.simulation.scenario import Contact, Shift

ONE_BY_ONE = ("time", "queue", "channel", "handle_seconds")
BY_INTERVAL = ("interval_start", "interval_minutes", "queue", "channel", "arrivals", "handle_seconds")
KNOWN = ("account", "language", "subject", "customer.kind", "customer.language")  # what rules may ask for, besides
FREE = ("attributes.", "customer.attributes.")
OPTIONAL = ("medium", "skills", "priority", "patience_seconds", "handle_cv", "customer", *KNOWN)
SHIFTS = ("login", "start", "end")
USUAL_MINUTES = 30.0
LONGEST = 7 * 24 * 3_600.0
DAY, SHORTEST = 24 * 60.0, 1.0  # minutes of an interval
MOST, WIDEST, PRIORITY = 1e6, 10.0, 1_000
STAY_ON = 24 * 3_600.0  # who works until all is done does not wait for longer for what nobody can take


@dataclass(frozen=True, slots=True)
class Timetable:
    """`arrivals` come from `start` (UTC) on for `seconds`, counted by `interval` seconds; `end`: all is cut off."""

    start: datetime
    seconds: float
    interval: float
    arrivals: Day

    @property
    def end(self) -> float:
        return self.seconds + STAY_ON


def read_day(path: Path, site: Site, calendar: Calendar) -> Timetable:
    """Raises Sentence."""
    found = list(rows.read(path, (ONE_BY_ONE, BY_INTERVAL), OPTIONAL, FREE))
    if not found:
        raise Sentence(f"{path} has no row below its header: nobody comes on that day.")
    by_interval = "interval_start" in found[0].fields
    times = [row.time("interval_start" if by_interval else "time", calendar).astimezone(UTC) for row in found]
    minutes = min(row.number("interval_minutes", DAY, SHORTEST) for row in found) if by_interval else USUAL_MINUTES
    start = _floor(min(times), minutes, calendar)
    if by_interval:
        day = Day(expected=tuple(_expected(row, (at - start).total_seconds(), site) for row, at in _both(found, times)))
    else:
        day = Day(recorded=tuple(_contact(row, (at - start).total_seconds(), site) for row, at in _both(found, times)))
    seconds = -(-max(day.last_arrival, 1) // (60 * minutes)) * 60 * minutes
    if seconds > LONGEST:
        raise Sentence(f"{path}: from the first to the last arrival it is more than a week.")
    return Timetable(start, seconds, 60 * minutes, day)


def read_shifts(path: Path, site: Site, calendar: Calendar, start: datetime) -> tuple[Shift, ...]:
    """Raises Sentence. A login may work several shifts."""
    shifts: list[Shift] = []
    for row in rows.read(path, (SHIFTS,), ()):
        login = row.required("login")
        if login not in site.agents:
            raise row.wrong(f"no user {login!r} with queues is in the site file.")
        begin, end = row.time("start", calendar), row.time("end", calendar)
        end += timedelta(days=1) if end <= begin and "-" not in row.text("end") else timedelta()
        if end <= begin:
            raise row.wrong("a shift ends after it starts.")
        shift = Shift(site.agents[login], *((each - start).total_seconds() for each in (begin, end)))
        if any(each.agent == shift.agent and each.start < shift.end and shift.start < each.end for each in shifts):
            raise row.wrong(f"{login} works another shift at that time.")
        shifts.append(shift)
    return tuple(shifts)


def _both(found: Sequence[Row], times: Sequence[datetime]) -> zip[tuple[Row, datetime]]:
    return zip(found, times, strict=True)


def _floor(first: datetime, minutes: float, calendar: Calendar) -> datetime:
    """The interval's begin, counted from local midnight."""
    local = first.astimezone(calendar.zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    return midnight + (first - midnight) // timedelta(minutes=minutes) * timedelta(minutes=minutes)


def _expected(row: Row, start: float, site: Site) -> Expected:
    if row.text("customer"):
        raise row.wrong("customer is for contacts that stand one by one: nobody knows who of those expected comes.")
    queue, skills, priority = _wanted(row, site)
    handle = Spread(
        row.number("handle_seconds", LONGEST), row.number("handle_cv", WIDEST) if row.text("handle_cv") else 1.0
    )
    seconds = 60 * row.number("interval_minutes", DAY, SHORTEST)
    return Expected(
        start,
        seconds,
        queue,
        row.required("channel"),
        _medium(row),
        row.number("arrivals", MOST),
        handle,
        _patience(row),
        skills,
        priority,
        row.known(KNOWN, FREE),
    )


def _contact(row: Row, at: float, site: Site) -> Contact:
    queue, skills, priority = _wanted(row, site)
    channel, handle = row.required("channel"), row.number("handle_seconds", LONGEST)
    who, known = row.text("customer"), row.known(KNOWN, FREE)
    return Contact(at, queue, channel, _medium(row), handle, _patience(row), skills, priority, who, known)


def _wanted(row: Row, site: Site) -> tuple[int, dict[str, int], int]:
    """Queue, skills and priority: the row's and the queue's together."""
    key = row.required("queue")
    if key not in site.queues:
        raise row.wrong(f"there is no queue {key!r}; the site has {', '.join(site.queues)}.")
    queue = site.queues[key]
    return site.ids[key], {**queue.skills, **row.skills("skills")}, queue.priority + row.whole("priority", PRIORITY)


def _medium(row: Row) -> str:
    medium = row.text("medium") or Medium.VOICE
    if medium not in list(Medium):
        raise row.wrong(f"medium is {', '.join(Medium)}, not {medium!r}.")
    return str(medium)


def _patience(row: Row) -> float | None:
    return row.number("patience_seconds", LONGEST, least=0.001) if row.text("patience_seconds") else None
