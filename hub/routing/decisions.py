"""What the engine asks for. The store disposes; its answer comes back as an event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from hub.model.states import NotReadyReason
from hub.routing.explain import WhyAgent
from hub.routing.policy import OverflowRule


@dataclass(slots=True)  # not frozen: a frozen one costs seven times as much to make, and one is made for each match
class MakeOffer:
    """Answered by OfferCommitted or OfferFailed. Until then the engine holds the reservation.

    `explain`: says why, when asked. `auto_accept`: the queue asks nobody; the store accepts for the agent at once.
    `alongside`: it rings at others too.
    """

    work: int
    agent: int
    expires_at: datetime
    explain: Callable[[], WhyAgent] = field(compare=False)
    auto_accept: bool = False
    alongside: bool = False

    @property
    def why(self) -> WhyAgent:
        """Why it is this agent, as things stood when it was decided."""
        return self.explain()


@dataclass(frozen=True, slots=True)
class ExpireOffer:
    """Its time is up. Answered by OfferTimedOut, or by whatever came first (OfferAccepted, OfferRejected, …).

    `offer` is None if the store never answered our MakeOffer: then there may be none to end.
    Asked again until answered.
    """

    work: int
    agent: int
    offer: int | None


@dataclass(frozen=True, slots=True)
class RescindOffer:
    """The agent shall not see it any longer: somebody has the work, it is gone, or the agent is.

    Where the work still needs someone it is asked again until OfferEnded (or OfferAccepted) answers.
    """

    work: int
    agent: int
    offer: int | None


@dataclass(frozen=True, slots=True)
class SetNotReady:
    """Comes after OfferTimedOut; confirmed by AgentChanged. The engine offers them nothing from now on."""

    agent: int
    reason: NotReadyReason = NotReadyReason.NO_ANSWER


@dataclass(frozen=True, slots=True)
class Overflow:
    """It shall not wait here any longer. Answered by WorkEnqueued (elsewhere) or WorkWithdrawn; asked again until then.

    The store does it only to work that is still WAITING: an agent who was faster wins.
    """

    work: int
    rule: OverflowRule


Decision = MakeOffer | ExpireOffer | RescindOffer | SetNotReady | Overflow
