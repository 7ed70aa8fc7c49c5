"""Interactions and their segments: rows, state changes with their events, and the threads that name them."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from hub.api import Json
from hub.model.actor import Actor
from hub.model.errors import NotFound
from hub.model.states import FINAL, INTERACTION, InteractionState, SegmentState
from hub.store.rows import Row, listed, many, one
from hub.store.tables import interactions, offers, segments, threads, work
from hub.store.unit import Tx

OWN = frozenset({"ended", "placed", "passed_to", "legs_heard"})
"""Names among the attributes by which the hub notes something itself; no rule may say them."""

# Statements of the hot path are built once: putting one together costs SQLAlchemy more than running it.
_BY_ID = select(interactions).where(interactions.c.id == bindparam("id"))
_LOCKED = _BY_ID.with_for_update()
_AMONG = select(interactions).where(interactions.c.id.in_(bindparam("ids", expanding=True))).order_by(interactions.c.id)
_UPDATE = update(interactions).where(interactions.c.id == bindparam("this")).values(version=interactions.c.version + 1)
_EMPTY: Row = {
    column.name: column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None
    for column in interactions.c
}


def create(tx: Tx, values: dict[str, Any]) -> Row:
    """A new interaction in INITIATED; `values` are columns. Nobody else can know it yet, so it counts as locked."""
    row = {**_EMPTY, "reply_to": {}, "attributes": {}, "audio": {}, **values}
    row |= {"created_at": tx.now, "updated_at": tx.now}
    del row["id"]
    row["id"] = tx.make(interactions, row)
    tx.event("interaction.created", **subjects(row))
    return row


def get(conn: Connection, interaction_id: int) -> Row | None:
    """One interaction."""
    return one(conn, _BY_ID, id=interaction_id)


def among(conn: Connection, ids: Collection[int]) -> list[Row]:
    """Those there are of these interactions."""
    return many(conn, _AMONG, ids=listed(ids))


def locked(tx: Tx, interaction_id: int) -> Row:
    """One interaction, locked for this transaction. Raises NotFound."""
    row = one(tx.conn, _LOCKED, id=interaction_id)
    if row is None:
        raise NotFound(f"interaction {interaction_id}")
    return row


def locked_for(tx: Tx, actor: Actor, interaction_id: int) -> Row:
    """As `locked`, for a user: NotFound as well when it is not theirs to see."""
    row = locked(tx, interaction_id)
    if not may_see(tx.conn, actor, row):
        raise NotFound(f"interaction {interaction_id}")
    return row


def may_see(conn: Connection, actor: Actor, row: Row) -> bool:
    """As `access.visible_interactions`: of no department, of the actor's, theirs, on offer to them, or their work."""
    if actor.departments is None or row["department_id"] is None or row["agent_id"] == actor.user_id:
        return True
    if row["department_id"] in actor.departments:
        return True
    offered = (offers.c.interaction_id == row["id"], offers.c.user_id == actor.user_id, offers.c.ended_at.is_(None))
    held = (work.c.interaction_id == row["id"], work.c.user_id == actor.user_id, work.c.ended_at.is_(None))
    mine = select(offers.c.id).where(*offered).union_all(select(work.c.id).where(*held))
    return one(conn, mine) is not None


def subjects(row: Row) -> dict[str, int | None]:
    """The ids an event about this interaction carries."""
    return {
        "interaction": row["id"],
        "ticket": row["ticket_id"],
        "customer": row["customer_id"],
        "user": row["agent_id"],
        "queue": row["queue_id"],
        "department": row["department_id"],
    }


def change(tx: Tx, row: Row, **values: Any) -> Row:
    """Set columns; the screens hear which."""
    _update(tx, row, values)
    after = {**row, **values}
    tx.event("interaction.changed", **subjects(after), fields=list[Json](sorted(values)))
    return after


def move(tx: Tx, row: Row, state: InteractionState, **values: Any) -> Row:
    """Change the state, by the table. Raises IllegalTransition."""
    before = InteractionState(row["state"])
    INTERACTION.check(before, state)
    if state in FINAL:
        values["closed_at"] = tx.now
    _update(tx, row, {"state": state, **values})
    after = {**row, "state": state, **values}
    tx.event("interaction.state", **subjects(after), state=state.value, previous=before.value)
    return after


def _update(tx: Tx, row: Row, values: dict[str, Any]) -> None:
    """Who was made a moment ago, and is not written yet, is written as they are now."""
    if (new := tx.rows.waiting(interactions, row["id"])) is not None:
        new.update(values, updated_at=tx.now, version=new["version"] + 1)
        return
    tx.conn.execute(_UPDATE, {**values, "updated_at": tx.now, "this": row["id"]})


# --- threads ------------------------------------------------------------------------------------------------------


_BY_KEYS = (
    select(interactions, threads.c.key.label("matched"))
    .join(threads, threads.c.interaction_id == interactions.c.id)
    .where(threads.c.scope == bindparam("scope"), threads.c.key.in_(bindparam("keys", expanding=True)))
)


