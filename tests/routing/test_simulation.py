"""The simulated world keeps the rules of a real one, whatever the queues are told to do."""

from __future__ import annotations

import random
import statistics
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model.capacity import Capacity, has_room
from hub.model.erlang import Target
from hub.model.hours import OpeningHours
from hub.routing.policy import OverflowReason, OverflowRule, QueuePolicy, Ring, Strategy
from hub.routing.simulation.draws import Spread, poisson
from hub.routing.simulation.figures import Cell, Measure, figures
from hub.routing.simulation.forecast import Day, Expected
from hub.routing.simulation.outcomes import Outcome, Played, Segment
from hub.routing.simulation.replications import Estimate, replicate
from hub.routing.simulation.scenario import Contact, Desk, Habits, Scenario, Shift
from hub.routing.simulation.staffing import propose
from hub.routing.simulation.world import World
from hub.routing.snapshots import Agent

START = datetime(2026, 11, 23, tzinfo=UTC)
END = 40_000.0
QUEUES = (1, 2)

policies = st.builds(
    QueuePolicy,
    id=st.just(1),
    strategy=st.sampled_from(Strategy),
    rings=st.sampled_from([(), (Ring(20, {"zh": 0}, (2,)),)]),
    overflow=st.sampled_from(
        [
            (),
            (OverflowRule(OverflowReason.WAIT, 90, 2), OverflowRule(OverflowReason.DEPTH, 4, 2)),
            (OverflowRule(OverflowReason.WAIT, 60, None, "callback"),),
        ]
    ),
    auto_accept=st.booleans(),
    width=st.sampled_from([0, 2]),
)
contacts = st.builds(
    Contact,
    at=st.integers(0, 600).map(float),
    queue=st.sampled_from(QUEUES),
    channel=st.sampled_from(["phone", "chat"]),
    medium=st.sampled_from(["VOICE", "LIVE_TEXT", "DEFERRED"]),
    handle=st.integers(0, 400).map(float),
    patience=st.sampled_from([None, 30.0, 200.0]),
    skills=st.sampled_from([{}, {"zh": 1}]),
    priority=st.integers(0, 1),
)
shifts = st.builds(
    lambda start, length, queues, skills: (queues, skills, float(start), float(start + length)),
    st.integers(0, 300),
    st.sampled_from([200, 900, 50_000]),
    st.sampled_from([(1,), (2,), (1, 2)]),
    st.sampled_from([{}, {"zh": 2}]),
)
habits = st.builds(
    Habits, st.sampled_from([Spread(0), Spread(4), Spread(20, 0.5)]), st.sampled_from([0.0, 0.3]), st.just(Spread(30))
)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    crew = [
        Shift(Agent(number, False, queues, skills), start, end)
        for number, (queues, skills, start, end) in enumerate(draw(st.lists(shifts, max_size=5)), 1)
    ]
    desks = tuple(Desk(replace(draw(policies), id=queue), 15, draw(st.sampled_from([0.0, 25.0]))) for queue in QUEUES)
    return Scenario(START, END, desks, tuple(crew), draw(habits))


days = st.lists(contacts, min_size=1, max_size=30).map(lambda some: sorted(some, key=lambda contact: contact.at))


@pytest.mark.slow
@settings(max_examples=150)
@given(scenarios(), days)
def test_every_contact_ends_once_and_nobody_holds_more_than_they_can(scenario: Scenario, day: list[Contact]) -> None:
    played = World(scenario, day, seed=3).play()
    stories = defaultdict[int, list[Segment]](list)
    for segment in played.segments:
        stories[segment.number].append(segment)
    assert sorted(stories) == [*range(1, len(day) + 1)]
    for number, story in stories.items():
        check_story(scenario, day[number - 1], story)
    for shift in scenario.shifts:
        check_capacity(shift, [each for each in played.segments if each.agent == shift.agent.id])


def check_story(scenario: Scenario, contact: Contact, story: list[Segment]) -> None:
    """It begins when the contact came, goes on without a gap, and only the last queue ends it otherwise.

    In the end nobody waits whom somebody who is there could have answered.
    """
    assert [story[0].since, *(each.until for each in story[:-1])] == [contact.at, *(each.since for each in story[1:])]
    assert all(each.outcome is Outcome.OVERFLOWED for each in story[:-1])
    assert len({each.queue for each in story}) == len(story)
    last = story[-1]
    if contact.patience is not None and last.outcome is not Outcome.WAITING:
        assert last.until <= contact.at + contact.patience + 1e-6
    if last.outcome is Outcome.WAITING:
        stays = [shift.agent for shift in scenario.shifts if shift.end > END and last.queue in shift.agent.queues]
        assert not [agent for agent in stays if agent.skills.keys() >= contact.skills.keys()]
    if last.outcome is Outcome.ANSWERED:
        desk = scenario.desks[last.queue - 1]
        assert last.over_at == pytest.approx(last.until + contact.handle + desk.wrap_up_seconds)


