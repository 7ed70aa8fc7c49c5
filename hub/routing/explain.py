"""Why this agent, and why nobody yet: as data (`dataclasses.asdict`), for the screens and the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hub.routing.classes import WorkClass, lacks
from hub.routing.roster import Member
from hub.routing.snapshots import Work


@dataclass(frozen=True, slots=True)
class WhyAgent:
    """The chosen agent had the fewest pieces of work in hand, then the longest idle time, of all `candidates`.

    `refused_before`: somebody has refused this work already.
    """

    candidates: int
    in_hand: int
    idle_seconds: float
    waited_seconds: float
    priority: int
    refused_before: bool


class NotYet(StrEnum):
    """Why one agent does not get one piece of work, the first that applies."""

    NOT_IN_QUEUE = "NOT_IN_QUEUE"
    LACKS_SKILL = "LACKS_SKILL"
    NOT_ROUTABLE = "NOT_ROUTABLE"
    NO_ROOM = "NO_ROOM"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class WhyWaiting:
    """`position` counts from one within the queue; `agents` says for how many of them which reason holds."""

    position: int
    waited_seconds: float
    agents: Mapping[NotYet, int]


def why_agent(member: Member, work: Work, *, candidates: int, refused: bool, now: datetime) -> WhyAgent:
    return WhyAgent(
        candidates=candidates,
        in_hand=len(member.held),
        idle_seconds=(now - member.idle_since).total_seconds(),
        waited_seconds=(now - work.enqueued_at).total_seconds(),
        priority=work.priority,
        refused_before=refused,
    )


def why_not(member: Member, wanted: WorkClass) -> NotYet:
    signature = member.group.signature
    if wanted.queue not in signature.queues:
        return NotYet.NOT_IN_QUEUE
    if lacks(signature, wanted):
        return NotYet.LACKS_SKILL
    if not member.agent.routable:
        return NotYet.NOT_ROUTABLE
    return NotYet.REFUSED if wanted.medium in member.open_media() else NotYet.NO_ROOM
