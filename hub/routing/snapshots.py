"""What the engine knows of the world, as values. All ids are those of the store; times are UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from hub.model.capacity import Capacity
from hub.routing.policy import QueuePolicy


@dataclass(frozen=True, slots=True)
class Work:
    """One need for an agent. `enqueued_at` is when it was *first* enqueued and never changes.

    `queued_at`: when it came into this queue (None: then too); rings and overflow count from it. `skills`: name → the
    least level. A higher `priority` comes first. `offer_seconds`: how long an agent may let it ring. `agent`: who
    should have it, asked first; while they are READY it is kept for them alone until `agent_until`. `visited`: the
    queues it overflowed from, to which it does not return.
    """

    id: int
    queue: int
    medium: str
    enqueued_at: datetime
    priority: int = 0
    skills: Mapping[str, int] = field(default_factory=dict)
    offer_seconds: float = 30.0
    channel: str = ""
    queued_at: datetime | None = None
    agent: int | None = None
    agent_until: datetime | None = None
    visited: frozenset[int] = frozenset()

    @property
    def lease(self) -> timedelta:
        return span(self.offer_seconds)

    @property
    def since(self) -> datetime:
        return self.queued_at or self.enqueued_at

    @property
    def slot(self) -> Slot:
        return (self.medium, self.channel)


@lru_cache(maxsize=1024)
def span(seconds: float) -> timedelta:
    """The same few for all work."""
    return timedelta(seconds=seconds)


Slot = tuple[str, str]  # medium, channel: what capacity is counted by


@dataclass(frozen=True, slots=True)
class Agent:
    """`routable`: READY, reachable, no change of presence pending. `skills`: name → level.

    `preferences`: queue → how far down their list it is; one not named is at its top (0). `weights`: queue → their
    share under WEIGHTED, 1 if not named. `idle_since` is only read when the agent is new to the engine; from then on
    it sees for itself.
    """

    id: int
    routable: bool
    queues: tuple[int, ...]
    skills: Mapping[str, int] = field(default_factory=dict)
    capacity: Capacity = field(default_factory=Capacity)
    idle_since: datetime | None = None
    preferences: Mapping[int, int] = field(default_factory=dict)
    weights: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Held:
    """Work that fills one of an agent's slots, wrap-up included."""

    work: int
    agent: int
    medium: str
    channel: str = ""
    queue: int = 0


@dataclass(frozen=True, slots=True)
class OpenOffer:
    """An offer that stands; `offer` is its id, None while the store has not given it one.

    `accepted`: the agent said yes and their media is not up yet.
    """

    work: Work
    agent: int
    offer: int | None
    expires_at: datetime
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """The agent was chosen for work of the queue."""

    queue: int
    agent: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """The agent rejected the work, which still waits."""

    work: int
    agent: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All a new owner of the routing needs; `waiting` holds no work that is on offer or held.

    `turns`: those of late, the oldest first, of queues where they matter.
    """

    agents: tuple[Agent, ...] = ()
    waiting: tuple[Work, ...] = ()
    held: tuple[Held, ...] = ()
    offers: tuple[OpenOffer, ...] = ()
    queues: tuple[QueuePolicy, ...] = ()
    turns: tuple[Turn, ...] = ()
    refused: tuple[Refusal, ...] = ()
