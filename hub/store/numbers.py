"""How much there is of what, read from small indexes, for the metrics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, func, select

from hub.model.states import OFFER_OPEN
from hub.store.tables import deliveries, interactions, offers, presence, queues, raws, work


@dataclass(frozen=True, slots=True)
class Numbers:
    """`raws_accepted` counts ever since; everything else is now."""

    raws_accepted: int
    raws_waiting: int
    raws_quarantined: int
    deliveries_waiting: dict[str, int]
    offers_open: int
    interactions_open: dict[str, int]
    work_waiting: dict[str, int]
    agents: dict[str, int]


def read_numbers(conn: Connection) -> Numbers:
    """One reading of all of them."""
    return Numbers(
        raws_accepted=conn.execute(select(func.coalesce(func.max(raws.c.id), 0))).scalar_one(),
        raws_waiting=_count(conn, raws.c.state == "STORED"),
        raws_quarantined=_count(conn, raws.c.state == "QUARANTINED"),
        deliveries_waiting=_by(conn, deliveries.c.state, deliveries.c.state.in_(["PENDING", "LEASED"])),
        offers_open=_count(conn, offers.c.state.in_(OFFER_OPEN)),
        interactions_open=_by(conn, interactions.c.state, interactions.c.closed_at.is_(None)),
        work_waiting=_waiting(conn),
        agents=_by(conn, presence.c.state),
    )


def _count(conn: Connection, where: ColumnElement[bool]) -> int:
    return int(conn.execute(select(func.count()).where(where)).scalar_one())


def _by(conn: Connection, column: Column[Any], where: ColumnElement[bool] | None = None) -> dict[str, int]:
    statement = select(column, func.count()).group_by(column)
    rows = conn.execute(statement if where is None else statement.where(where))
    return {row[0]: row[1] for row in rows}


def _waiting(conn: Connection) -> dict[str, int]:
    """Work not yet in anybody's hands, by queue key."""
    joined = select(queues.c.key, func.count()).join(work, work.c.queue_id == queues.c.id)
    waiting = joined.where(work.c.ended_at.is_(None), work.c.state.in_(["WAITING", "OFFERED"]))
    return {row[0]: row[1] for row in conn.execute(waiting.group_by(queues.c.key))}
