"""What the engine asks for. The store disposes; its answer comes back as an event."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from hub.model.states import NotReadyReason
from hub.routing.explain import WhyAgent


@dataclass(frozen=True, slots=True)
class MakeOffer:
    """Answered by OfferCommitted or OfferFailed. Until then the engine holds the reservation."""

    work: int
    agent: int
    expires_at: datetime
    why: WhyAgent = field(compare=False)


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


Decision = MakeOffer | ExpireOffer | RescindOffer | SetNotReady
