"""The agents on the floor: who is there, who is busy, and how much of each interval that was."""

from __future__ import annotations

from dataclasses import dataclass, field

from hub.routing.snapshots import Agent


@dataclass(slots=True)
class Person:
    """`since`: when they came, None while away; `busy_since`: since when they hold work, None while idle."""

    agent: Agent
    on_shift: bool = False
    resting: bool = False
    held: int = 0
    since: float | None = None
    busy_since: float | None = None
    present: dict[int, float] = field(default_factory=dict)
    busy: dict[int, float] = field(default_factory=dict)

    @property
    def ready(self) -> bool:
        return self.on_shift and not self.resting


class Floor:
    """Seconds present and busy, by agent and interval. Who still holds work is present, shift or not."""

    def __init__(self, agents: dict[int, Agent], interval: float) -> None:
        self.people = {number: Person(agent) for number, agent in agents.items()}
        self._interval = interval

    def comes(self, agent: int, now: float) -> Person:
        person = self.people[agent]
        person.on_shift = True
        person.since = now if person.since is None else person.since
        return person

    def goes(self, agent: int, now: float) -> Person:
        person = self.people[agent]
        person.on_shift = False
        self._leave(person, now)
        return person

    def takes(self, agent: int, now: float) -> None:
        person = self.people[agent]
        person.held += 1
        person.since = now if person.since is None else person.since
        person.busy_since = now if person.busy_since is None else person.busy_since

    def is_done(self, agent: int, now: float) -> None:
        person = self.people[agent]
        person.held -= 1
        if not person.held and person.busy_since is not None:
            self._count(person.busy, person.busy_since, now)
            person.busy_since = None
            self._leave(person, now)

    def close(self, now: float) -> None:
        """The end of the simulation cuts off what goes on."""
        for person in self.people.values():
            if person.busy_since is not None:
                self._count(person.busy, person.busy_since, now)
            if person.since is not None:
                self._count(person.present, person.since, now)

    def _leave(self, person: Person, now: float) -> None:
        if person.since is not None and not person.on_shift and not person.held:
            self._count(person.present, person.since, now)
            person.since = None

    def _count(self, into: dict[int, float], since: float, until: float) -> None:
        interval = int(since // self._interval)
        while since < until:
            end = min((interval + 1) * self._interval, until)
            into[interval] = into.get(interval, 0.0) + end - since
            since, interval = end, interval + 1
