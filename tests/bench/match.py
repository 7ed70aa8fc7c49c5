"""The engine alone: 100,000 pieces of work wait for 10,000 agents of 1,000 signatures, in 500 classes with rings."""

from __future__ import annotations

import gc
import heapq
import random
import resource
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from hub.model.capacity import Capacity
from hub.routing import events
from hub.routing.decisions import Decision, ExpireOffer, MakeOffer, Overflow
from hub.routing.engine import Engine
from hub.routing.policy import OverflowReason, OverflowRule, QueuePolicy, Ring, Strategy
from hub.routing.snapshots import Agent, Held, Snapshot, Work
from tests.bench.match_bare import Bare
from tests.bench.row import Measure, Row, percentile, scaled

START = datetime(2026, 11, 21, 8, tzinfo=UTC)
QUEUES, KINDS, SKILLS = 50, 10, 12
STRATEGIES = (Strategy.LEAST_BUSY, Strategy.LONGEST_IDLE, Strategy.ROUND_ROBIN, Strategy.MOST_SKILLED)
FOUND, TOLD = "found", "told"


def measures(scale: float) -> list[Measure]:
    """Matching, and the same with a tenth and a hundredth of it waiting."""
    return [Measure("match", lambda: rows(scale))]


def rows(scale: float) -> Iterator[Row]:
    """What a match costs where nothing else is done; then what ours costs, the slowest, any fact and the rebuild."""
    waiting, agents, rounds = scaled(100_000, scale, 100), scaled(10_000, scale, 20), scaled(20_000, scale, 200)
    floor = _bare_heap(waiting)
    yield from _bare_rows(Bare(waiting, signatures=min(1000, agents)).run(rounds), floor)
    for depth in (waiting // 100, waiting // 10, waiting):
        before = _resident()
        crowd = Crowd(depth, agents, min(1000, agents))
        rebuilt = crowd.rebuild()
        spans = crowd.run(rounds)
        note = f"{depth} waiting, {crowd.made} offers, {crowd.stepped} rings, {crowd.overflowed} overflows"
        found = spans[FOUND]
        yield Row("match, slot free to offer, mean", _mean(found), "µs", floor, "≤ 25 µs", note=note)
        yield Row("match, slot free to offer, p99", percentile(found, 0.99), "µs", floor, "≤ 100 µs")
        yield Row("match, any fact, mean", _mean(spans[TOLD]), "µs", floor)
        memory = _resident() - before
        yield Row("match, rebuild", rebuilt, "s", aim="≤ 5 s", memory=memory, note=f"{depth} waiting, {agents} agents")


def _bare_rows(spans: list[float], floor: float) -> Iterator[Row]:
    name = "match, a heap a class and nothing else"
    yield Row(f"{name}, mean", _mean(spans), "µs", floor, note="6.0 where the aim was set")
    yield Row(f"{name}, p99", percentile(spans, 0.99), "µs", floor, note="10.8 there")


class Crowd:
    """A busy day: slots get free, work comes and goes, rings open, some overflows."""

    def __init__(self, waiting: int, agents: int, signatures: int) -> None:
        self.random = random.Random(7)
        self.now = START
        self.depth = waiting
        self.born = 0
        self.made = self.stepped = self.overflowed = 0
        self.kinds = [self._skills() for _ in range(KINDS)]
        self.spans: dict[str, list[float]] = {FOUND: [], TOLD: []}
        self.holding: list[tuple[int, int]] = []
        self.snapshot = self._snapshot(waiting, agents, signatures)

    def rebuild(self) -> float:
        """Seconds to take over the routing of all this."""
        started = time.perf_counter()
        self.engine = Engine()
        self.engine.restore(self.snapshot, self.now)
        return time.perf_counter() - started

    def run(self, rounds: int) -> dict[str, list[float]]:
        """Microseconds of each fact; those that made an offer also by themselves."""
        gc.collect()
        gc.freeze()
        for _ in range(rounds):
            self.now += timedelta(milliseconds=20)
            while (due := self.engine.next_deadline()) is not None and due <= self.now:
                self._tell(events.Tick())
                self.stepped += 1
            agent, work = self.holding.pop(self.random.randrange(len(self.holding)))
            self._tell(events.SlotFreed(agent, work))
            self._tell(events.WorkEnqueued(self._work(age=0)))
            if self.random.random() < 0.1:
                self._tell(events.WorkWithdrawn(self.random.randrange(1, self.born)))
                self._tell(events.WorkEnqueued(self._work(age=0)))
        gc.unfreeze()
        return self.spans

    def _tell(self, event: events.Event) -> None:
        started = time.perf_counter()
        decisions = self.engine.apply(event, self.now)
        span = 1e6 * (time.perf_counter() - started)
        self.spans[TOLD].append(span)
        if isinstance(event, events.SlotFreed) and decisions:
            self.spans[FOUND].append(span)
        for decision in decisions:
            self._store(decision)

    def _store(self, decision: Decision) -> None:
        match decision:
            case MakeOffer(work, agent):
                self.made += 1
                self._tell(events.OfferCommitted(work, agent, work))
                self._tell(events.OfferAccepted(work, agent))
                self.holding.append((agent, work))
            case Overflow(work):
                self.overflowed += 1
                self._tell(events.WorkWithdrawn(work))
                self._tell(events.WorkEnqueued(self._work(age=0)))
            case ExpireOffer(work, agent):
                self._tell(events.OfferEnded(work, agent))

    def _snapshot(self, waiting: int, agents: int, signatures: int) -> Snapshot:
        forms = [
            (tuple(sorted(self.random.sample(range(1, QUEUES + 1), 3))), self._levels()) for _ in range(signatures)
        ]
        capacity = Capacity({"LIVE_TEXT": 3})
        team = [Agent(number, True, *forms[number % signatures], capacity) for number in range(1, agents + 1)]
        held = [Held(-3 * agent.id - slot, agent.id, "LIVE_TEXT") for agent in team for slot in range(3)]
        self.holding = [(each.agent, each.work) for each in held]
        queues = [self._policy(number) for number in range(1, QUEUES + 1)]
        works = tuple(self._work(age=self.random.uniform(0, 1800)) for _ in range(waiting))
        return Snapshot(tuple(team), works, tuple(held), (), tuple(queues))

    def _policy(self, number: int) -> QueuePolicy:
        rings = (Ring(60, {f"skill{number % SKILLS}": 1}), Ring(300, queues=(number % QUEUES + 1,)))
        overflow = (OverflowRule(OverflowReason.WAIT, 2400, action="message"),)
        return QueuePolicy(number, STRATEGIES[number % len(STRATEGIES)], rings, overflow)

    def _work(self, age: float) -> Work:
        self.born += 1
        queue, skills = self.random.randint(1, QUEUES), self.random.choice(self.kinds)
        since = self.now - timedelta(seconds=age)
        return Work(self.born, queue, "LIVE_TEXT", since, self.random.choice((0, 0, 0, 1)), skills)

    def _skills(self) -> dict[str, int]:
        return {f"skill{self.random.randrange(SKILLS)}": self.random.randint(1, 3)}

    def _levels(self) -> dict[str, int]:
        return {f"skill{number}": self.random.randint(1, 3) for number in self.random.sample(range(SKILLS), 5)}


def _mean(spans: list[float]) -> float:
    return sum(spans) / max(len(spans), 1)


def _bare_heap(items: int) -> float:
    """Microseconds to take the first out of one heap of so many and put another in: what any queue costs."""
    chance = random.Random(7)
    heap = [(chance.random(), number) for number in range(items)]
    heapq.heapify(heap)
    rounds = 20_000
    started = time.perf_counter()
    for number in range(rounds):
        heapq.heapreplace(heap, (1 + number / rounds, number))
    return 1e6 * (time.perf_counter() - started) / rounds


def _resident() -> float:
    """MiB this process holds at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
