"""How many agents each queue needs in each interval: by Erlang's formulas, then checked and corrected by simulation.

The formulas take each interval as if it had lasted for ever; the simulation also sees what an interval inherits from
the one before, chats side by side, unanswered offers and overflow.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from itertools import pairwise

from hub.model.capacity import Capacity
from hub.model.erlang import Demand, Target, staffing
from hub.routing.policy import OverflowReason
from hub.routing.simulation.figures import Cell, Measure
from hub.routing.simulation.forecast import Day, Expected
from hub.routing.simulation.replications import Estimate, Estimates, replicate
from hub.routing.simulation.scenario import Contact, Desk, Scenario, Shift
from hub.routing.snapshots import Agent

ROUNDS = 12
_STEP = 0.05  # of the agents there are, at least one: how many a missed target adds
_ANY_LEVEL = 1_000_000
PATIENT = Target(0.0, math.inf)

Place = tuple[int, int]  # queue, interval
Plan = dict[Place, int]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Agents by queue and interval: `formula` says Erlang, `agents` reached the targets when they were played.

    `played`: how that went; `missed`: the places that did not reach it in all the rounds.
    """

    formula: Mapping[Place, int]
    agents: Mapping[Place, int]
    played: Mapping[Cell, Estimates]
    missed: frozenset[Place]


@dataclass(slots=True)
class Load:
    """What comes to one queue in one interval. `erlangs` of agents: contacts side by side share one.

    `levels`: the share of each channel to be answered in time, and `wanted`, the contacts that makes; `strictest`: the
    target with the shortest time.
    """

    contacts: float = 0.0
    erlangs: float = 0.0
    handled: float = 0.0
    patience: float = 0.0
    impatient: float = 0.0
    wanted: float = 0.0
    strictest: Target = PATIENT
    levels: dict[str, float] = field(default_factory=dict)

    def add(self, contacts: float, handle: float, patience: float | None, erlangs: float) -> None:
        self.contacts += contacts
        self.handled += contacts * handle
        self.erlangs += erlangs
        if patience is not None:
            self.patience += contacts * patience
            self.impatient += contacts

    def aim(self, channel: str, target: Target, contacts: float) -> None:
        self.levels[channel] = max(target.service_level, self.levels.get(channel, 0.0))
        self.wanted += contacts * target.service_level
        self.strictest = min(self.strictest, target, key=lambda each: each.within_seconds)

    @property
    def demand(self) -> Demand:
        """A patience that only some have counts for all, by how many give up."""
        patience = self.patience * self.contacts / self.impatient**2 if self.impatient else None
        return Demand(self.erlangs, max(self.handled / self.contacts, 1e-6), patience)


def propose(
    scenario: Scenario,
    day: Day,
    replications: int,
    seed: int,
    told: Callable[[int, int], None],
) -> Proposal:
    """`told` hears the round and how many of its days were played. The scenario's own shifts do not matter."""
    trials = _Trials(scenario, day, replications, seed, told)
    formula = {place: _by_formula(load) for place, load in trials.loads.items()}
    enough = trials.raised(formula, formula)
    spared = frozenset(place for place in enough.agents if trials.can_spare(enough, place))
    fewer = trials.raised(
        formula, {place: number - (place in spared) for place, number in enough.agents.items()}, spared
    )
    saves = sum(fewer.agents.values()) < sum(enough.agents.values())
    return fewer if saves and fewer.missed <= enough.missed else enough


class _Trials:
    """The days played with one plan after the other, always the same days."""

    def __init__(
        self, scenario: Scenario, day: Day, replications: int, seed: int, told: Callable[[int, int], None]
    ) -> None:
        self.loads = _loads(scenario, day)
        self._scenario, self._day, self._replications, self._seed = scenario, day, replications, seed
        self._skills = _skills(day)
        self._told = told
        self._round = 0

    def raised(self, formula: Plan, plan: Plan, doubtful: Set[Place] = frozenset()) -> Proposal:
        """The plan with more agents wherever it falls short, until it does nowhere or `ROUNDS` are over.

        Where it is `doubtful` whether so few are enough, it has to show by more than chance.
        """
        agents, last = dict(plan), self._round + ROUNDS
        while True:
            played = self._play(agents)
            missed = {each for each, load in self.loads.items() if _misses(played, each, load, float(each in doubtful))}
            if not missed or self._round == last:
                return Proposal(formula, agents, played, frozenset(missed))
            agents |= {place: agents[place] + max(1, round(_STEP * agents[place])) for place in missed}

    def can_spare(self, found: Proposal, place: Place) -> bool:
        """Whether it is clearly better than it has to be, so that one agent fewer is worth a try."""
        level, load = _level(found.played, Cell(place[0], None, place[1])), self.loads[place]
        return (
            found.agents[place] > 1 and level is not None and level.mean - 2 * level.doubt > load.wanted / load.contacts
        )

    def _play(self, agents: Plan) -> Mapping[Cell, Estimates]:
        self._round += 1
        staffed = replace(self._scenario, shifts=tuple(_shifts(agents, self._scenario, self._skills)))
        return replicate(staffed, self._day, self._replications, self._seed, partial(self._told, self._round))


