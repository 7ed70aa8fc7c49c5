"""Erlang's formulas: published figures, exact sums, and what holds for every load."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model.erlang import Demand, Service, Target, erlang_b, erlang_c, service, staffing

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "routing-erlangc"
# traffic, agents, handle seconds, target seconds, P(wait), service level, mean wait
TABLE = [(2, 3, 180, 20, 0.444444, 0.602294, 80.0), (1, 7, 180, 20, 8.5e-05, 0.999956, 0.0026)]
CALLS = Demand(load=48, handle_seconds=60)


def told(name: str) -> list[dict[str, Any]]:
    """Of the shared corpora, which stand beside the project; nothing where they are not."""
    return [*json.loads((CORPUS / name).read_text("utf-8"))] if CORPUS.is_dir() else []


def table() -> list[tuple[float, ...]]:
    keys = ("traffic", "agents", "aht", "target_s", "p_wait", "service_level", "asa")
    return [tuple(row[key] for key in keys) for row in told("table.json")] or [*TABLE]


def test_erlang_c_agrees_with_exact_fractions() -> None:
    for load, agents, handle, within, waits, level, asa in table():
        found = service(Demand(load, handle), int(agents), within)
        assert found.wait_probability == pytest.approx(waits, abs=1e-6)
        assert found.service_level == pytest.approx(level, abs=1e-6)
        assert found.asa_seconds == pytest.approx(asa, abs=1e-4)
        assert found.occupancy == pytest.approx(load / agents)


def test_what_other_projects_assert() -> None:
    found = staffing(Demand(load=10, handle_seconds=180), Target(0.8, 20))
    ours = {
        "100 calls/30 min, AHT 180 s, 80/20: agents": float(found.agents),
        "same, Pw at 14": found.service.wait_probability,
        "same, SL at 14": found.service.service_level,
        "SL A=10 N=13 AHT=180 T=20": service(Demand(10, 180), 13, 20).service_level,
    }
    usable = {row["what"]: row for row in told("published.json") if row["usable"]}
    assert set(usable) <= set(ours)
    for what, row in usable.items():
        assert ours[what] == pytest.approx(row["expected"], abs=row.get("tol", 0.05))
    assert found.agents == 14
    assert found.service.occupancy == pytest.approx(0.714, abs=5e-4)


def test_the_published_figures_of_erlang_b() -> None:
    found = [round(erlang_b(agents, agents), 6) for agents in (10, 100, 1000)]
    assert found == [0.214582, 0.075700, 0.024812]


def test_the_published_figures_of_48_calls_a_minute_for_50_agents() -> None:
    patient = service(CALLS, 50, 20)
    assert round(patient.wait_probability, 4) == 0.6945
    assert round(patient.asa_seconds, 2) == 20.83
    assert patient.occupancy == 0.96
    impatient = service(Demand(48, 60, patience_seconds=120), 50, 20)
    assert round(impatient.abandoned, 4) == 0.0309
    assert round(impatient.mean_wait_seconds, 2) == 3.71


def test_loads_that_cannot_be_served() -> None:
    hopeless = service(Demand(50, 60), 50, 20)
    assert hopeless == Service(1.0, 0.0, math.inf, math.inf, 0.0, 1.0)
    assert service(Demand(5, 60, 90), 0, 20) == Service(1.0, 0.0, math.inf, 90, 1.0, 0.0)
    assert service(Demand(0, 60), 0, 20).service_level == 1


def test_thousands_of_agents_and_an_overload_beyond_what_a_float_holds() -> None:
    assert 0.7 < erlang_c(9_990, 10_000) < 1
    assert erlang_b(100, 10_000) == 0
    overloaded = service(Demand(10_000, 300, 600), 1_000, 20)
    assert overloaded.abandoned == pytest.approx(0.9)
    assert overloaded.asa_seconds == pytest.approx(600 * math.log(10), rel=1e-3)
    assert overloaded.service_level == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("shrinkage", [0.0, 0.3, 0.5])
def test_shrinkage_schedules_more_than_are_at_work(shrinkage: float) -> None:
    assert staffing(Demand(10, 180), Target(), shrinkage).scheduled == {0.0: 14, 0.3: 20, 0.5: 28}[shrinkage]


def test_limits_of_a_target_besides_the_service_level() -> None:
    assert staffing(Demand(10, 180), Target(max_occupancy=0.6)).agents == 17
    impatient = Demand(10, 180, 60)
    assert staffing(impatient, Target()).service.abandoned > 0.01
    assert staffing(impatient, Target(max_abandoned=0.01)).service.abandoned <= 0.01


@pytest.mark.parametrize("wrong", [(-1, 60, None), (1, 0, None), (1, 60, 0), (math.inf, 60, None), (1, 60, math.nan)])
def test_no_such_demand(wrong: tuple[float, float, float | None]) -> None:
    with pytest.raises(ValueError, match="no load"):
        Demand(*wrong)


def test_no_such_target() -> None:
    with pytest.raises(ValueError, match="no target"):
        Target(service_level=1)
    with pytest.raises(ValueError, match="nobody would be left"):
        staffing(CALLS, Target(), shrinkage=1)


LOADS = st.floats(0.01, 300)
SECONDS = st.floats(1, 5_000)
AGENTS = st.integers(1, 400)
DEMANDS = st.builds(Demand, LOADS, SECONDS, st.none() | SECONDS)
TARGETS = st.builds(Target, st.floats(0, 0.99), st.floats(0, 300), st.floats(0.3, 1), st.floats(0.01, 1))


def states(demand: Demand, agents: int) -> list[float]:
    """The probability of each number of contacts present, from balance equations, as long as it counts."""
    assert demand.patience_seconds
    gone = demand.handle_seconds / demand.patience_seconds
    logs, top = [0.0], 0.0
    while len(logs) <= agents or logs[-1] > top - 40:
        leaving = min(len(logs), agents) + max(len(logs) - agents, 0) * gone
        logs.append(logs[-1] + math.log(demand.load / leaving))
        top = max(top, logs[-1])
    weights = [math.exp(log - top) for log in logs]
    whole = math.fsum(weights)
    return [weight / whole for weight in weights]


@settings(max_examples=40)
@given(LOADS, SECONDS, st.floats(0.02, 20), st.integers(1, 200))
def test_erlang_a_agrees_with_the_balance_of_states(load: float, handle: float, ratio: float, agents: int) -> None:
    found = service(Demand(load, handle, ratio * handle), agents, 20)
    share = states(Demand(load, handle, ratio * handle), agents)
    waiting = math.fsum((present - agents) * each for present, each in enumerate(share) if present > agents)
    assert found.wait_probability == pytest.approx(math.fsum(share[agents:]), abs=1e-6)
    assert found.mean_wait_seconds == pytest.approx(waiting * handle / load, rel=1e-4, abs=1e-6)  # Little's law
    assert found.occupancy == pytest.approx(
        math.fsum(min(present, agents) * each for present, each in enumerate(share)) / agents, rel=1e-4
    )


def answered_waits(demand: Demand, agents: int) -> float:
    """The mean, over all contacts, of the wait of those answered: step by step, by who of those ahead leaves next."""
    assert demand.patience_seconds
    service_rate, impatience = agents / demand.handle_seconds, 1 / demand.patience_seconds
    total, answered, waited = 0.0, 1.0, 0.0
    for ahead, share in enumerate(states(demand, agents)[agents:]):
        rate = service_rate + (ahead + 1) * impatience
        stays = 1 - impatience / rate
        answered, waited = stays * answered, stays * (waited + answered / rate)
        total += share * waited
    return total


@settings(max_examples=40)
@given(LOADS, SECONDS, st.floats(0.02, 20), st.integers(1, 200))
def test_the_answered_waited_as_step_by_step(load: float, handle: float, ratio: float, agents: int) -> None:
    demand = Demand(load, handle, ratio * handle)
    found = service(demand, agents, 20)
    assert found.asa_seconds * (1 - found.abandoned) == pytest.approx(
        answered_waits(demand, agents), rel=1e-4, abs=1e-6
    )


@pytest.mark.slow
@pytest.mark.parametrize("agents", [45, 55])
def test_the_service_level_is_how_the_waits_are_spread(agents: int) -> None:
    """The area over a distribution is its mean."""
    demand = Demand(50, 60, 90)
    levels = [service(demand, agents, second + 0.5).service_level for second in range(200)]
    found = service(demand, agents, 20)
    over = sum(1 - found.abandoned - level for level in levels)
    assert over == pytest.approx(found.asa_seconds * (1 - found.abandoned), rel=5e-3)


@given(DEMANDS, AGENTS, st.floats(0, 1_000))
def test_every_figure_is_one(demand: Demand, agents: int, within: float) -> None:
    found = service(demand, agents, within)
    shares = (found.wait_probability, found.service_level, found.abandoned, found.occupancy)
    assert all(-1e-9 <= share <= 1 + 1e-9 for share in shares)
    assert found.asa_seconds >= 0 and found.mean_wait_seconds >= 0
    assert found.service_level >= 1 - found.wait_probability - 1e-9


@given(DEMANDS, AGENTS)
def test_who_waits_longer_is_answered_or_gone(demand: Demand, agents: int) -> None:
    levels = [service(demand, agents, within) for within in (0, 10, 100, 1e9)]
    assert all(before.service_level <= after.service_level + 1e-7 for before, after in pairwise(levels))
    if demand.patience_seconds or demand.load < agents:
        assert levels[-1].service_level == pytest.approx(1 - levels[-1].abandoned, abs=1e-6)


@given(LOADS, SECONDS, AGENTS)
def test_endless_patience_is_the_limit_of_much(load: float, handle: float, agents: int) -> None:
    if load < 0.95 * agents:
        much, endless = service(Demand(load, handle, 1e10), agents, 20), service(Demand(load, handle), agents, 20)
        assert much.wait_probability == pytest.approx(endless.wait_probability, rel=1e-4, abs=1e-12)
        assert much.asa_seconds == pytest.approx(endless.asa_seconds, rel=1e-3, abs=1e-12)


@pytest.mark.slow
@settings(max_examples=40)
@given(DEMANDS, TARGETS)
def test_one_agent_fewer_misses_the_target(demand: Demand, target: Target) -> None:
    found = staffing(demand, target)

    def reached(agents: int) -> bool:
        achieved = service(demand, agents, target.within_seconds)
        levels = achieved.service_level >= target.service_level
        return levels and achieved.occupancy <= target.max_occupancy and achieved.abandoned <= target.max_abandoned

    assert reached(found.agents) and reached(found.agents + 1)
    assert found.agents == 0 or not reached(found.agents - 1)
    assert found.scheduled == found.agents
