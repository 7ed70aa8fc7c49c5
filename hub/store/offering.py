"""Reads and writes of many offers at once: a fixed number of statements, however many they are."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import BindParameter, bindparam, insert, select, update

from hub.model.states import InteractionState, WorkState
from hub.store.interactions import subjects
from hub.store.rows import Row, many
from hub.store.tables import interactions, offers, presence, users, work
from hub.store.unit import Tx

_ids: BindParameter[list[int]] = bindparam("ids", expanding=True)
_AGENTS = (
    select(presence, users.c.capacity, users.c.enabled)
    .join(users, users.c.id == presence.c.user_id)
    .where(presence.c.user_id.in_(_ids))
    .order_by(presence.c.user_id)
    .with_for_update(of=presence)
)
_WORKS = select(work).where(work.c.id.in_(_ids)).order_by(work.c.id).with_for_update()
_INTERACTIONS = select(interactions).where(interactions.c.id.in_(_ids)).order_by(interactions.c.id).with_for_update()
_LOADS = (
    select(work.c.user_id, work.c.medium, work.c.channel)
    .where(work.c.user_id.in_(_ids), work.c.ended_at.is_(None), work.c.state == WorkState.ASSIGNED)
    .union_all(
        select(offers.c.user_id, work.c.medium, work.c.channel)
        .join(work, work.c.id == offers.c.work_id)
        .where(offers.c.user_id.in_(_ids), offers.c.ended_at.is_(None), work.c.state == WorkState.OFFERED)
    )
)
_TAKE = (
    update(work)
    .where(work.c.id == bindparam("this"))
    .values(state=WorkState.OFFERED, user_id=bindparam("user"), version=work.c.version + 1)
)
_RING = (
    update(interactions)
    .where(interactions.c.id == bindparam("this"))
    .values(state=InteractionState.OFFERED, updated_at=bindparam("now"), version=interactions.c.version + 1)
)
_INSERT = insert(offers).returning(offers.c.id, sort_by_parameter_order=True)


def lock_agents(tx: Tx, ids: Collection[int]) -> dict[int, Row]:
    """Their presence with capacity, locked in one order: whatever fills these agents' slots comes one after another."""
    return {row["user_id"]: row for row in many(tx.conn, _AGENTS, ids=sorted(ids))}


def lock_works(tx: Tx, ids: Collection[int]) -> dict[int, Row]:
    return {row["id"]: row for row in many(tx.conn, _WORKS, ids=sorted(ids))}


def loads(tx: Tx, ids: Collection[int]) -> defaultdict[int, Counter[str]]:
    """How many of each medium, and of each channel, each of them holds, offers included."""
    found: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for user, *slot in tx.conn.execute(_LOADS, {"ids": sorted(ids)}):
        found[user].update(name for name in slot if name)
    return found


def insert_offers(tx: Tx, made: Sequence[tuple[Row, dict[str, Any]]]) -> list[int]:
    """Work and its interaction are OFFERED, with one offer each: (work, the offer's columns). Returns the ids."""
    tx.conn.execute(_TAKE, [{"this": row["id"], "user": values["user_id"]} for row, values in made])
    _ring(tx, [row["interaction_id"] for row, _ in made if row["interaction_id"] is not None])
    ids = list(tx.conn.execute(_INSERT, [values for _, values in made]).scalars())
    for number, (row, values) in zip(ids, made, strict=True):
        _tell(tx, number, row, values)
    return ids


def _ring(tx: Tx, ids: Collection[int]) -> None:
    if not ids:
        return
    waiting = [row for row in many(tx.conn, _INTERACTIONS, ids=sorted(ids)) if row["state"] == InteractionState.QUEUED]
    if waiting:
        tx.conn.execute(_RING, [{"this": row["id"], "now": tx.now} for row in waiting])
    for row in waiting:
        before, after = InteractionState.QUEUED.value, InteractionState.OFFERED.value
        tx.event("interaction.state", **subjects(row), state=after, previous=before)


def _tell(tx: Tx, number: int, row: Row, values: dict[str, Any]) -> None:
    named = {"interaction": row["interaction_id"], "queue": row["queue_id"], "user": values["user_id"]}
    tx.event("work.offered", **named, work=row["id"])
    tx.event("offer.created", **named, offer=number, work=row["id"], expires_at=values["expires_at"].isoformat())
