"""One queue on the real engine, measured against Erlang's formulas and, call by call, against the plain recursion.

A replication is several stretches of calls. Each stretch begins in the steady state: the number of calls that its first
one finds is drawn from its distribution, for every stretch of a replication from another part of it (the first quarter,
the second, …). So nothing has to warm up, nothing is biased and every call counts. The long run over all rows:

    python -m tests.routing.theory --calls 1000 --stretches 10 --replications 60 --rare 0.001
"""

from __future__ import annotations

import argparse
import heapq
import json
import math
import random
import statistics
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import accumulate
from pathlib import Path

from hub.model.capacity import Capacity
from hub.model.erlang import Demand, service
from hub.routing.policy import QueuePolicy
from hub.routing.simulation.outcomes import Outcome, Segment
from hub.routing.simulation.scenario import Contact, Desk, Scenario, Shift
from hub.routing.simulation.world import World
from hub.routing.snapshots import Agent

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "routing-erlangc" / "table.json"
PAIRS = [(1, 7), (2, 3), (5, 8), (10, 14), (20, 23), (50, 54), (100, 108)]
CLOCKS = ((180.0, 20.0), (300.0, 30.0))  # handle and target seconds of the rows of each pair
HANDLE = 180.0
RARE = 0.1  # where fewer wait, what is measured is those who do
START = datetime(2026, 11, 21, tzinfo=UTC)
FOREVER = 1e9


@dataclass(frozen=True, slots=True)
class Line:
    """`load` erlangs for so many agents; `patience` in handle times. `rare`: waits rarer than this are too few."""

    load: float
    agents: int
    patience: float | None = None
    rare: float = RARE

    @property
    def demand(self) -> Demand:
        return Demand(self.load, HANDLE, self.patience and self.patience * HANDLE)

    @property
    def wait_probability(self) -> float:
        return service(self.demand, self.agents, 0).wait_probability

    @property
    def is_rare(self) -> bool:
        return self.wait_probability < self.rare


@dataclass(frozen=True, slots=True)
class Finding:
    """Mean and standard error over the replications, and what the formula says."""

    what: str
    mean: float
    error: float
    expected: float

    @property
    def z(self) -> float:
        return (self.mean - self.expected) / self.error if self.error else math.inf * (self.mean - self.expected or 0)


def pairs() -> list[tuple[int, int]]:
    """(erlangs, agents) of the corpus, which stands beside the project; some of them where it does not."""
    rows = json.loads(CORPUS.read_text("utf-8")) if CORPUS.is_file() else []
    assert {(row["aht"], row["target_s"]) for row in rows} <= set(CLOCKS)
    return sorted({(row["traffic"], row["agents"]) for row in rows}) or PAIRS


def measure(line: Line, calls: int, stretches: int, replications: int, seed: int) -> list[Finding]:
    """Shares that wait and give up, mean wait of all, and the service level on both clocks.

    Where waiting is rare the same of one call a stretch, which finds all agents busy.
    """
    expected = _expected(line)
    days = [_replication(line, calls, stretches, f"{seed} {each}") for each in range(replications)]
    return [_finding(what, [day[what] for day in days], expected[what]) for what in expected]


def _replication(line: Line, calls: int, stretches: int, seed: str) -> dict[str, float]:
    chance = random.Random(f"{line} {seed}")
    measured = [_stretch(line, calls, chance, part, stretches) for part in range(stretches)]
    return _figures(line, [call for some in measured for call in some])


def _finding(what: str, found: Sequence[float], expected: float) -> Finding:
    return Finding(what, statistics.fmean(found), statistics.stdev(found) / math.sqrt(len(found)), expected)


def play(line: Line, contacts: Sequence[Contact]) -> list[Segment]:
    """In the order of arrival."""
    agents = (Agent(each, False, (1,), capacity=Capacity({"VOICE": 1})) for each in range(1, line.agents + 1))
    shifts = tuple(Shift(agent, 0, FOREVER) for agent in agents)
    scenario = Scenario(START, FOREVER, (Desk(QueuePolicy(1)),), shifts, interval=FOREVER)
    return sorted(World(scenario, contacts).play().segments, key=lambda segment: segment.number)


def contact(line: Line, at: float, chance: random.Random) -> Contact:
    patience = line.demand.patience_seconds
    gives_up = None if patience is None else chance.expovariate(1 / patience)
    return Contact(at, 1, "phone", "VOICE", chance.expovariate(1 / HANDLE), gives_up)