def check_capacity(shift: Shift, taken: list[Segment]) -> None:
    """All that is held at once could have been given in some order: a mail may have rung before a call came."""
    changes = [(each.over_at or 0.0, -1, each.contact.medium) for each in taken]
    changes += [(each.until, 1, each.contact.medium) for each in taken]
    held = Counter[str]()
    for at, change, medium in sorted(changes):
        assert change < 0 or shift.start <= at
        held[medium] += change
        load = Counter[str]()
        for each in sorted(held.elements()):  # DEFERRED comes first, which blocks nothing
            assert has_room(load, each, shift.agent.capacity)
            load[each] += 1


@pytest.mark.slow
@settings(max_examples=30)
@given(scenarios(), days)
def test_the_same_seed_plays_the_same_day(scenario: Scenario, day: list[Contact]) -> None:
    assert World(scenario, day, seed=5).play() == World(scenario, day, seed=5).play()


def call(at: float, queue: int = 1, medium: str = "VOICE", handle: float = 100, **more: float | None) -> Contact:
    return Contact(at, queue, "phone", medium, handle, more.get("patience"))


def plain(*policies: QueuePolicy, agents: int = 1, habits: Habits | None = None, end: float = END) -> Scenario:
    queues = tuple(policy.id for policy in policies)
    crew = tuple(Shift(Agent(number, False, queues[:1]), 0, end) for number in range(1, agents + 1))
    return Scenario(START, END, tuple(Desk(policy, 15) for policy in policies), crew, habits or Habits())


def story(played: Played) -> list[tuple[int, int, float, Outcome]]:
    return [(each.number, each.queue, each.until, each.outcome) for each in played.segments]


def test_who_waits_too_long_overflows_and_is_answered_there() -> None:
    first = QueuePolicy(1, overflow=(OverflowRule(OverflowReason.WAIT, 30, 2),))
    scenario = plain(first, QueuePolicy(2))
    scenario = replace(scenario, shifts=(*scenario.shifts, Shift(Agent(9, False, (2,)), 0, END)))
    played = World(scenario, [call(0), call(10)]).play()
    assert story(played)[1:] == [(2, 1, 40, Outcome.OVERFLOWED), (2, 2, 40, Outcome.ANSWERED)]
    found = figures(played, scenario)
    assert found[Cell(1)][Measure.OVERFLOWED] == 0.5
    assert found[Cell(2)][Measure.MEAN_WAIT] == 0
    assert found[Cell()][Measure.MEAN_WAIT] == 15
    assert found[Cell()][Measure.SERVICE_LEVEL] == 0.5


def test_a_queue_that_is_closed_sends_on_at_once() -> None:
    hours = OpeningHours.parse({"week": {"mon": ["01:00-02:00"]}})
    closed = QueuePolicy(1, overflow=(OverflowRule(OverflowReason.CLOSED, action="message"),), hours=hours)
    played = World(plain(closed), [call(0), call(3_600)]).play()
    assert story(played) == [(1, 1, 0, Outcome.OVERFLOWED), (2, 1, 3_600, Outcome.ANSWERED)]


def test_an_offer_nobody_answers_ends_and_the_agent_rests() -> None:
    never = Habits(unanswered=1.0, rest=Spread(60, 0))
    played = World(plain(QueuePolicy(1), habits=never), [call(0, patience=600)]).play()
    assert story(played) == [(1, 1, 600, Outcome.ABANDONED)]
    assert played.people[0].busy == {}


def test_agents_go_home_after_what_they_hold_and_the_rest_stays_unanswered() -> None:
    scenario = plain(QueuePolicy(1), end=50)
    played = World(scenario, [call(0), call(60)]).play()
    assert story(played) == [(1, 1, 0, Outcome.ANSWERED), (2, 1, END, Outcome.WAITING)]
    assert played.people[0].present == {0: 100}
    assert figures(played, scenario)[Cell(1)][Measure.OCCUPANCY] == 1


def test_three_chats_at_once_but_no_call_beside_them() -> None:
    day = [call(0, medium="LIVE_TEXT") for _ in range(4)] + [call(1)]
    played = World(plain(QueuePolicy(1)), day).play()
    answered = [(each.number, each.until) for each in played.segments]
    assert answered == [(1, 0), (2, 0), (3, 0), (4, 100), (5, 200)]


