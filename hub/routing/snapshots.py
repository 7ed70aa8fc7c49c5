"""What the engine knows of the world, as values. All ids are those of the store; times are UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hub.model.capacity import Capacity


@dataclass(frozen=True, slots=True)
class Work:
    """One need for an agent. `enqueued_at` is when it was *first* enqueued and never changes.

    `skills`: name → the least level. A higher `priority` comes first. `offer_seconds`: how long an
    agent may let it ring.
    """

    id: int
    queue: int
    medium: str
    enqueued_at: datetime
    priority: int = 0
    skills: Mapping[str, int] = field(default_factory=dict)
    offer_seconds: float = 30.0

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.offer_seconds)


@dataclass(frozen=True, slots=True)
class Agent:
    """`routable`: READY, reachable, no change of presence pending. `skills`: name → level.

    `idle_since` is only read when the agent is new to the engine; from then on it sees for itself.
    """

    id: int
    routable: bool
    queues: tuple[int, ...]
    skills: Mapping[str, int] = field(default_factory=dict)
    capacity: Capacity = field(default_factory=Capacity)
    idle_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """Work that fills one of an agent's slots, wrap-up included."""

    work: int
    agent: int
    medium: str


@dataclass(frozen=True, slots=True)
class OpenOffer:
    """An offer that stands; `offer` is its id, None while the store has not given it one."""

    work: Work
    agent: int
    offer: int | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All a new owner of the routing needs; `waiting` holds no work that is on offer or held."""

    agents: tuple[Agent, ...] = ()
    waiting: tuple[Work, ...] = ()
    held: tuple[Held, ...] = ()
    offers: tuple[OpenOffer, ...] = ()
