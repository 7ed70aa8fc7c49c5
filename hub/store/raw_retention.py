"""Inputs of which no message came (receipts, repetitions, what a person put away) are kept for a time, not for good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, delete, func, select

from hub.model.states import RawState
from hub.store.rows import Row, many
from hub.store.tables import messages, parts, raws
from hub.store.unit import Tx

PAGE: Final = 500
OVER: Final = (RawState.DONE, RawState.DISCARDED)
_OTHERS = raws.alias("others")
_LOOSE = (
    select(raws.c.id, raws.c.received_at)
    .where(
        raws.c.id > bindparam("after"),
        raws.c.id < select(func.max(_OTHERS.c.id)).scalar_subquery(),  # a database may give the highest id again
        ~select(messages.c.id).where(messages.c.raw_id == raws.c.id).exists(),
    )
    .order_by(raws.c.id)
    .limit(PAGE)
)
_FORGET = delete(raws).where(
    raws.c.id.in_(bindparam("ids", expanding=True)),
    raws.c.state.in_(OVER),
    func.coalesce(raws.c.done_at, raws.c.received_at) < bindparam("before"),
    ~select(parts.c.raw_id).where(parts.c.raw_id == raws.c.id).exists(),
    ~select(_OTHERS.c.id).where(_OTHERS.c.of_id == raws.c.id).exists(),  # by it an erasure finds those
)


def loose(conn: Connection, after: int) -> list[Row]:
    """The next inputs behind this id that are no message's: `id` and `received_at`, the oldest first."""
    return many(conn, _LOOSE, after=after)


def forget(tx: Tx, ids: Sequence[int], before: datetime) -> int:
    """Delete those of these that were settled before then, and count them. What waits, or stands in quarantine until
    somebody has looked at it, stays."""
    return tx.conn.execute(_FORGET, {"ids": list(ids), "before": before}).rowcount
