"""The calls an agent is in now: what the bar over every screen shows."""

from __future__ import annotations

from sqlalchemy import Connection, select, union

from hub.model.states import FINAL, OfferState, WorkState
from hub.store.legs import TALKING
from hub.store.tables import interactions, offers, work


def my_calls(conn: Connection, user_id: int) -> list[int]:
    """Calls this user holds, was brought into, or has said yes to and whose device still rings; oldest first."""
    held = select(work.c.interaction_id).where(
        work.c.user_id == user_id,
        work.c.state == WorkState.ASSIGNED,
        work.c.ended_at.is_(None),
        work.c.kind.in_(TALKING),
    )
    rings = select(offers.c.interaction_id).where(
        offers.c.user_id == user_id, offers.c.state == OfferState.ACCEPTED, offers.c.ended_at.is_(None)
    )
    c = interactions.c
    mine = c.id.in_(union(held, rings).scalar_subquery()) & c.call & c.state.not_in(FINAL)
    return list(conn.execute(select(c.id).where(mine).order_by(c.id)).scalars())