def recursion(contacts: Sequence[Contact], agents: int) -> list[float | None]:
    """Each contact's wait, None for who gives up: who is free first takes who came first (Kiefer, Wolfowitz)."""
    free, waits = [0.0] * agents, list[float | None]()
    for each in contacts:
        begin = max(free[0], each.at)
        if each.patience is not None and begin - each.at > each.patience:
            waits.append(None)
        else:
            heapq.heapreplace(free, begin + each.handle)
            waits.append(begin - each.at)
    return waits


def _stretch(line: Line, calls: int, chance: random.Random, part: int, parts: int) -> list[Segment]:
    """The calls that are measured, of which the first comes at once. Raises AssertionError when a single call waited
    otherwise than the recursion says."""
    present = _present(line, (part + chance.random()) / parts)
    before = [contact(line, 0.0, chance) for _ in range(present)]
    at, measured = 0.0, list[Contact]()
    for _ in range(1 if line.is_rare else calls):
        measured.append(contact(line, at, chance))
        at += chance.expovariate(line.load / HANDLE)
    return _played(line, [*before, *measured])[present:]


def _played(line: Line, calls: Sequence[Contact]) -> list[Segment]:
    played = play(line, calls)
    for segment, wait in zip(played, recursion(calls, line.agents), strict=True):
        found = segment.waited if segment.outcome is Outcome.ANSWERED else None
        assert (found is None) == (wait is None) and math.isclose(found or 0, wait or 0, abs_tol=1e-6), (segment, wait)
    return played


def _present(line: Line, share: float) -> int:
    """How many a call finds, at most, in this share of all cases; where waits are rare, of those with all busy."""
    sums = _distribution(line)
    return (line.agents if line.is_rare else 0) + bisect(sums, share * sums[-1])


@cache
def _distribution(line: Line) -> list[float]:
    """Of the number present, in the steady state, by births and deaths; cumulative, and not scaled to one."""
    logs, top, gone = [0.0], 0.0, 1 / line.patience if line.patience else 0.0
    while len(logs) <= line.agents or logs[-1] > top - 35:
        leaving = min(len(logs), line.agents) + max(len(logs) - line.agents, 0) * gone
        logs.append(logs[-1] + math.log(line.load / leaving))
        top = max(top, logs[-1])
    counted = logs[line.agents if line.is_rare else 0 :]
    return list(accumulate(math.exp(log - max(counted)) for log in counted))


def _figures(line: Line, calls: Sequence[Segment]) -> dict[str, float]:
    answered = [call for call in calls if call.outcome is Outcome.ANSWERED]
    assert all(call.outcome in {Outcome.ANSWERED, Outcome.ABANDONED} for call in calls)
    found = {"mean wait": statistics.fmean(call.waited for call in calls)}
    if line.is_rare:
        assert all(call.waited > 0 for call in calls)
    else:
        found["waits"] = sum(call.waited > 0 for call in calls) / len(calls)
    if line.patience:
        found["gives up"] = 1 - len(answered) / len(calls)
    for handle, within in CLOCKS:
        in_time = sum(call.waited * handle / HANDLE <= within for call in answered)
        found[f"within {within:g} s of {handle:g} s"] = in_time / len(calls)
    return found


def _expected(line: Line) -> dict[str, float]:
    """By the formulas; of those who wait where these are rare."""
    told = service(line.demand, line.agents, 20)
    of = told.wait_probability if line.is_rare else 1.0
    expected = {"mean wait": told.mean_wait_seconds / of}
    expected |= {} if line.is_rare else {"waits": told.wait_probability}
    expected |= {"gives up": told.abandoned / of} if line.patience else {}
    for handle, within in CLOCKS:
        level = service(line.demand, line.agents, within * HANDLE / handle).service_level
        expected[f"within {within:g} s of {handle:g} s"] = 1 - (1 - level) / of
    return expected


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100)
    parser.add_argument("--stretches", type=int, default=4)
    parser.add_argument("--replications", type=int, default=30)
    parser.add_argument("--rare", type=float, default=RARE)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    squares = []
    for load, agents, patience in [(*pair, patience) for pair in pairs() for patience in (None, 0.5)]:
        line = Line(load, agents, patience, options.rare)
        found = measure(line, options.calls, options.stretches, options.replications, options.seed)
        squares += [each.z**2 for each in found]
        told = "  ".join(f"{each.what} {each.mean:.4g} ({each.expected:.4g}) z {each.z:+.2f}" for each in found)
        print(f"{load:>4} {agents:>4} {'A' if patience else 'C'}{'*' if line.is_rare else ' '} {told}", flush=True)
    print(f"{len(squares)} figures, root mean square z {math.sqrt(statistics.fmean(squares)):.2f}, ", end="")
    print(f"largest {math.sqrt(max(squares)):.2f}, beyond 3: {sum(square > 9 for square in squares)}")


if __name__ == "__main__":
    _main()