def _name(make: Any) -> Any:
    put = make(threads)
    newer = {"interaction_id": put.excluded.interaction_id}
    return put.on_conflict_do_update(index_elements=["scope", "key"], set_=newer)


_NAME = {"postgresql": _name(postgres_insert), "sqlite": _name(sqlite_insert)}


def joined_by(tx: Tx, scope: str, keys: Sequence[str]) -> Row | None:
    """As `by_thread`, of what was looked for beforehand."""
    return None if is_new(tx, scope, keys) else by_thread(tx.conn, scope, keys)


def is_new(tx: Tx, scope: str, keys: Sequence[str]) -> bool:
    """Whether it was seen beforehand that none of these keys names anything."""
    return all(("thread", scope, key[:400]) in tx.beforehand for key in keys)


def by_thread(conn: Connection, scope: str, keys: Sequence[str]) -> Row | None:
    """The interaction the strongest of the keys (first is strongest) names."""
    if not keys:
        return None
    found = many(conn, _BY_KEYS, scope=scope, keys=listed([key[:400] for key in keys]))
    if not found:
        return None
    strength = {key: place for place, key in reversed(list(enumerate(keys)))}
    best = min(found, key=lambda row: strength[row["matched"]])
    best.pop("matched")
    return best


def look_for(tx: Tx, names: Collection[tuple[str, str]]) -> None:
    """Note beforehand which of these (scope, key) name no interaction. What they do name is asked for when it is
    wanted: it may have changed by then."""
    known = named(tx.conn, names) if names else {}
    tx.beforehand.update({("thread", scope, key[:400]): None for scope, key in names if (scope, key) not in known})


_NAMED = (
    select(interactions, threads.c.scope.label("scope"), threads.c.key.label("matched"))
    .join(threads, threads.c.interaction_id == interactions.c.id)
    .where(
        threads.c.scope.in_(bindparam("scopes", expanding=True)),
        threads.c.key.in_(bindparam("keys", expanding=True)),
    )
)


def named(conn: Connection, names: Collection[tuple[str, str]]) -> dict[tuple[str, str], Row]:
    """The interaction that each (scope, key) names now; what names none is not in it."""
    scopes, keys = {scope for scope, _ in names}, {key[:400] for _, key in names}
    rows = many(conn, _NAMED, scopes=listed(scopes), keys=listed(keys))
    found = {(row.pop("scope"), row.pop("matched")): row for row in rows}
    return {(scope, key): found[scope, key[:400]] for scope, key in names if (scope, key[:400]) in found}


def name_thread(tx: Tx, scope: str, keys: Sequence[str], interaction_id: int) -> None:
    """From now on these keys name this interaction."""
    statement = _NAME["postgresql" if tx.postgres else "sqlite"]
    for key in dict.fromkeys(key[:400] for key in keys):
        tx.beforehand.pop(("thread", scope, key), None)
        tx.rows.insert(threads, {"scope": scope, "key": key, "interaction_id": interaction_id}, statement)


def open_on_ticket(conn: Connection, ticket_id: int, account_id: int) -> Row | None:
    """The newest interaction of this ticket on this account that has not ended."""
    same = (interactions.c.ticket_id == ticket_id, interactions.c.account_id == account_id)
    going_on = interactions.c.state.not_in(FINAL)
    return one(conn, select(interactions).where(*same, going_on).order_by(interactions.c.id.desc()).limit(1))


# --- segments -----------------------------------------------------------------------------------------------------


_UNDER_WAY = (
    select(segments)
    .where(segments.c.interaction_id == bindparam("interaction"), segments.c.state != SegmentState.DONE)
    .order_by(segments.c.id)
)
_SET_SEGMENT = update(segments).where(segments.c.id == bindparam("this"))
_END = update(segments).where(
    segments.c.interaction_id == bindparam("this"), segments.c.state == bindparam("active", SegmentState.ACTIVE)
)
_END_KIND = _END.where(segments.c.kind == bindparam("of"))


def start_segment(tx: Tx, interaction_id: int, kind: str, **values: Any) -> None:
    """Begin a queue's, a flow's or an agent's stretch."""
    tx.rows.insert(segments, {"interaction_id": interaction_id, "kind": kind, "started_at": tx.now, **values})


def active_segments(conn: Connection, interaction_id: int, kind: str | None = None) -> list[Row]:
    """Stretches under way."""
    found = many(conn, _UNDER_WAY, interaction=interaction_id)
    return [row for row in found if kind in (None, row["kind"])]


def end_segments(tx: Tx, interaction_id: int, outcome: str, kind: str | None = None) -> None:
    """End the ACTIVE stretches (of one kind) with this outcome; those in wrap-up stay with their agent."""
    values = {"this": interaction_id, "state": SegmentState.DONE, "outcome": outcome, "ended_at": tx.now}
    if kind is None:
        tx.conn.execute(_END, values)
    else:
        tx.conn.execute(_END_KIND, {**values, "of": kind})


def set_segment(tx: Tx, segment_id: int, **values: Any) -> None:
    """Set columns of one segment."""
    tx.conn.execute(_SET_SEGMENT, {**values, "this": segment_id})
