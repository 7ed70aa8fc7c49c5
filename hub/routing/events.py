"""What the engine is told. Everything here is a fact: the store has committed it (but for Tick, which is only time)."""

from __future__ import annotations

from dataclasses import dataclass

from hub.routing.policy import QueuePolicy
from hub.routing.snapshots import Agent, Work


@dataclass(frozen=True, slots=True)
class WorkEnqueued:
    """New work; work that came back (with its first enqueue time); or work that waits and whose priority changed.

    `returned_by`: the agent who put it back; it is not offered to them again at once.
    """

    work: Work
    returned_by: int | None = None


@dataclass(frozen=True, slots=True)
class WorkWithdrawn:
    """The need is gone: the customer left, the interaction closed, it became something else."""

    work: int


@dataclass(frozen=True, slots=True)
class AgentChanged:
    """Presence, queues, skills or capacity, whole. Offers under way go on."""

    agent: Agent


@dataclass(frozen=True, slots=True)
class AgentGone:
    """Logged out or unreachable: offers to them are rescinded; what they hold stays theirs."""

    agent: int


@dataclass(frozen=True, slots=True)
class SlotTaken:
    """The agent holds this work without having accepted an offer: taken by hand, assigned, transferred to them."""

    agent: int
    work: int
    medium: str
    channel: str = ""
    queue: int = 0


@dataclass(frozen=True, slots=True)
class SlotFreed:
    """The agent no longer holds it: closed, put back, waiting on others, wrap-up over."""

    agent: int
    work: int


@dataclass(frozen=True, slots=True)
class OfferCommitted:
    """The store took our MakeOffer and gave it this id."""

    work: int
    agent: int
    offer: int


@dataclass(frozen=True, slots=True)
class OfferFailed:
    """The store refused our MakeOffer: the work or the agent had changed. Other events say how."""

    work: int
    agent: int


@dataclass(frozen=True, slots=True)
class OfferAccepted:
    """`bridged`: nothing more is needed. Else the agent's media is still to come up, and others ring until it is."""

    work: int
    agent: int
    bridged: bool = True


@dataclass(frozen=True, slots=True)
class OfferBridged:
    """The media of the agent who accepted is up: the work is theirs."""

    work: int
    agent: int


@dataclass(frozen=True, slots=True)
class OfferRejected:
    work: int
    agent: int


@dataclass(frozen=True, slots=True)
class OfferTimedOut:
    """Our ExpireOffer won: the agent let it ring."""

    work: int
    agent: int


@dataclass(frozen=True, slots=True)
class OfferEnded:
    """Over for another reason (RESCINDED, CANCELLED, FAILED, EXPIRED) while the work still needs someone."""

    work: int
    agent: int


@dataclass(frozen=True, slots=True)
class QueueChanged:
    """A queue's policy, whole; what waits in it is looked at anew."""

    policy: QueuePolicy


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed; due at `Engine.next_deadline()`, harmless at any other time."""


Event = (
    WorkEnqueued
    | WorkWithdrawn
    | AgentChanged
    | AgentGone
    | SlotTaken
    | SlotFreed
    | OfferCommitted
    | OfferFailed
    | OfferAccepted
    | OfferBridged
    | OfferRejected
    | OfferTimedOut
    | OfferEnded
    | QueueChanged
    | Tick
)