def _by_formula(load: Load) -> int:
    return staffing(load.demand, Target(load.strictest.service_level, load.strictest.within_seconds)).agents


def _misses(played: Mapping[Cell, Estimates], place: Place, load: Load, margin: float) -> bool:
    """Too few of all its contacts, `margin` standard errors taken off, or of one channel's by more than chance."""
    queue, interval = place
    whole = _level(played, Cell(queue, None, interval))
    if whole is not None and whole.mean - margin * whole.doubt < load.wanted / load.contacts:
        return True
    channels = ((_level(played, Cell(queue, channel, interval)), level) for channel, level in load.levels.items())
    return any(found is not None and found.mean + found.doubt < level for found, level in channels)


def _level(played: Mapping[Cell, Estimates], cell: Cell) -> Estimate | None:
    return played.get(cell, {}).get(Measure.SERVICE_LEVEL)


def _loads(scenario: Scenario, day: Day) -> dict[Place, Load]:
    loads: dict[Place, Load] = {}
    desks = {desk.policy.id: desk for desk in scenario.desks}
    for each in day.arrivals:
        desk, target = desks[each.queue], scenario.target(each.queue, each.medium)
        slots = max(Capacity().limits.get(each.medium, 1), 1)
        handle = each.handle.mean if isinstance(each, Expected) else each.handle
        handle += desk.wrap_up_seconds + (0 if desk.policy.auto_accept else scenario.habits.accept.mean)
        for interval, contacts in _spread(each, scenario):
            if contacts and _is_open(desk, scenario, interval):
                load = loads.setdefault((each.queue, interval), Load())
                load.add(contacts, handle, each.patience, contacts * handle / slots / scenario.interval)
                load.aim(each.channel, target, contacts)
    return loads


def _spread(each: Expected | Contact, scenario: Scenario) -> Iterator[tuple[int, float]]:
    """The intervals it falls into, with how many contacts in each."""
    if isinstance(each, Contact):
        yield scenario.interval_of(each.at), 1.0
        return
    for interval in range(scenario.interval_of(each.start), scenario.interval_of(each.start + each.seconds) + 1):
        begin, end = interval * scenario.interval, (interval + 1) * scenario.interval
        shared = min(end, each.start + each.seconds) - max(begin, each.start)
        yield interval, each.arrivals * max(shared, 0.0) / each.seconds


def _is_open(desk: Desk, scenario: Scenario, interval: int) -> bool:
    """Nobody is needed where all who come are sent elsewhere."""
    hours = desk.policy.hours
    if hours is None or desk.policy.rule(OverflowReason.CLOSED) is None:
        return True
    begin = scenario.start + timedelta(seconds=interval * scenario.interval)
    return hours.open_seconds(begin, begin + timedelta(seconds=scenario.interval)) > 0


def _skills(day: Day) -> dict[int, dict[str, int]]:
    """All that a queue's work asks for: the proposed agents can do everything."""
    skills: dict[int, dict[str, int]] = {}
    for each in day.arrivals:
        skills.setdefault(each.queue, {}).update(dict.fromkeys(each.skills, _ANY_LEVEL))
    return skills


def _shifts(agents: Plan, scenario: Scenario, skills: Mapping[int, Mapping[str, int]]) -> Iterator[Shift]:
    """The n-th agent of a queue works in all intervals that take n agents; the last ones stay until all is done."""
    number, closing = 0, 1 + max((interval for _, interval in agents), default=0)
    for queue in sorted({queue for queue, _ in agents}):
        for place in range(max(wanted for (of, _), wanted in agents.items() if of == queue)):
            number += 1
            agent = Agent(number, False, (queue,), skills.get(queue, {}))
            for first, last in _stretches([agents.get((queue, each), 0) > place for each in range(scenario.intervals)]):
                end = scenario.end if last == closing else last * scenario.interval
                yield Shift(agent, first * scenario.interval, end)


def _stretches(at_work: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """From where it becomes true up to where it becomes false."""
    changes = [place for place, (before, now) in enumerate(pairwise([False, *at_work, False])) if before != now]
    yield from zip(changes[::2], changes[1::2], strict=True)
