"""How a queue is served, as data: whom it asks, in what order, when it widens the search, where it overflows to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from hub.model.hours import OpeningHours


class Strategy(StrEnum):
    """Which of several agents who could take the work gets it. Ties go to the longest idle, then the lowest id."""

    LONGEST_IDLE = "LONGEST_IDLE"
    LEAST_BUSY = "LEAST_BUSY"
    MOST_SKILLED = "MOST_SKILLED"
    ROUND_ROBIN = "ROUND_ROBIN"
    WEIGHTED = "WEIGHTED"
    ALL_RING = "ALL_RING"


TAKING_TURNS = frozenset({Strategy.ROUND_ROBIN, Strategy.WEIGHTED})  # each queue has an order of its own


@dataclass(frozen=True, slots=True)
class Ring:
    """From `after` seconds in the queue on, these levels are enough (0: not asked for), and these queues' agents help.

    Rings add up: a later one keeps what earlier ones allowed.
    """

    after: float
    skills: Mapping[str, int] = field(default_factory=dict)
    queues: tuple[int, ...] = ()


class OverflowReason(StrEnum):
    WAIT = "WAIT"
    DEPTH = "DEPTH"
    CLOSED = "CLOSED"


@dataclass(frozen=True, slots=True)
class OverflowRule:
    """Where work goes when it waited `limit` seconds, finds `limit` others waiting, or the queue is closed.

    `queue`: the one it moves to; None: the core ends the wait another way, as `action` says (`callback`, `message`,
    `end`); the engine only carries it.
    """

    reason: OverflowReason
    limit: float = 0.0
    queue: int | None = None
    action: str = "queue"


@dataclass(frozen=True, slots=True)
class QueuePolicy:
    """`width`: how many agents ALL_RING rings at once; 0 is all who have room. `auto_accept`: offers need no click.

    `source`: the documents it was read from, for the journal. `openings`: when its rings open, in seconds, the first
    first; `on_wait`, `on_close`: the rules for these. Worked out once, since all that waits asks for them.
    """

    id: int
    strategy: Strategy = Strategy.LEAST_BUSY
    rings: tuple[Ring, ...] = ()
    overflow: tuple[OverflowRule, ...] = ()
    hours: OpeningHours | None = None
    auto_accept: bool = False
    width: int = 0
    source: Mapping[str, Any] = field(default_factory=dict, compare=False)
    openings: tuple[float, ...] = field(init=False, repr=False, compare=False)
    on_wait: OverflowRule | None = field(init=False, repr=False, compare=False)
    on_close: OverflowRule | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "openings", tuple(sorted(ring.after for ring in self.rings)))
        object.__setattr__(self, "on_wait", self.rule(OverflowReason.WAIT))
        object.__setattr__(self, "on_close", self.rule(OverflowReason.CLOSED))

    def rule(self, reason: OverflowReason) -> OverflowRule | None:
        for rule in self.overflow:
            if rule.reason is reason:
                return rule
        return None


@dataclass(frozen=True, slots=True)
class RoutingSettings:
    """One for the whole site, since an agent compares the work of all their queues.

    `priority`: how much waiting one point of priority counts for. The order of two pieces of work so never changes
    while they wait, and however important the others are, everybody's turn comes. `preference`: how much waiting a
    queue loses by each step down an agent's order of preference. `pause`: refused work never returns to the same agent
    sooner. `cool_down`: nor then, if anybody else has room. `retry`: how soon an unanswered decision is asked again.
    `bridge`: how long the media of who accepted may take to come up.
    """

    priority: timedelta = timedelta(minutes=5)
    preference: timedelta = timedelta(minutes=2)
    pause: timedelta = timedelta(seconds=5)
    cool_down: timedelta = timedelta(seconds=60)
    retry: timedelta = timedelta(seconds=5)
    bridge: timedelta = timedelta(seconds=20)
