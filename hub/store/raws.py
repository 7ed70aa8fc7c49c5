"""What the far sides handed over, byte for byte: stored before they are told "accepted", kept until retention ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from hub.api import Json
from hub.model.states import RawState
from hub.store import sealing
from hub.store.rows import Row, listed, many, one
from hub.store.tables import connections, raws
from hub.store.unit import Tx

MOST_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class NewRaw:
    """One raw input to be stored."""

    channel: str
    account_id: int
    connection_id: int | None
    body: bytes
    meta: Mapping[str, Json]


_INSERT = insert(raws).returning(raws.c.id, sort_by_parameter_order=True)
_DONE = (
    update(raws)
    .where(raws.c.id.in_(bindparam("ids", expanding=True)))
    .values(state=RawState.DONE, done_at=bindparam("now"))
)


def add_all(tx: Tx, new: Sequence[NewRaw], node: str) -> list[int]:
    """Store raw inputs, to be processed by `node` unless that dies first; their ids in the same order."""
    seal = sealing.of(tx.conn)
    own = {"leased_by": node, "received_at": tx.now, "sealed": seal.wanted}
    rows = [
        {
            "channel": one.channel,
            "account_id": one.account_id,
            "connection_id": one.connection_id,
            "body": seal.close(one.body) if seal.wanted else one.body,
            "meta": dict(one.meta),
            **own,
        }
        for one in new
    ]
    return list(tx.conn.execute(_INSERT, rows).scalars())


def advance_cursor(tx: Tx, connection_id: int, cursor: str) -> None:
    """Remember how far a connection has been read, in the same commit as what was read."""
    tx.conn.execute(update(connections).where(connections.c.id == connection_id).values(cursor=cursor))


def get(conn: Connection, raw_id: int) -> Row | None:
    """One raw input, body included. Raises WrongKey."""
    row = one(conn, select(raws).where(raws.c.id == raw_id))
    return _opened(conn, row) if row else None


def done(tx: Tx, raw_ids: Sequence[int]) -> None:
    """These have become what they mean."""
    tx.conn.execute(_DONE, {"ids": listed(raw_ids), "now": tx.now})


def belong(tx: Tx, raw_ids: Sequence[int], whole: int) -> None:
    """These are other parts of what came in whole with this one, or say it once more."""
    others = [raw_id for raw_id in raw_ids if raw_id != whole]
    if others:
        tx.conn.execute(update(raws).where(raws.c.id.in_(others)).values(of_id=whole))


def failed(tx: Tx, raw_id: int, code: str, error: str, due_at: datetime | None) -> bool:
    """Count a failed attempt; the third quarantines it. Returns whether it is quarantined now."""
    row = one(tx.conn, select(raws.c.attempts, raws.c.account_id).where(raws.c.id == raw_id))
    attempts = (row["attempts"] if row else 0) + 1
    quarantined = attempts >= MOST_ATTEMPTS or due_at is None
    state = RawState.QUARANTINED if quarantined else RawState.STORED
    values = {"state": state, "attempts": attempts, "error_code": code, "error": error[:2000], "due_at": due_at}
    tx.conn.execute(update(raws).where(raws.c.id == raw_id).values(values))
    if quarantined:
        tx.event("raw.quarantined", raw=raw_id, code=code)
    return quarantined


def set_state(tx: Tx, raw_id: int, before: RawState, after: RawState) -> bool:
    """Compare and swap: replay (QUARANTINED → STORED, for any node to adopt) or discard a quarantined
    input."""
    change = update(raws).where(raws.c.id == raw_id, raws.c.state == before)
    ended = tx.now if after is RawState.DISCARDED else None
    values = {"state": after, "attempts": 0, "due_at": None, "leased_by": "", "done_at": ended}
    return tx.conn.execute(change.values(values)).rowcount == 1


def adopt(tx: Tx, node: str, living: Sequence[str]) -> list[int]:
    """Take over the stored inputs of nodes that are no more; returns the ids in the order of arrival."""
    orphaned = (raws.c.state == RawState.STORED, raws.c.leased_by.not_in(living))
    waiting = select(raws.c.id).where(*orphaned).order_by(raws.c.id)
    ids = list(tx.conn.execute(waiting.with_for_update(skip_locked=True)).scalars())
    for start in range(0, len(ids), 500):
        tx.conn.execute(update(raws).where(raws.c.id.in_(ids[start : start + 500])).values(leased_by=node))
    return ids


def waiting(conn: Connection, node: str) -> list[int]:
    """What this node has stored and not yet read, in the order of arrival."""
    own = (raws.c.state == RawState.STORED, raws.c.leased_by == node)
    return list(conn.execute(select(raws.c.id).where(*own).order_by(raws.c.id)).scalars())


def bodies(conn: Connection, ids: Sequence[int]) -> list[Row]:
    """Raw inputs with their bodies, oldest first. Raises WrongKey."""
    found = select(raws).where(raws.c.id.in_(ids), raws.c.state == RawState.STORED).order_by(raws.c.id)
    return [_opened(conn, row) for row in many(conn, found)]


def meta_of(row: Row) -> dict[str, Json]:
    """The channel's own facts about an input."""
    meta: dict[str, Json] = row["meta"]
    return meta


def _opened(conn: Connection, row: Row) -> Row:
    return {**row, "body": sealing.opened(conn, row["body"], sealed=row["sealed"])}
