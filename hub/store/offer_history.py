"""To whom an interaction was offered, why, and what became of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from hub.model.named import Named
from hub.model.states import OfferState
from hub.store.tables import offers, users

MOST = 100


@dataclass(frozen=True, slots=True)
class PastOffer:
    """One offer; `why` is what routing said when it made it."""

    agent: Named
    created_at: datetime
    ended_at: datetime | None
    state: OfferState
    why: dict[str, Any]


def offers_of(conn: Connection, interaction_id: int) -> list[PastOffer]:
    """The latest, oldest first."""
    o = offers.c
    named = select(o.user_id, users.c.name, o.created_at, o.ended_at, o.state, o.explanation)
    newest = named.join(users, users.c.id == o.user_id).where(o.interaction_id == interaction_id).order_by(o.id.desc())
    rows = conn.execute(newest.limit(MOST)).all()
    return [
        PastOffer(Named(row.user_id, row.name), row.created_at, row.ended_at, OfferState(row.state), row.explanation)
        for row in reversed(rows)
    ]


def names_of(conn: Connection, ids: Collection[int]) -> dict[int, Named]:
    """Users by id."""
    found = conn.execute(select(users.c.id, users.c.name).where(users.c.id.in_(ids)))
    return {row.id: Named(row.id, row.name) for row in found}
