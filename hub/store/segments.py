"""The stretches of an interaction: which queue, flow or agent had it, when, and how that ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from hub.model.named import Named
from hub.model.states import SegmentState
from hub.store.tables import offers, queues, segments, users


@dataclass(frozen=True, slots=True)
class SegmentItem:
    """One stretch. `kind` is QUEUE, FLOW or AGENT; an agent's may be in WRAP_UP until `wrap_up_until`. `role` is
    PRIMARY, or CONSULT of who was brought in."""

    id: int
    kind: str
    role: str
    queue: Named | None
    user: Named | None
    flow: str
    state: SegmentState
    outcome: str
    disposition: str
    started_at: datetime
    ended_at: datetime | None
    wrap_up_until: datetime | None


def segments_of(conn: Connection, interaction_id: int) -> list[SegmentItem]:
    """In the order they began."""
    joined = segments.outerjoin(queues, queues.c.id == segments.c.queue_id)
    joined = joined.outerjoin(users, users.c.id == segments.c.user_id)
    names = (queues.c.name.label("queue_name"), users.c.name.label("user_name"))
    chosen = select(segments, *names).select_from(joined).where(segments.c.interaction_id == interaction_id)
    return [_item(row) for row in conn.execute(chosen.order_by(segments.c.id)).mappings()]


def last_explanation(conn: Connection, interaction_id: int) -> dict[str, Any]:
    """Why routing chose the agent it last offered this to; empty when it never did."""
    newest = select(offers.c.explanation).where(offers.c.interaction_id == interaction_id).order_by(offers.c.id.desc())
    return conn.execute(newest.limit(1)).scalar() or {}


def _item(row: RowMapping) -> SegmentItem:
    return SegmentItem(
        id=row["id"],
        kind=row["kind"],
        role=row["role"],
        queue=Named(row["queue_id"], row["queue_name"]) if row["queue_id"] else None,
        user=Named(row["user_id"], row["user_name"]) if row["user_id"] else None,
        flow=row["flow"],
        state=SegmentState(row["state"]),
        outcome=row["outcome"],
        disposition=row["disposition"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        wrap_up_until=row["wrap_up_until"],
    )
