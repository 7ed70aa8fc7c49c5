"""What is simulated: who comes when, who works when, how people behave. All times are seconds since the start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hub.api import Medium
from hub.model.erlang import Target
from hub.routing.policy import QueuePolicy, RoutingSettings
from hub.routing.simulation.draws import MINUTE, NOTHING, Spread
from hub.routing.snapshots import Agent

TARGETS: Mapping[str, Target] = {
    Medium.VOICE: Target(0.8, 20),
    Medium.LIVE_TEXT: Target(0.8, 40),
    Medium.DEFERRED: Target(0.8, 4 * 3_600),
}


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who wants an agent. `handle`: seconds of talk, before wrap-up; `patience`: None for endless.

    `customer`: who it is, empty for a stranger; `known`: what rules may ask of the contact, by dotted name.
    """

    at: float
    queue: int
    channel: str
    medium: str
    handle: float
    patience: float | None = None
    skills: Mapping[str, int] = field(default_factory=dict)
    priority: int = 0
    customer: str = ""
    known: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a contact asks for as it comes: into this queue, at first for `agent`, alone until `agent_until`."""

    queue: int
    priority: int = 0
    skills: Mapping[str, int] = field(default_factory=dict)
    agent: int | None = None
    agent_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class History:
    """What the site knows of the customer by then: whether they were here before, and who had them last."""

    returning: bool
    last_agent: int | None


Asking = Callable[[Contact, History, datetime], Wanted]


def as_it_comes(contact: Contact, history: History, now: datetime) -> Wanted:
    """By no rules."""
    return Wanted(contact.queue, contact.priority, contact.skills)


@dataclass(frozen=True, slots=True)
class Desk:
    """A queue: its policy, how long an offer rings, the after-contact work each contact brings; targets by medium."""

    policy: QueuePolicy
    offer_seconds: float = 30.0
    wrap_up_seconds: float = 0.0
    targets: Mapping[str, Target] = field(default_factory=lambda: TARGETS)


@dataclass(frozen=True, slots=True)
class Shift:
    """An agent is READY from `start` up to `end`; what they hold then they finish."""

    agent: Agent
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Habits:
    """How agents answer: after `accept` seconds, but the share `unanswered` not at all; then they rest so long."""

    accept: Spread = NOTHING
    unanswered: float = 0.0
    rest: Spread = MINUTE


@dataclass(frozen=True, slots=True)
class Scenario:
    """`end`: what is not over by then is cut off. `interval`: seconds by which outcomes are counted. `asking`: the
    site's rules."""

    start: datetime
    end: float
    desks: tuple[Desk, ...]
    shifts: tuple[Shift, ...]
    habits: Habits = field(default_factory=Habits)
    interval: float = 1_800.0
    settings: RoutingSettings = field(default_factory=RoutingSettings)
    asking: Asking = as_it_comes

    def target(self, queue: int, medium: str) -> Target:
        return next(desk.targets[medium] for desk in self.desks if desk.policy.id == queue)

    @property
    def intervals(self) -> int:
        return max(1, int(-(-self.end // self.interval)))

    def interval_of(self, at: float) -> int:
        return min(int(at // self.interval), self.intervals - 1)
