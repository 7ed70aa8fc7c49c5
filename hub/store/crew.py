"""What agents are doing, as a board counts them: everybody in just one of five ways."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import CTE, Connection, and_, case, func, or_, select

from hub.model.actor import Actor
from hub.model.states import Presence, SegmentState
from hub.store.tables import presence, queue_members, queues, segments, users, work


@dataclass(frozen=True, slots=True)
class Crew:
    """Agents by what they do. Of those who are READY, `ready` have nothing in hand, `wrap_up` only contacts that are
    over, and `busy` are all others."""

    ready: int = 0
    busy: int = 0
    wrap_up: int = 0
    not_ready: int = 0
    logged_out: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """`count` agents of a department who do the same."""

    department: int | None
    doing: str
    count: int


def by_queue(conn: Connection) -> dict[int, Crew]:
    """The members of each queue."""
    agents = _agents()
    joined = queue_members.join(agents, agents.c.user_id == queue_members.c.user_id)
    by = (queue_members.c.queue_id, agents.c.doing)
    found: dict[int, dict[str, int]] = {}
    for queue, doing, count in conn.execute(select(*by, func.count()).select_from(joined).group_by(*by)):
        found.setdefault(queue, {})[doing] = count
    return {queue: Crew(**counts) for queue, counts in found.items()}


def everybody(conn: Connection) -> list[Group]:
    """All who are in a queue or were ever here to work, by department."""
    agents = _agents()
    by = (agents.c.department_id, agents.c.doing)
    return [Group(*row) for row in conn.execute(select(*by, func.count()).group_by(*by))]


def crew_for(actor: Actor, groups: Iterable[Group]) -> Crew:
    """Those this user sees."""
    counts: dict[str, int] = {}
    for group in groups:
        if actor.departments is None or group.department is None or group.department in actor.departments:
            counts[group.doing] = counts.get(group.doing, 0) + group.count
    return Crew(**counts)


def _agents() -> CTE:
    """Every agent with what they do."""
    wraps = segments.c.state == SegmentState.WRAP_UP
    over = select(segments.c.interaction_id, segments.c.user_id).where(wraps).subquery("over")
    mine = and_(over.c.interaction_id == work.c.interaction_id, over.c.user_id == work.c.user_id)
    held = (
        select(work.c.user_id, func.count().label("all"), func.count(over.c.user_id).label("over"))
        .select_from(work.outerjoin(over, mine))
        .where(work.c.ended_at.is_(None), work.c.user_id.is_not(None))
        .group_by(work.c.user_id)
        .subquery("held")
    )
    doing = case(
        (or_(presence.c.state.is_(None), presence.c.state == Presence.LOGGED_OUT), "logged_out"),
        (presence.c.state == Presence.NOT_READY, "not_ready"),
        (held.c["all"].is_(None), "ready"),
        (held.c["all"] == held.c.over, "wrap_up"),
        else_="busy",
    )
    joined = users.outerjoin(presence, presence.c.user_id == users.c.id)
    joined = joined.outerjoin(held, held.c.user_id == users.c.id)
    serves = select(queue_members.c.user_id).join(queues, queues.c.id == queue_members.c.queue_id)
    counted = or_(presence.c.user_id.is_not(None), users.c.id.in_(serves.where(queues.c.enabled)))
    chosen = select(users.c.id.label("user_id"), users.c.department_id, doing.label("doing"))
    return chosen.select_from(joined).where(users.c.enabled, counted).cte("agents")
