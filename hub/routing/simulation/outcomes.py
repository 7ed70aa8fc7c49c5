"""What became of each contact, one record for each queue it waited in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hub.routing.simulation.floor import Person
from hub.routing.simulation.scenario import Contact


class Outcome(StrEnum):
    """How a wait ended; WAITING: the simulation ended first."""

    ANSWERED = "ANSWERED"
    ABANDONED = "ABANDONED"
    OVERFLOWED = "OVERFLOWED"
    WAITING = "WAITING"


@dataclass(frozen=True, slots=True)
class Segment:
    """One queue's stretch of a contact. `over_at`: wrap-up included, if answered."""

    number: int
    contact: Contact
    queue: int
    since: float
    until: float
    outcome: Outcome
    agent: int | None = None
    over_at: float | None = None

    @property
    def waited(self) -> float:
        return self.until - self.since


@dataclass(frozen=True, slots=True)
class Played:
    """A day that was played: how every wait ended, in the order they did, and how the agents spent it."""

    segments: tuple[Segment, ...]
    people: tuple[Person, ...]
