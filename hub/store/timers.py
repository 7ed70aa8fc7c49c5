"""Durable timers and leases: what is due later, and which node holds what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, insert, or_, select, update

from hub.store.rows import Row, many, one
from hub.store.tables import leases, timers
from hub.store.unit import Tx

CORE = "core"
LEASE = timedelta(seconds=60)
SHORT, LONG = 4.0, 60.0  # seconds: what nodes that may die hold; what the one process of a SQLite site holds
MOST_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Timer:
    """(owner, name, payload) is to come up at `due_at` or soon after; a `key` replaces the timer that had it."""

    owner: str
    name: str
    due_at: datetime
    payload: Mapping[str, Any]
    key: str = ""


_INSERT = insert(timers)
_CANCEL = delete(timers).where(
    timers.c.owner == bindparam("of"), timers.c.name == bindparam("called"), timers.c.key == bindparam("known_as")
)


def schedule(tx: Tx, owner: str, name: str, due_at: datetime, payload: Mapping[str, Any], key: str = "") -> None:
    """Set one timer."""
    schedule_all(tx, [Timer(owner, name, due_at, payload, key)])


def schedule_all(tx: Tx, wanted: Sequence[Timer]) -> None:
    """Set timers, in their order: the last with a key is the one."""
    keyed = {(timer.owner, timer.name, timer.key): timer for timer in wanted if timer.key}
    if keyed:
        tx.conn.execute(_CANCEL, [{"of": owner, "called": name, "known_as": key} for owner, name, key in keyed])
    kept = [*keyed.values(), *(timer for timer in wanted if not timer.key)]
    rows = [
        {"owner": t.owner, "name": t.name, "key": t.key, "payload": dict(t.payload), "due_at": t.due_at} for t in kept
    ]
    tx.conn.execute(_INSERT, rows)


def cancel(tx: Tx, owner: str, name: str, key: str) -> None:
    """Forget the timer with this key."""
    tx.conn.execute(_CANCEL, {"of": owner, "called": name, "known_as": key})


def due(tx: Tx, node: str, most: int = 100, owner: str | None = None) -> list[Row]:
    """Lease what is due now: of everybody, or of this owner."""
    free = or_(timers.c.leased_until.is_(None), timers.c.leased_until < tx.now)
    ready = select(timers).where(timers.c.due_at <= tx.now, free).order_by(timers.c.due_at).limit(most)
    if owner is not None:
        ready = ready.where(timers.c.owner == owner)
    rows = many(tx.conn, ready.with_for_update(skip_locked=True))
    if rows:
        mine = update(timers).where(timers.c.id.in_([row["id"] for row in rows]))
        leased = mine.values(leased_by=node, leased_until=tx.now + LEASE, attempts=timers.c.attempts + 1)
        tx.conn.execute(leased)
    return rows


def done(tx: Tx, row: Row) -> bool:
    """It has fired. Returns whether it was still there: what another node has fired is not."""
    return tx.conn.execute(delete(timers).where(_same(row))).rowcount > 0


def again(tx: Tx, row: Row) -> bool:
    """It failed: try again with back-off, at most five times. Returns whether it will be."""
    if row["attempts"] + 1 >= MOST_ATTEMPTS:
        done(tx, row)
        return False
    later = tx.now + timedelta(seconds=5 * 4 ** row["attempts"])
    tx.conn.execute(update(timers).where(_same(row)).values(due_at=later, leased_until=None))
    return True


def _same(row: Row) -> ColumnElement[bool]:
    """The timer that was leased: SQLite gives its id anew to the one a plugin set in its place meanwhile."""
    return and_(timers.c.id == row["id"], timers.c.due_at == row["due_at"])


def next_due(conn: Connection) -> datetime | None:
    """When the next timer is due that nobody is at."""
    free = timers.c.leased_until.is_(None)
    row = one(conn, select(timers.c.due_at).where(free).order_by(timers.c.due_at).limit(1))
    return row["due_at"] if row else None


def hold(tx: Tx, name: str, holder: str, seconds: float) -> bool:
    """Take or renew a lease; False when another holder's has not run out."""
    until = tx.now + timedelta(seconds=seconds)
    free = or_(leases.c.holder == holder, leases.c.until < tx.now)
    if tx.conn.execute(update(leases).where(leases.c.name == name, free).values(holder=holder, until=until)).rowcount:
        return True
    if one(tx.conn, select(leases.c.name).where(leases.c.name == name)):
        return False
    tx.conn.execute(insert(leases).values(name=name, holder=holder, until=until))
    return True


def forget_leases(tx: Tx) -> None:
    """All leases are gone: for a database that only one process can have open."""
    tx.conn.execute(delete(leases))


def life(store_is_shared: bool) -> float:
    """How long a node's lease lasts, in seconds; it is renewed four times in that time. A restart accepts again, and
    another node takes over, within five seconds."""
    return SHORT if store_is_shared else LONG


def let_go(tx: Tx, holder: str) -> None:
    """Give up every lease of a holder that stops."""
    tx.conn.execute(delete(leases).where(leases.c.holder == holder))


def holders(tx: Tx, prefix: str) -> list[str]:
    """Who holds a living lease whose name begins so."""
    living = select(leases.c.holder).where(leases.c.name.startswith(prefix), leases.c.until >= tx.now)
    return list(tx.conn.execute(living).scalars())
