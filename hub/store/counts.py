"""How many open interactions there are, by what screens count them: one read for all users together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from hub.model.actor import Actor
from hub.model.states import WAITING_FOR_AGENT
from hub.store.tables import interactions


@dataclass(frozen=True, slots=True)
class Group:
    """`count` open interactions that are alike."""

    department: int | None
    queue: int | None
    state: str
    agent: int | None
    count: int


@dataclass(frozen=True, slots=True)
class ViewCounts:
    """Open interactions in each view."""

    mine: int
    team: int
    waiting: int
    unassigned: int
    all: int


@dataclass(frozen=True, slots=True)
class QueueCount:
    """Open interactions of a queue, and how many of them wait for an agent."""

    id: int
    open: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What the inbox shows beside its views and queues."""

    views: ViewCounts
    queues: list[QueueCount]


def open_groups(conn: Connection) -> list[Group]:
    """All open interactions, grouped."""
    c = interactions.c
    by = (c.department_id, c.queue_id, c.state, c.agent_id)
    rows = conn.execute(select(*by, func.count()).where(c.closed_at.is_(None)).group_by(*by))
    return [Group(*row) for row in rows]


def counts_for(actor: Actor, groups: Iterable[Group]) -> Counts:
    """What this user sees of them."""
    seen = [group for group in groups if _sees(actor, group)]
    mine = sum(group.count for group in seen if group.agent == actor.user_id)
    assigned = sum(group.count for group in seen if group.agent is not None)
    total = sum(group.count for group in seen)
    waiting = sum(group.count for group in seen if group.state in WAITING_FOR_AGENT)
    return Counts(ViewCounts(mine, assigned - mine, waiting, total - assigned, total), _queues(seen))


def _sees(actor: Actor, group: Group) -> bool:
    if actor.departments is None or group.department is None or group.agent == actor.user_id:
        return True
    return group.department in actor.departments


def _queues(groups: Iterable[Group]) -> list[QueueCount]:
    found: dict[int, tuple[int, int]] = {}
    for group in groups:
        if group.queue is not None:
            every, waiting = found.get(group.queue, (0, 0))
            waits = group.count if group.state in WAITING_FOR_AGENT else 0
            found[group.queue] = (every + group.count, waiting + waits)
    return [QueueCount(queue, *numbers) for queue, numbers in sorted(found.items())]
