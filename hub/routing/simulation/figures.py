"""What a played day comes to: figures for each queue, channel and interval."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from hub.routing.simulation.floor import Person
from hub.routing.simulation.outcomes import Outcome, Played, Segment
from hub.routing.simulation.scenario import Scenario


class Measure(StrEnum):
    """Waits in seconds, of those answered; shares of those offered; OCCUPANCY is of the queue's agents' time."""

    OFFERED = "OFFERED"
    ANSWERED = "ANSWERED"
    ABANDONED = "ABANDONED"
    OVERFLOWED = "OVERFLOWED"
    WAITING = "WAITING"
    MEAN_WAIT = "MEAN_WAIT"
    P90_WAIT = "P90_WAIT"
    SERVICE_LEVEL = "SERVICE_LEVEL"
    OCCUPANCY = "OCCUPANCY"


class Cell(NamedTuple):
    """What a figure is of; None: all of them."""

    queue: int | None = None
    channel: str | None = None
    interval: int | None = None


Figures = Mapping[Measure, float]


@dataclass(slots=True)
class Tally:
    """`in_time`: how many were answered within the target of their medium."""

    outcomes: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    in_time: int = 0
    waits: list[float] = field(default_factory=list)

    def add(self, outcome: Outcome, waited: float, within: float) -> None:
        self.outcomes[outcome] += 1
        if outcome is Outcome.ANSWERED:
            self.waits.append(waited)
            self.in_time += waited <= within

    def figures(self) -> dict[Measure, float]:
        """Those that are known: nobody answered has no mean wait."""
        offered = sum(self.outcomes.values())
        found = {Measure.OFFERED: float(offered), Measure.ANSWERED: float(self.outcomes[Outcome.ANSWERED])}
        if offered:
            for outcome in (Outcome.ABANDONED, Outcome.OVERFLOWED, Outcome.WAITING):
                found[Measure(outcome)] = self.outcomes[outcome] / offered
            found[Measure.SERVICE_LEVEL] = self.in_time / offered
        if self.waits:
            found[Measure.MEAN_WAIT] = math.fsum(self.waits) / len(self.waits)
            found[Measure.P90_WAIT] = sorted(self.waits)[math.ceil(0.9 * len(self.waits)) - 1]
        return found


def figures(played: Played, scenario: Scenario) -> dict[Cell, Figures]:
    """Each queue counts what waited in it, overflowed or not; over all queues each contact counts once, as it ended."""
    tallies = {Cell(): Tally()}
    for segment in played.segments:
        interval = scenario.interval_of(segment.since)
        for cell in _cells(segment.queue, segment.contact.channel, interval):
            _count(tallies, cell, segment, segment.waited, scenario)
    for segment in {segment.number: segment for segment in played.segments}.values():
        interval = scenario.interval_of(segment.contact.at)
        for cell in (Cell(), Cell(interval=interval)):
            _count(tallies, cell, segment, segment.until - segment.contact.at, scenario)
    last = max((cell.interval for cell in tallies if cell.interval is not None), default=0)
    return {cell: _with_occupancy(cell, tally.figures(), played.people, last) for cell, tally in tallies.items()}


def _cells(queue: int, channel: str, interval: int) -> tuple[Cell, ...]:
    return (
        Cell(queue),
        Cell(queue, None, interval),
        Cell(queue, channel),
        Cell(queue, channel, interval),
    )


def _count(tallies: dict[Cell, Tally], cell: Cell, segment: Segment, waited: float, scenario: Scenario) -> None:
    tally = tallies.get(cell)
    if tally is None:
        tally = tallies[cell] = Tally()
    tally.add(segment.outcome, waited, scenario.target(segment.queue, segment.contact.medium).within_seconds)


def _with_occupancy(cell: Cell, found: dict[Measure, float], people: Iterable[Person], last: int) -> Figures:
    """Of the time in which contacts came: who stays on for the last of them is not idle."""
    theirs = [person for person in people if cell.queue is None or cell.queue in person.agent.queues]
    intervals = range(last + 1) if cell.interval is None else (cell.interval,)
    present = sum(person.present.get(each, 0.0) for person in theirs for each in intervals)
    if present:
        found[Measure.OCCUPANCY] = sum(person.busy.get(each, 0.0) for person in theirs for each in intervals) / present
    return found
