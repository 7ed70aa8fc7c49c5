"""Contacts through the real engine wait as Erlang's formulas say: none is lost and nobody idles while one waits."""

from __future__ import annotations

import random
import statistics
from datetime import UTC, datetime

import pytest

from hub.model.capacity import Capacity
from hub.routing.policy import QueuePolicy, Strategy
from hub.routing.simulation.outcomes import Outcome, Segment
from hub.routing.simulation.scenario import Contact, Desk, Scenario, Shift
from hub.routing.simulation.world import World
from hub.routing.snapshots import Agent
from tests.routing.theory import HANDLE, Finding, Line, contact, measure, pairs, play, recursion

CALLS, STRETCHES, REPLICATIONS = 20, 1, 30
LINES = [Line(*pair) for pair in pairs()] + [Line(*pair, patience=0.5) for pair in pairs()[::2]]
TYPES, AGENTS, LOAD = 6, 30, 27.0


def beyond(found: list[Finding]) -> list[Finding]:
    return [each for each in found if not abs(each.z) <= 3]


@pytest.mark.slow
@pytest.mark.parametrize("line", LINES, ids=str)
def test_waits_agree_with_erlang_within_three_standard_errors(line: Line) -> None:
    """For each pair of erlangs and agents of the corpus, on both its rows' clocks; for every second with patience, too.

    Every single call, besides, waits as long as the recursion says: one lost, one agent idle for a moment would show.
    Where fewer than one in ten waits, the waits of those who do are measured: of the rest hardly anything would be.
    By chance alone one figure in two hundred is further off; it then has to agree in four times as many fresh
    replications. `python -m tests.routing.theory` measures all rows for longer, with patience and without.
    """
    found = measure(line, CALLS, STRETCHES, REPLICATIONS, seed=3)
    if beyond(found):
        found = measure(line, CALLS, STRETCHES, 4 * REPLICATIONS, seed=4)
    assert not beyond(found)


@pytest.mark.slow
@pytest.mark.parametrize(
    "line", [Line(1, 2), Line(10, 12), Line(100, 102), Line(10, 9, 1.0), Line(50, 54, 0.5)], ids=str
)
def test_every_single_call_waits_as_long_as_the_recursion_says(line: Line) -> None:
    """Sharper than any mean: one call lost, one agent idle for a moment or one call before its turn would show."""
    chance, at, calls = random.Random(7), 0.0, list[Contact]()
    for _ in range(2_000):
        calls.append(contact(line, at, chance))
        at += chance.expovariate(line.load / HANDLE)
    waits = [each.waited if each.outcome is Outcome.ANSWERED else None for each in play(line, calls)]
    assert waits == pytest.approx(recursion(calls, line.agents))
    assert sum(wait != 0 for wait in waits) > 100


def crew(skills: int) -> list[frozenset[int]]:
    """Every agent with so many of the types, every type with as many agents."""
    pairs_of_two = [frozenset({one, other}) for one in range(TYPES) for other in range(one)]
    return {1: [frozenset({each % TYPES}) for each in range(AGENTS)], 2: pairs_of_two * 2}.get(
        skills, [frozenset(range(TYPES))] * AGENTS
    )


def mean_wait(skills: int, seed: int) -> float:
    """Of calls that ask for one of six skills, in handle times."""
    chance, at, calls = random.Random(seed), 0.0, list[Contact]()
    for _ in range(2_500):
        kind = {str(chance.randrange(TYPES)): 1}
        calls.append(Contact(at, 1, "phone", "VOICE", chance.expovariate(1), None, kind))
        at += chance.expovariate(LOAD)
    agents = [
        Agent(number, False, (1,), {str(each): 1 for each in can}, Capacity({"VOICE": 1}))
        for number, can in enumerate(crew(skills), 1)
    ]
    shifts = tuple(Shift(agent, 0, 1e6) for agent in agents)
    desk = Desk(QueuePolicy(1, Strategy.LONGEST_IDLE))
    scenario = Scenario(datetime(2026, 11, 21, tzinfo=UTC), 1e6, (desk,), shifts, interval=1e6)
    segments: list[Segment] = sorted(World(scenario, calls).play().segments, key=lambda segment: segment.number)
    assert len(segments) == len(calls)
    return statistics.fmean(each.waited for each in segments[500:])


@pytest.mark.slow
def test_two_skills_an_agent_are_nearly_as_good_as_all_six() -> None:
    """Wallace & Whitt, "A staffing algorithm for call centers with skill-based routing" (2005): a little
    flexibility goes a long way. On the same calls, two skills bring most of what six would."""
    one, two, six = (statistics.fmean(mean_wait(skills, seed) for seed in range(3)) for skills in (1, 2, 6))
    assert six < two < one
    assert (one - two) / (one - six) > 0.85
