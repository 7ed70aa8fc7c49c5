"""Why this agent, and why nobody yet: as data (`dataclasses.asdict`), for the screens and the record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hub.routing.lines import Line
from hub.routing.policy import Strategy
from hub.routing.roster import Member, Roster
from hub.routing.signatures import lacks, shared_queues
from hub.routing.snapshots import Agent, Work

NAMED = 50  # agents named in one answer; the counts are of all


@dataclass(frozen=True, slots=True)
class WhyAgent:
    """Of all `candidates` the agent came first: by `strategy`, after the queue's own agents and preferences.

    `ring`: how many of the queue's rings had opened by then. `preference`: how far down the agent's own list the queue
    is. `own`: the work asked for this agent. `refused_before`: somebody has refused this work already.
    """

    candidates: int
    in_hand: int
    idle_seconds: float
    waited_seconds: float
    priority: int
    refused_before: bool
    strategy: Strategy = Strategy.LEAST_BUSY
    ring: int = 0
    preference: int = 0
    own: bool = False


class NotYet(StrEnum):
    """Why one agent does not get one piece of work, the first that applies."""

    NOT_IN_QUEUE = "NOT_IN_QUEUE"
    LACKS_SKILL = "LACKS_SKILL"
    NOT_ROUTABLE = "NOT_ROUTABLE"
    NO_ROOM = "NO_ROOM"
    REFUSED = "REFUSED"
    KEPT = "KEPT"


@dataclass(frozen=True, slots=True)
class NotThem:
    """One agent and what stands in the way; `lacks` names the skills."""

    agent: int
    reason: NotYet
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WhyWaiting:
    """`position` counts from one within the queue; `agents` says for how many of them which reason holds.

    `named`: some of those who belong to the queue, one by one. `next_step_seconds`: until waiting alone changes
    something (a ring opens, it overflows, it is kept no longer).
    """

    position: int
    waited_seconds: float
    agents: Mapping[NotYet, int]
    ring: int = 0
    next_step_seconds: float | None = None
    kept_for: int | None = None
    named: tuple[NotThem, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Preview:
    """Who would get it: `first` in order, the best first; and why the others would not."""

    first: tuple[int, ...]
    ring: int
    strategy: Strategy
    agents: Mapping[NotYet, int]
    named: tuple[NotThem, ...]


def why_agent(
    work: Work,
    agent: Agent,
    candidates: int,
    in_hand: int,
    idle_since: datetime,
    refused: bool,
    strategy: Strategy,
    ring: int,
    now: datetime,
) -> WhyAgent:
    """What was known of the choice at the moment it was made."""
    return WhyAgent(
        candidates=candidates,
        in_hand=in_hand,
        idle_seconds=(now - idle_since).total_seconds(),
        waited_seconds=(now - work.enqueued_at).total_seconds(),
        priority=work.priority,
        refused_before=refused,
        strategy=strategy,
        ring=ring,
        preference=agent.preferences.get(work.queue, 0),
        own=work.agent == agent.id,
    )


def why_not(member: Member, line: Line) -> NotThem | None:
    """What stands between this agent and the line's work; None: nothing."""
    signature, wanted = member.group.signature, line.work_class.requirement
    if not shared_queues(signature, wanted):
        return NotThem(member.agent.id, NotYet.NOT_IN_QUEUE)
    if missing := lacks(signature, wanted):
        return NotThem(member.agent.id, NotYet.LACKS_SKILL, tuple(missing))
    if not member.agent.routable:
        return NotThem(member.agent.id, NotYet.NOT_ROUTABLE)
    return None if member.has_room(line.work_class.slot) else NotThem(member.agent.id, NotYet.NO_ROOM)


def obstacles(roster: Roster, line: Line, otherwise: NotYet) -> tuple[dict[NotYet, int], tuple[NotThem, ...]]:
    """The reasons, counted and by name; whom nothing stops does not get it because of `otherwise`."""
    reasons = [why_not(member, line) or NotThem(member.agent.id, otherwise) for member in roster.members.values()]
    named = [each for each in reasons if each.reason is not NotYet.NOT_IN_QUEUE]
    return dict(Counter(each.reason for each in reasons)), tuple(named[:NAMED])


def ranked(line: Line) -> tuple[int, ...]:
    """All who could take the line's work now, the best first."""
    free = ((link.rank, link.free.keys[agent], agent) for link in line.open for agent in link.free)
    return tuple(agent for _, _, agent in sorted(free))
