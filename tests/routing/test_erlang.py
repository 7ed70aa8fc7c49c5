"""Calls through the engine wait as long as Erlang's formula says: none is lost and nobody idles while one waits."""

from __future__ import annotations

import heapq
import random
from datetime import UTC, datetime, timedelta

import pytest

from hub.model.capacity import Capacity
from hub.routing import events
from hub.routing.decisions import Decision, MakeOffer
from hub.routing.engine import Engine
from hub.routing.snapshots import Agent, Work

START = datetime(2026, 11, 21, tzinfo=UTC)
CALLS = 12_000


def erlang_c(load: float, agents: int) -> float:
    """The chance to wait at all, for `load` erlangs (by the recursion of Erlang B)."""
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = load * blocked / (n + load * blocked)
    return agents * blocked / (agents - load * (1 - blocked))


class CallCentre:
    """Calls come at random, last one time unit on average; every offer is accepted at once."""

    def __init__(self, load: float, agents: int, seed: int) -> None:
        self.random = random.Random(seed)
        self.load = load
        self.engine = Engine()
        self.born: dict[int, float] = {}
        self.waits: dict[int, float] = {}
        self.ends: list[tuple[float, int, int]] = []
        for agent in range(agents):
            self.engine.apply(events.AgentChanged(Agent(agent, True, (1,), capacity=Capacity({"VOICE": 1}))), START)

    def run(self, calls: int) -> list[float]:
        at = 0.0
        for number in range(calls):
            at += self.random.expovariate(self.load)
            self.finish_until(at)
            self.born[number] = at
            self.tell(events.WorkEnqueued(Work(number, 1, "VOICE", clock(at))), at)
        self.finish_until(float("inf"))
        return [self.waits[number] for number in range(calls)]

    def finish_until(self, limit: float) -> None:
        while self.ends and self.ends[0][0] <= limit:
            at, agent, work = heapq.heappop(self.ends)
            self.tell(events.SlotFreed(agent, work), at)

    def tell(self, event: events.Event, at: float) -> None:
        for offer in self.engine.apply(event, clock(at)):
            self.connect(offer, at)

    def connect(self, offer: Decision, at: float) -> None:
        assert isinstance(offer, MakeOffer)
        self.waits[offer.work] = at - self.born[offer.work]
        self.engine.apply(events.OfferAccepted(offer.work, offer.agent), clock(at))
        heapq.heappush(self.ends, (at + self.random.expovariate(1.0), offer.agent, offer.work))


def clock(at: float) -> datetime:
    return START + timedelta(minutes=at)


@pytest.mark.slow
@pytest.mark.parametrize(("load", "agents"), [(2.0, 4), (10.0, 14)])
def test_waiting_agrees_with_erlang_c(load: float, agents: int) -> None:
    waits = CallCentre(load, agents, seed=7).run(CALLS)
    chance = erlang_c(load, agents)
    assert len(waits) == CALLS
    assert sum(wait > 0 for wait in waits) / CALLS == pytest.approx(chance, abs=0.02)
    assert sum(waits) / CALLS == pytest.approx(chance / (agents - load), rel=0.2)


def test_the_formula_gives_the_published_values() -> None:
    assert erlang_c(48, 50) == pytest.approx(0.6945, abs=1e-4)
    assert erlang_c(10, 14) == pytest.approx(0.1741, abs=1e-3)
