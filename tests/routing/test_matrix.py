"""Who is free, and what waits, as lines and groups have it at hand, against looking at all of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.model.capacity import Capacity
from hub.routing import events
from hub.routing.engine import Engine
from hub.routing.lines import ID, NOBODY
from hub.routing.matrix import Matrix
from hub.routing.policy import QueuePolicy, Strategy
from hub.routing.snapshots import Agent, Work

START = datetime(2026, 11, 22, 8, tzinfo=UTC)
QUEUES = (1, 2)
LEVELS = st.sampled_from([{}, {"zh": 1}, {"zh": 2}])
AGENTS = st.builds(
    Agent,
    id=st.integers(1, 4),
    routable=st.booleans(),
    queues=st.sampled_from([(1,), (2,), (1, 2)]),
    skills=LEVELS,
    capacity=st.just(Capacity({"VOICE": 1, "LIVE_TEXT": 2})),
    preferences=st.sampled_from([{}, {2: 1}]),
)
POLICIES = st.builds(QueuePolicy, id=st.sampled_from(QUEUES), strategy=st.sampled_from(Strategy))
WORKS = st.builds(
    Work,
    id=st.just(0),  # numbered as they come
    queue=st.sampled_from(QUEUES),
    medium=st.sampled_from(["VOICE", "LIVE_TEXT"]),
    enqueued_at=st.integers(0, 900).map(lambda waited: START - timedelta(seconds=waited)),
    priority=st.integers(0, 1),
    skills=LEVELS,
)
Fact = Agent | QueuePolicy | Work | int
FACTS: st.SearchStrategy[list[Fact]] = st.lists(st.one_of(AGENTS, POLICIES, WORKS, st.integers(1, 8)), max_size=20)


def told(engine: Engine, facts: list[Fact]) -> None:
    """Agents and policies change, work comes, and work (a number) is no longer needed."""
    for number, fact in enumerate(facts, 1):
        match fact:
            case Agent():
                engine.apply(events.AgentChanged(fact), START)
            case QueuePolicy():
                engine.apply(events.QueueChanged(fact), START)
            case int():
                engine.apply(events.WorkWithdrawn(fact), START)
            case Work():
                engine.apply(events.WorkEnqueued(replace(fact, id=number)), START)


def matrix_of(engine: Engine) -> Matrix:
    engine._state.roster.settle()
    return engine._state.roster.matrix


@given(FACTS)
def test_a_line_knows_by_which_links_somebody_is_free(facts: list[Fact]) -> None:
    engine = Engine()
    told(engine, facts)
    for line in matrix_of(engine).lines.values():
        members = engine._state.roster.members.values()
        with_room = {member.group for member in members if member.has_room(line.work_class.slot)}
        assert set(line.open) == {link for link in line.links if link.group in with_room}


@given(FACTS)
def test_what_comes_first_for_a_group_is_the_least_of_all_it_reaches(facts: list[Fact]) -> None:
    engine = Engine()
    told(engine, facts)
    matrix, entries = matrix_of(engine), engine._state.waiting.entries.values()
    for reach in (reach for group in matrix.groups.values() for reach in group.reach.values()):
        costs = {id(link.line): link.handicap for link in reach.links}
        waits = {entry.place + costs[id(entry.line)]: entry.number for entry in entries if id(entry.line) in costs}
        first = min(waits, default=NOBODY)
        assert min(reach.first(matrix.heads), NOBODY) == first
        assert first == NOBODY or first & ID == waits[first]
