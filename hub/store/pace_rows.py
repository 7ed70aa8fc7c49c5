"""How fast a queue was served lately, and who serves it now."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, case, func, select

from hub.model.states import Presence, SegmentOutcome, SegmentState
from hub.store.elapsed import seconds_between
from hub.store.tables import presence, queue_members, segments, users


def sums(conn: Connection, queues: Collection[int], since: datetime) -> dict[int, tuple[int, float, int, float]]:
    """By queue, of what began since then: contacts handled, seconds they took, waits given up, seconds waited."""
    s = segments.c
    took = seconds_between(conn, s.started_at, s.ended_at)
    handled = and_(s.kind == "AGENT", s.state == SegmentState.DONE)
    waited = and_(s.kind == "QUEUE", s.ended_at.is_not(None))
    counted = select(
        s.queue_id,
        func.count(case((handled, 1))),
        func.sum(case((handled, took))),
        func.count(case((and_(waited, s.outcome == SegmentOutcome.ABANDONED), 1))),
        func.sum(case((waited, took))),
    ).where(s.queue_id.in_(list(queues)), s.started_at >= since)
    rows = conn.execute(counted.group_by(s.queue_id))
    return {row[0]: (row[1], float(row[2] or 0), row[3], float(row[4] or 0)) for row in rows}


def ready_agents(conn: Connection, queues: Collection[int]) -> list[tuple[int, dict[str, Any], dict[str, Any]]]:
    """(queue, capacity, own limits) of each agent who is READY and takes its work."""
    joined = (
        select(queue_members.c.queue_id, users.c.capacity, presence.c.limits)
        .join(users, users.c.id == queue_members.c.user_id)
        .join(presence, presence.c.user_id == users.c.id)
    )
    mine = (queue_members.c.queue_id.in_(list(queues)), users.c.enabled, presence.c.state == Presence.READY.value)
    return [(queue, capacity, limits) for queue, capacity, limits in conn.execute(joined.where(*mine))]