def test_with_all_ringing_the_first_to_accept_has_it() -> None:
    played = World(plain(QueuePolicy(1, Strategy.ALL_RING), agents=3, habits=Habits(Spread(5))), [call(0)]).play()
    assert len(played.segments) == 1
    assert sum(bool(person.busy) for person in played.people) == 1


@pytest.mark.parametrize("cv", [0.0, 0.5, 1.0, 1.7])
def test_times_have_the_mean_and_spread_they_are_said_to_have(cv: float) -> None:
    chance = random.Random(1)
    drawn = [Spread(200, cv).draw(chance) for _ in range(20_000)]
    assert statistics.fmean(drawn) == pytest.approx(200, rel=0.05)
    assert statistics.stdev(drawn) / 200 == pytest.approx(cv, rel=0.1)


@pytest.mark.parametrize("mean", [0.0, 0.4, 7.0, 200.0])
def test_as_many_come_as_are_expected(mean: float) -> None:
    chance = random.Random(2)
    drawn = [poisson(mean, chance) for _ in range(4_000)]
    assert statistics.fmean(drawn) == pytest.approx(mean, rel=0.06)
    assert statistics.pvariance(drawn) == pytest.approx(mean, rel=0.1)


def test_arrivals_fall_into_their_interval_and_another_seed_is_another_day() -> None:
    day = Day((call(5_000),), (Expected(1_800, 900, 1, "phone", "VOICE", 40, Spread(200), 60),))
    drawn = day.draw(1)
    assert all(1_800 <= each.at < 2_700 for each in drawn[:-1])
    assert drawn[-1] == call(5_000)
    assert day.draw(1) == drawn != day.draw(2)


def test_a_standard_error_is_that_of_the_mean() -> None:
    found = Estimate.of([1.0, 2.0, 3.0, 4.0])
    assert (found.mean, round(found.error, 4)) == (2.5, 0.6455)


@pytest.mark.slow
def test_the_proposed_agents_reach_the_target_on_days_that_were_not_tried() -> None:
    """The rush begins with nobody waiting and the calm inherits its queue: no formula for one interval alone knows."""
    rush = [Expected(0, 1_800, 1, "phone", "VOICE", 90, Spread(300), 120)]
    calm = [Expected(1_800, 1_800, 1, "phone", "VOICE", 12, Spread(300), 120)]
    desk = Desk(QueuePolicy(1), targets={"VOICE": Target(0.8, 20)})
    scenario, day = Scenario(START, END, (desk,), ()), Day(expected=(*rush, *calm))
    rounds = set[int]()
    found = propose(scenario, day, 20, 1, lambda attempt, _: rounds.add(attempt))
    assert found.missed == frozenset()
    assert rounds == {*range(1, max(rounds) + 1)} and max(rounds) > 1
    assert found.agents[1, 1] > found.formula[1, 1]
    assert found.agents[1, 0] < found.formula[1, 0]
    numbers = found.agents.items()
    crew = [
        Shift(Agent(interval * 100 + each, False, (1,)), interval * 1_800, (interval + 1) * 1_800 + interval * END)
        for (_, interval), wanted in numbers
        for each in range(wanted)
    ]
    fresh = replicate(replace(scenario, shifts=tuple(crew)), day, 20, 99, lambda _: None)
    for interval in (0, 1):
        level = fresh[Cell(1, None, interval)][Measure.SERVICE_LEVEL]
        assert level.mean > 0.8 - 3 * level.error


def test_hours_that_end_need_nobody_afterwards() -> None:
    hours = OpeningHours.parse({"week": {"mon": ["00:00-00:30"]}})
    closes = QueuePolicy(1, overflow=(OverflowRule(OverflowReason.CLOSED, action="end"),), hours=hours)
    day = Day(expected=tuple(Expected(at, 1_800, 1, "phone", "VOICE", 5, Spread(200)) for at in (0, 1_800)))
    found = propose(Scenario(START, END, (Desk(closes),), ()), day, 2, 1, lambda *_: None)
    assert set(found.agents) == {(1, 0)}


def test_a_day_of_thousands_is_over_and_every_one_counted() -> None:
    busy = Expected(0, 36_000, 1, "phone", "VOICE", 1_000, Spread(180), 90)
    crew = tuple(Shift(Agent(number, False, (1,), capacity=Capacity({"VOICE": 1})), 0, END) for number in range(6))
    scenario = Scenario(START, END, (Desk(QueuePolicy(1)),), crew)
    drawn = Day(expected=(busy,)).draw(1)
    found = figures(World(scenario, drawn).play(), scenario)
    assert found[Cell()][Measure.OFFERED] == len(drawn)
    by_interval = sum(
        of[Measure.OFFERED] for cell, of in found.items() if cell.queue and cell.channel and cell.interval is not None
    )
    assert by_interval == len(drawn)
