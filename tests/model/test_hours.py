"""Opening hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.hours import OpeningHours


def hours(document: dict[str, Any]) -> OpeningHours:
    parsed = OpeningHours.parse(document)
    assert parsed
    return parsed


SHOP = hours(
    {
        "zone": "Asia/Shanghai",
        "week": {
            "mon": ["09:00-12:00", "13:00-18:00"],
            "tue": ["09:00-18:00"],
            "fri": ["22:00-06:00"],
            "sun": ["18:00-24:00"],
        },
        "exceptions": {"2026-10-06": [], "2026-10-07": ["10:00-11:00"]},
    }
)


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("local", "is_open"),
    [
        ("2026-11-23T09:00", True),
        ("2026-11-23T08:59:59", False),
        ("2026-11-23T12:00", False),
        ("2026-11-23T17:59", True),
        ("2026-11-27T23:00", True),
        ("2026-11-28T05:59", True),
        ("2026-11-28T06:00", False),
        ("2026-11-22T23:59", True),
        ("2026-11-23T00:00", False),
        ("2026-10-06T10:00", False),
        ("2026-10-07T10:30", True),
    ],
)
def test_open_and_closed(local: str, is_open: bool) -> None:
    assert SHOP.is_open(shanghai(local)) is is_open


@pytest.mark.parametrize(
    ("local", "opens"),
    [
        ("2026-11-23T10:00", "2026-11-23T10:00"),
        ("2026-11-23T12:30", "2026-11-23T13:00"),
        ("2026-11-24T18:00", "2026-11-27T22:00"),
        ("2026-10-05T18:00", "2026-10-07T10:00"),
    ],
)
def test_the_next_opening(local: str, opens: str) -> None:
    assert SHOP.next_opening(shanghai(local)) == shanghai(opens)


def test_no_hours_at_all_mean_always_open_and_empty_ones_never() -> None:
    assert OpeningHours.parse({}) is None
    assert hours({"week": {}}).next_opening(shanghai("2026-11-23T10:00")) is None


def test_a_night_in_which_the_clocks_change() -> None:
    berlin = hours({"zone": "Europe/Berlin", "week": {"sun": ["01:00-04:00"]}})
    opens = datetime(2026, 3, 29, tzinfo=UTC)
    assert berlin.is_open(opens)
    assert berlin.is_open(opens + timedelta(minutes=119))
    assert not berlin.is_open(opens + timedelta(minutes=120))


@pytest.mark.parametrize("week", [{"monday": []}, {"mon": ["9-18"]}, {"mon": ["09:00"]}, {"mon": ["25:00-26:00"]}])
def test_hours_that_make_no_sense_are_refused(week: dict[str, list[str]]) -> None:
    with pytest.raises(ValueError, match=r"day of the week|isoformat|hour"):
        OpeningHours.parse({"week": week})


@given(st.integers(0, 2 * 365 * 86_400))
def test_it_is_open_at_the_next_opening_and_not_before(seconds: int) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    opens = SHOP.next_opening(now)
    assert opens is not None
    assert SHOP.is_open(opens)
    assert opens == now or not SHOP.is_open(opens - timedelta(seconds=1))
