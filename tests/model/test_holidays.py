"""Opening hours on holidays and worked weekends, and how long they are."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.hours import DAYS, OpeningHours

WEEKDAYS = DAYS[:5]
OFFICE = {day: ["09:00-18:00"] for day in WEEKDAYS}


def hours(**document: Any) -> OpeningHours:
    parsed = OpeningHours.parse(document)
    assert parsed
    return parsed


CHINA = hours(zone="Asia/Shanghai", week=OFFICE | {"fri": ["09:00-17:00"]}, holidays=["CN"])


def opened(of: OpeningHours, day: str) -> list[str]:
    return [f"{span.start:%H:%M}-{span.end:%H:%M}" for span in of.spans(date.fromisoformat(day))]


@pytest.mark.parametrize(
    ("day", "spans"),
    [
        ("2026-09-30", ["09:00-18:00"]),
        ("2026-10-01", []),
        ("2026-10-07", []),  # a Wednesday off, worked on the 10th instead
        ("2026-10-08", ["09:00-18:00"]),
        ("2026-10-10", ["09:00-17:00"]),  # a worked Saturday goes as a Friday
        ("2026-09-20", ["09:00-18:00"]),  # a worked Sunday as a Monday
        ("2026-10-11", []),
        ("2026-02-17", []),
        ("2026-02-28", ["09:00-17:00"]),
    ],
)
def test_the_national_day_and_its_worked_weekends(day: str, spans: list[str]) -> None:
    assert opened(CHINA, day) == spans


def test_without_a_calendar_a_holiday_is_a_day_like_any_other() -> None:
    assert opened(hours(week=OFFICE), "2026-10-01") == ["09:00-18:00"]


@pytest.mark.parametrize(
    ("calendar", "day", "is_off"),
    [
        ("HK", "2026-07-01", True),
        ("CN", "2026-07-01", False),
        ("DE-BY", "2026-01-06", True),
        ("DE-BE", "2026-01-06", False),
        ("DE", "2026-01-06", False),
        ("US", "2027-12-31", True),  # New Year's Day of 2028 falls on a Saturday
    ],
)
def test_countries_and_their_parts(calendar: str, day: str, is_off: bool) -> None:
    assert (opened(hours(week=OFFICE, holidays=[calendar]), day) == []) is is_off


def test_a_holiday_of_any_calendar_is_one_also_where_another_works() -> None:
    both = hours(week=OFFICE, holidays=["CN", "DE-BY"])
    assert opened(both, "2026-01-06") == opened(both, "2026-10-01") == []
    assert opened(both, "2026-02-28") == ["09:00-18:00"]
    assert opened(hours(week=OFFICE, holidays=["CN", "IL"]), "2025-02-08") == ["09:00-18:00"]


def test_the_site_itself_has_the_last_word() -> None:
    own = hours(
        week=OFFICE,
        holidays=["CN"],
        holiday_hours=["10:00-12:00"],
        exceptions={"2026-10-02": ["08:00-09:00"], "2026-10-10": [], "2026-10-12": []},
    )
    assert opened(own, "2026-10-01") == ["10:00-12:00"]
    assert opened(own, "2026-10-02") == ["08:00-09:00"]
    assert opened(own, "2026-10-10") == opened(own, "2026-10-12") == []


def test_a_holiday_goes_by_the_date_where_the_queue_is() -> None:
    eve = datetime(2026, 9, 30, 17, tzinfo=UTC)  # one o'clock in the night of the 1st of October
    whole = {day: ["00:00-24:00"] for day in DAYS}
    assert hours(zone="UTC", week=whole, holidays=["CN"]).is_open(eve)
    assert not hours(zone="Asia/Shanghai", week=whole, holidays=["CN"]).is_open(eve)


@pytest.mark.parametrize("calendar", ["XX", "DE-XX", "cn", "", "de_BY"])
def test_a_calendar_nobody_knows_is_refused(calendar: str) -> None:
    with pytest.raises(KeyError, match="no holiday calendar"):
        hours(week=OFFICE, holidays=[calendar])


def test_the_big_library_is_loaded_by_whoever_names_a_calendar_only() -> None:
    program = (
        "import sys; from hub.model.hours import OpeningHours as O; from datetime import *\n"
        "O.parse({'week': {}}).is_open(datetime.now(UTC)); assert 'holidays' not in sys.modules\n"
        "O.parse({'holidays': ['CN']}); assert 'holidays' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_when_it_next_opens_or_closes() -> None:
    def local(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))

    assert CHINA.next_change(local("2026-09-30T10:00")) == local("2026-09-30T18:00")
    assert CHINA.next_change(local("2026-09-30T18:00")) == local("2026-10-08T09:00")
    assert CHINA.next_change(local("2026-10-10T09:00")) == local("2026-10-10T17:00")


def test_hours_without_seams_change_only_where_they_end() -> None:
    night = hours(week={"mon": ["18:00-24:00", "17:00-19:00"], "tue": ["00:00-06:00", "06:00-07:00"]})
    assert night.next_change(datetime(2026, 11, 23, 17, tzinfo=UTC)) == datetime(2026, 11, 24, 7, tzinfo=UTC)


@pytest.mark.parametrize("spans", [[], ["00:00-24:00"], ["12:00-12:00"], ["00:00-13:00", "11:00-00:00"]])
def test_what_never_opens_or_never_closes_never_changes(spans: list[str]) -> None:
    assert hours(zone="Europe/Berlin", week=dict.fromkeys(DAYS, spans)).next_change(datetime.now(UTC)) is None


@pytest.mark.parametrize(("day", "length"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)])
def test_a_day_is_as_long_as_its_clocks_say(day: str, length: int) -> None:
    berlin = hours(zone="Europe/Berlin", week={key: ["00:00-24:00"] for key in DAYS})
    start = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo("Europe/Berlin"))
    end = (start + timedelta(days=1)).astimezone(UTC)  # the same time on the next day
    assert berlin.open_seconds(start.astimezone(UTC), end) == length * 3600


def test_the_hour_that_is_skipped_is_not_open() -> None:
    berlin = hours(zone="Europe/Berlin", week={"sun": ["02:15-03:10", "05:00-06:00"]})
    night = datetime(2026, 3, 29, tzinfo=UTC)
    assert berlin.next_change(night) == berlin.next_opening(night) == datetime(2026, 3, 29, 3, tzinfo=UTC)
    assert berlin.open_seconds(night, night + timedelta(days=1)) == 3600


CLOCK = st.sampled_from(["00:00", "02:30", "03:00", "09:00", "12:15", "18:00", "23:45"])
SPANS = st.lists(st.builds("{}-{}".format, CLOCK, CLOCK | st.just("24:00")), max_size=3)
HOURS = st.builds(
    hours,
    zone=st.sampled_from(
        ["Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu"]
    ),
    week=st.dictionaries(st.sampled_from(DAYS), SPANS),
    exceptions=st.dictionaries(st.dates(date(2026, 1, 1), date(2027, 12, 31)).map(str), SPANS, max_size=5),
    holidays=st.sampled_from([[], ["CN"], ["HK", "DE-BY"]]),
    holiday_hours=SPANS,
)
INSTANTS = st.integers(0, 2 * 365 * 86_400).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@given(HOURS, INSTANTS)
def test_nothing_changes_before_the_next_change(of: OpeningHours, now: datetime) -> None:
    changes = of.next_change(now)
    if changes is None:
        until = now + timedelta(days=380)
    else:
        assert of.is_open(changes) is not of.is_open(now)
        until = changes - timedelta(seconds=1)
    assert of.is_open(until) is of.is_open(now)
    assert of.open_seconds(now, until) == of.is_open(now) * (until - now).total_seconds()


@given(HOURS, INSTANTS)
def test_it_is_open_at_the_next_opening(of: OpeningHours, now: datetime) -> None:
    opens = of.next_opening(now)
    assert opens is None or of.is_open(opens)
    assert opens == (now if of.is_open(now) else of.next_change(now))


@given(HOURS, INSTANTS, st.integers(0, 30 * 86_400), st.integers(0, 30 * 86_400))
def test_open_time_adds_up(of: OpeningHours, start: datetime, first: int, second: int) -> None:
    between, end = start + timedelta(seconds=first), start + timedelta(seconds=first + second)
    whole = of.open_seconds(start, end)
    assert whole == of.open_seconds(start, between) + of.open_seconds(between, end)
    assert 0 <= whole <= first + second
    assert of.open_seconds(end, start) == 0


@given(HOURS, INSTANTS)
def test_open_time_counts_what_is_open(of: OpeningHours, start: datetime) -> None:
    """All these zones change, and all these spans end, at a quarter of an hour."""
    start = start.replace(minute=45, second=0)
    quarters = [start + timedelta(minutes=15 * quarter) for quarter in range(2 * 24 * 4)]
    assert of.open_seconds(start, start + timedelta(days=2)) == 900 * sum(map(of.is_open, quarters))
