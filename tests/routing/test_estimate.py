"""The wait that is told to whoever waits."""

from __future__ import annotations

import math
import random
import statistics
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.routing.estimate import Abandoned, Answered, Handled, Pace, WaitRange, announce, expected_wait

START = datetime(2026, 11, 22, 8, tzinfo=UTC)
Event = Handled | Answered | Abandoned


def ago(seconds: float) -> datetime:
    return START - timedelta(seconds=seconds)


def seen(pace: Pace, *events: Event) -> Pace:
    for event in events:
        pace = pace.after(event, START)
    return pace


def test_without_impatience_it_is_the_place_over_the_rate() -> None:
    assert expected_wait(6, 3, 60) == 120
    assert expected_wait(1, 0.5, 60) == 120


def test_who_gives_up_ahead_shortens_it() -> None:
    assert expected_wait(3, 1, 100, 0.01) == pytest.approx(100 + 50 + 100 / 3)


def test_nobody_serves_or_it_is_ones_turn() -> None:
    assert expected_wait(1, 0, 60, 0.1) == math.inf
    assert expected_wait(0, 0, 60) == 0


def wait_of_the_last(chance: random.Random, ahead: int, service_rate: float, impatience: float) -> float:
    """All servers stay busy; each that is free takes the first who is still there."""
    line = [chance.expovariate(impatience) for _ in range(ahead)] + [math.inf]
    clock = 0.0
    while line:
        clock += chance.expovariate(service_rate)
        line = [leaves for leaves in line if leaves > clock][1:]
    return clock


@pytest.mark.parametrize(("position", "impatience"), [(1, 0.02), (5, 0.02), (40, 0.005), (40, 0.1)])
def test_a_simulated_line_takes_as_long(position: int, impatience: float) -> None:
    chance = random.Random(position)
    waits = [wait_of_the_last(chance, position - 1, 4 / 30, impatience) for _ in range(2_000)]
    error = statistics.stdev(waits) / math.sqrt(len(waits))
    assert statistics.mean(waits) == pytest.approx(expected_wait(position, 4, 30, impatience), abs=3 * error)


@given(st.integers(1, 3_000), st.floats(0.01, 1_000), st.floats(1, 10_000), st.floats(0, 1))
def test_a_long_line_is_summed_as_exactly_as_a_short_one(
    position: int, servers: float, handle_seconds: float, impatience: float
) -> None:
    terms = (1 / (servers / handle_seconds + ahead * impatience) for ahead in range(position))
    assert expected_wait(position, servers, handle_seconds, impatience) == pytest.approx(math.fsum(terms), rel=1e-6)


@given(st.integers(1, 10**6), st.floats(0.01, 1_000), st.floats(1, 10_000), st.floats(0, 1))
def test_further_back_is_longer_and_more_servers_are_faster(
    position: int, servers: float, handle_seconds: float, impatience: float
) -> None:
    wait = expected_wait(position, servers, handle_seconds, impatience)
    assert 0 < wait <= position * handle_seconds / servers * (1 + 1e-9)
    assert expected_wait(position + 1, servers, handle_seconds, impatience) > wait
    assert expected_wait(position, servers + 1, handle_seconds, impatience) < wait


def test_a_new_queue_says_what_the_site_expects() -> None:
    pace = Pace.expecting(handle_seconds=240, patience_seconds=120)
    assert (pace.handle_seconds, pace.impatience) == (240, 1 / 120)
    assert Pace.expecting().impatience == 0


def test_one_strange_contact_changes_little() -> None:
    pace = Pace.expecting(handle_seconds=300, patience_seconds=300)
    assert 240 < seen(pace, Handled(ago(1))).handle_seconds < 300
    assert seen(pace, Handled(ago(8 * 3600))).handle_seconds < 3 * 300
    assert seen(Pace.expecting(), Abandoned(ago(2))).impatience < 1 / 3_000


@pytest.mark.parametrize(("handle", "patience"), [(60, 30), (600, 90), (1_800, 600)])
def test_it_learns_what_it_sees_also_from_those_who_were_answered_in_time(handle: float, patience: float) -> None:
    chance = random.Random(7)
    pace = Pace.expecting()
    handles: list[float] = []
    impatience: list[float] = []
    for _ in range(4_000):
        gives_up, answered = chance.expovariate(1 / patience), chance.expovariate(1 / 60)
        event = Abandoned(ago(gives_up)) if gives_up < answered else Answered(ago(answered))
        pace = seen(pace, event, Handled(ago(chance.expovariate(1 / handle))))
        handles.append(pace.handle_seconds)
        impatience.append(pace.impatience)
    assert statistics.mean(handles[1_000:]) == pytest.approx(handle, rel=0.1)
    assert statistics.mean(impatience[1_000:]) == pytest.approx(1 / patience, rel=0.2)


def test_it_forgets_how_it_was() -> None:
    slow = seen(Pace.expecting(), *[Handled(ago(600))] * 500)
    assert slow.handle_seconds == pytest.approx(600, rel=0.01)
    assert seen(slow, *[Handled(ago(60))] * 500).handle_seconds == pytest.approx(60, rel=0.1)


SECONDS = st.floats(-10, 1e6)
EVENTS = st.lists(
    st.builds(Handled, SECONDS.map(ago))
    | st.builds(Answered, SECONDS.map(ago))
    | st.builds(Abandoned, SECONDS.map(ago))
)


@given(EVENTS, st.none() | st.floats(1, 10_000), st.integers(1, 1_000), st.floats(0.1, 100))
def test_whatever_happens_there_is_an_estimate(
    events: list[Event], patience: float | None, position: int, servers: float
) -> None:
    pace = seen(Pace.expecting(patience_seconds=patience), *events)
    assert pace.handle_seconds > 0 and pace.impatience >= 0
    assert 0 < pace.wait(position, servers) < math.inf


@pytest.mark.parametrize(
    ("estimate", "low", "high"),
    [(0, 0, 1), (59.9, 0, 1), (60, 1, 2), (299, 2, 5), (300, 5, 10), (899, 10, 15), (7_199, 90, 120)],
)
def test_people_hear_a_range_of_minutes(estimate: float, low: int, high: int) -> None:
    assert announce(None, estimate) == WaitRange(60 * low, 60 * high)


@pytest.mark.parametrize("estimate", [7_200, 1e9, math.inf])
def test_beyond_two_hours_there_is_no_end(estimate: float) -> None:
    assert announce(None, estimate) == WaitRange(7_200, None)


@given(st.lists(st.floats(0, 10_000) | st.just(math.inf), min_size=1))
def test_what_is_told_never_rises_and_is_never_less_than_the_least_estimate(estimates: list[float]) -> None:
    told: WaitRange | None = None
    for estimate in estimates:
        before, told = told, announce(told, estimate)
        assert before is None or told.low_seconds <= before.low_seconds
    assert told == announce(None, min(estimates))
