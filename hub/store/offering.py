"""Offers and what they are of, read and written together: a fixed number of statements, however many they are."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, insert, select, update

from hub.model.errors import NotFound
from hub.model.states import InteractionState, WorkState
from hub.store.interactions import subjects
from hub.store.rows import Row, listed, many
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
_CONTACTS = (
    select(interactions)
    .join(work, work.c.interaction_id == interactions.c.id)
    .where(work.c.id.in_(_ids))
    .order_by(interactions.c.id)
    .with_for_update(of=interactions)
)
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
_BESIDE = (
    select(offers)
    .where(
        offers.c.ended_at.is_(None), (offers.c.work_id == bindparam("work")) | (offers.c.user_id == bindparam("user"))
    )
    .order_by(offers.c.id)
)
_OFFERED = select(offers, work).join(work, work.c.id == offers.c.work_id).where(offers.c.id == bindparam("id"))
_INSERT = insert(offers).returning(offers.c.id, sort_by_parameter_order=True)


def offered(conn: Connection, offer_id: int) -> tuple[Row, Row]:
    """An offer, and the work it is of. Raises NotFound."""
    found = conn.execute(_OFFERED, {"id": offer_id}).first()
    if found is None:
        raise NotFound(f"offer {offer_id}")
    columns = len(offers.c)
    return dict(zip(offers.c.keys(), found, strict=False)), dict(zip(work.c.keys(), found[columns:], strict=True))


def beside(conn: Connection, work_id: int, user_id: int) -> list[Row]:
    """The open offers of this work, to whomever, and of whatever work to this user."""
    return many(conn, _BESIDE, work=work_id, user=user_id)


def lock_agents(tx: Tx, ids: Collection[int]) -> dict[int, Row]:
    """Their presence with capacity, locked in one order: whatever fills these agents' slots comes one after another."""
    return {row["user_id"]: row for row in many(tx.conn, _AGENTS, ids=listed(sorted(ids)))}


def lock_contacts(tx: Tx, works: Collection[int]) -> dict[int, Row]:
    """The interactions that these pieces of work are about, by their ids; locked before the work is."""
    return {row["id"]: row for row in many(tx.conn, _CONTACTS, ids=listed(sorted(works)))}


def lock_works(tx: Tx, ids: Collection[int]) -> dict[int, Row]:
    return {row["id"]: row for row in many(tx.conn, _WORKS, ids=listed(sorted(ids)))}


def loads(tx: Tx, ids: Collection[int]) -> defaultdict[int, Counter[str]]:
    """How many of each medium, and of each channel, each of them holds, offers included."""
    found: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for user, *slot in tx.conn.execute(_LOADS, {"ids": listed(sorted(ids))}):
        found[user].update(name for name in slot if name)
    return found


def insert_offers(tx: Tx, made: Sequence[tuple[Row, dict[str, Any]]], contacts: Mapping[int, Row]) -> list[int]:
    """Work and its interaction, one of the locked `contacts`, are OFFERED, with one offer each: (work, the offer's
    columns). Returns the ids."""
    tx.conn.execute(_TAKE, [{"this": row["id"], "user": values["user_id"]} for row, values in made])
    about = {row["interaction_id"]: None for row, _ in made}
    _ring(tx, [contacts[each] for each in about if each in contacts])
    ids = list(tx.conn.execute(_INSERT, [values for _, values in made]).scalars())
    for number, (row, values) in zip(ids, made, strict=True):
        _tell(tx, number, row, values)
    return ids


def _ring(tx: Tx, rows: Sequence[Row]) -> None:
    waiting = [row for row in rows if row["state"] == InteractionState.QUEUED]
    if waiting:
        tx.conn.execute(_RING, [{"this": row["id"], "now": tx.now} for row in waiting])
    for row in waiting:
        before, after = InteractionState.QUEUED.value, InteractionState.OFFERED.value
        tx.event("interaction.state", **subjects(row), state=after, previous=before)


def _tell(tx: Tx, number: int, row: Row, values: dict[str, Any]) -> None:
    named = {"interaction": row["interaction_id"], "queue": row["queue_id"], "user": values["user_id"]}
    tx.event("work.offered", **named, work=row["id"])
    tx.event("offer.created", **named, offer=number, work=row["id"], expires_at=values["expires_at"].isoformat())
