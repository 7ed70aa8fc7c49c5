"""What is known of a recorded stretch: who came when, who was there, and how people answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hub.model.states import OfferState
from hub.routing.events import Event
from hub.routing.policy import QueuePolicy
from hub.routing.snapshots import Agent, Held, Work


@dataclass(frozen=True, slots=True)
class Answer:
    """What an agent did with an offer (ACCEPTED, REJECTED, TIMED_OUT), and after how many seconds."""

    how: OfferState
    seconds: float


@dataclass(slots=True)
class Contact:
    """One piece of work, from `at` on.

    `answers`: what each agent it was offered to did. `agent` got it at `answered_at` and was done with it at `over_at`.
    `left_at`: it was withdrawn while it waited, not by an overflow rule. `changes`: what became of it by other hands
    while it waited (a promised call-back, another priority).
    """

    work: Work
    at: datetime
    answers: dict[int, Answer] = field(default_factory=dict)
    changes: list[tuple[datetime, Work]] = field(default_factory=list)
    agent: int | None = None
    answered_at: datetime | None = None
    over_at: datetime | None = None
    left_at: datetime | None = None
    overflowed: bool = False

    @property
    def waits(self) -> bool:
        return self.answered_at is None and self.left_at is None and not self.overflowed

    @property
    def handled(self) -> float | None:
        """How many seconds its agent had it; None: it was not over when the record ends."""
        if self.over_at is None or self.answered_at is None:
            return None
        return (self.over_at - self.answered_at).total_seconds()


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `since` up to `until`: the agents, policies and filled slots as they were at first, the contacts in order of
    arrival (those that waited already come first), and the `happenings` nobody's routing decides.

    `full`: more contacts came than are told again; `until` is when the first of those did.
    """

    since: datetime
    until: datetime
    agents: tuple[Agent, ...] = ()
    policies: Mapping[int, QueuePolicy] = field(default_factory=dict)
    held: tuple[Held, ...] = ()
    contacts: tuple[Contact, ...] = ()
    happenings: tuple[tuple[datetime, Event], ...] = ()
    full: bool = False
