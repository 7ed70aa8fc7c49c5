"""Work and offers: what waits for an agent, who holds it, and the compare-and-swap that makes one of them win."""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from hub.model.errors import Invalid
from hub.model.states import OFFER, OFFER_OPEN, OfferState, Presence, WorkState
from hub.store import on_the_way
from hub.store.rows import Row, many, one
from hub.store.tables import offers, presence, queues, users, work
from hub.store.unit import Tx

_open = work.c.ended_at.is_(None)


_OPEN_FOR = select(work).where(work.c.interaction_id == bindparam("interaction"), work.c.kind == "interaction", _open)
_OPEN_OF = (
    select(work)
    .where(work.c.interaction_id == bindparam("interaction"), work.c.kind == bindparam("kind"), _open)
    .order_by(work.c.id)
)
_BY_ID = select(work).where(work.c.id == bindparam("id"))
_MOVE = update(work).where(work.c.id == bindparam("this"), work.c.version == bindparam("seen"))
_QUEUE = select(queues).where(queues.c.id == bindparam("id"))
_REQUEUE = update(work).where(
    work.c.id == bindparam("this"), work.c.version == bindparam("seen"), work.c.state == WorkState.WAITING
)
_LOAD = (
    select(work.c.medium, work.c.channel)
    .where(work.c.user_id == bindparam("user"), _open, work.c.state == WorkState.ASSIGNED)
    .union_all(
        select(work.c.medium, work.c.channel)
        .join(offers, offers.c.work_id == work.c.id)
        .where(offers.c.user_id == bindparam("user"), offers.c.ended_at.is_(None), work.c.state == WorkState.OFFERED)
    )
)
_LOCK_AGENT = update(presence).where(presence.c.user_id == bindparam("user")).values(version=presence.c.version + 1)
_AGENT = (
    select(presence, users.c.capacity, users.c.enabled)
    .join(users, users.c.id == presence.c.user_id)
    .where(presence.c.user_id == bindparam("user"))
)
_OFFER = select(offers).where(offers.c.id == bindparam("id"))
_OPEN_OFFERS = select(offers).where(offers.c.ended_at.is_(None)).order_by(offers.c.id)
_OFFERS_OF_WORK = _OPEN_OFFERS.where(offers.c.work_id == bindparam("work"))
_OFFERS_OF_USER = _OPEN_OFFERS.where(offers.c.user_id == bindparam("user"))
_END_OFFER = update(offers).where(offers.c.id == bindparam("this"), offers.c.ended_at.is_(None))
_SET_OFFER = _END_OFFER.where(offers.c.state.in_(OFFER_OPEN))


PRIORITY_SECONDS = 300  # how much waiting a point of priority counts for, unless the site says otherwise


def place(priority: int, enqueued_at: datetime, point: int) -> int:
    """The one order of waiting work, in microseconds: its first enqueue time, earlier by what its priority is."""
    return (int(enqueued_at.timestamp()) - priority * point) * 1_000_000 + enqueued_at.microsecond


def enqueue(tx: Tx, queue: Row, values: dict[str, Any]) -> int:
    """New work WAITING in a queue; `values` are columns (kind, interaction_id, medium, priority, enqueued_at …)."""
    requirement = {"skills": queue["skills"]} | dict(values.get("requirement", {}))
    row = {**values, "queue_id": queue["id"], "requirement": requirement, "created_at": tx.now}
    row.setdefault("enqueued_at", tx.now)
    row["queued_at"] = tx.now
    row.setdefault("place", place(row.get("priority", 0), row["enqueued_at"], PRIORITY_SECONDS))
    work_id = tx.make(work, row)
    tx.event(
        "work.enqueued", **_subjects(row), **described({**row, "id": work_id, "offer_seconds": queue["offer_seconds"]})
    )
    return work_id


def assign(tx: Tx, queue_id: int, user_id: int, values: dict[str, Any]) -> int:
    """New work that is somebody's at once (taken by hand, or come back to its owner)."""
    row = {**values, "queue_id": queue_id, "user_id": user_id, "state": WorkState.ASSIGNED, "created_at": tx.now}
    row.setdefault("enqueued_at", tx.now)
    work_id = tx.make(work, row)
    tx.event("work.assigned", **_subjects(row), work=work_id, medium=row["medium"], channel=row.get("channel", ""))
    return work_id


def requeue(tx: Tx, row: Row, queue: Row, **values: Any) -> bool:
    """Waiting work waits in this queue from now on, its first enqueue time unchanged; False when it waits no longer."""
    after = {**row, **values, "queue_id": queue["id"], "queued_at": tx.now}
    changed = {name: after[name] for name in (*values, "queue_id", "queued_at")}
    swap = {"this": row["id"], "seen": row["version"], "version": row["version"] + 1, **changed}
    if tx.conn.execute(_REQUEUE, swap).rowcount != 1:
        return False
    tx.event("work.enqueued", **_subjects(after), **described({**after, "offer_seconds": queue["offer_seconds"]}))
    return True


def change(tx: Tx, row: Row, **values: Any) -> bool:
    """Set columns that routing need not hear of; False when somebody was faster."""
    swap = {"this": row["id"], "seen": row["version"], "version": row["version"] + 1, **values}
    return tx.conn.execute(_MOVE, swap).rowcount == 1


def described(row: Row) -> dict[str, Any]:
    """What routing must know of waiting work, as the data of an event."""
    requirement = row.get("requirement", {})
    queued_at = row.get("queued_at")
    return {
        "work": row["id"],
        "medium": row["medium"],
        "channel": row.get("channel", ""),
        "queued_at": queued_at.isoformat() if queued_at else None,
        "agent": requirement.get("agent"),
        "agent_until": requirement.get("agent_until"),
        "visited": list(requirement.get("visited", [])),
        "priority": row.get("priority", 0),
        "enqueued_at": row["enqueued_at"].isoformat(),
        "skills": dict(requirement.get("skills", {})),
        "offer_seconds": row["offer_seconds"],
    }


def get(conn: Connection, work_id: int) -> Row | None:
    """One piece of work."""
    return one(conn, _BY_ID, id=work_id)


def open_for(conn: Connection, interaction_id: int) -> Row | None:
    """The work that stands for an interaction's need for an agent, if it has not ended."""
    return one(conn, _OPEN_FOR, interaction=interaction_id)


def open_of(conn: Connection, interaction_id: int, kind: str) -> list[Row]:
    """Work of this kind about an interaction that has not ended."""
    return many(conn, _OPEN_OF, interaction=interaction_id, kind=kind)


def held_by(conn: Connection, interaction_id: int, user_id: int) -> list[Row]:
    """What this user holds about an interaction."""
    mine = (work.c.interaction_id == interaction_id, work.c.user_id == user_id, work.c.state == WorkState.ASSIGNED)
    return many(conn, select(work).where(*mine, _open).order_by(work.c.id))


def all_open(conn: Connection) -> list[Row]:
    """Everything that waits, is offered or held: what the routing engine is rebuilt from."""
    joined = select(work, queues.c.offer_seconds).join(queues, queues.c.id == work.c.queue_id)
    return many(conn, joined.where(_open).order_by(work.c.enqueued_at, work.c.id))


def move(tx: Tx, row: Row, state: WorkState, event: str, **values: Any) -> bool:
    """Compare and swap on the version; False when somebody was faster."""
    swap = {"this": row["id"], "seen": row["version"], "state": state, "version": row["version"] + 1, **values}
    done = tx.conn.execute(_MOVE, swap)
    if done.rowcount != 1:
        return False
    tx.event(
        event,
        **_subjects({**row, "user_id": values.get("user_id") or row["user_id"]}),
        work=row["id"],
        previous=row["state"],
    )
    return True


def end(tx: Tx, row: Row, state: WorkState = WorkState.DONE) -> bool:
    """The need is met or gone; whoever held it has the slot back."""
    return move(tx, row, state, "work.ended", ended_at=tx.now, **on_the_way.arrived(row))


def load_of(conn: Connection, user_id: int) -> dict[str, int]:
    """How many of each medium, and of each channel, a user holds, offers included."""
    slots = conn.execute(_LOAD, {"user": user_id})
    return Counter(name for slot in slots for name in slot if name)


def lock_agent(tx: Tx, user_id: int) -> Row | None:
    """Serialise everything that fills this agent's slots; returns their presence with capacity."""
    if tx.conn.execute(_LOCK_AGENT, {"user": user_id}).rowcount == 0:
        return None
    return one(tx.conn, _AGENT, user=user_id)


def routable(row: Row | None) -> bool:
    """READY with no change pending. Reachability is the presence keeper's business: who is unreachable is not READY."""
    return row is not None and row["state"] == Presence.READY and not row["pending"] and bool(row["enabled"])


def _subjects(row: Row) -> dict[str, Any]:
    return {"interaction": row.get("interaction_id"), "queue": row.get("queue_id"), "user": row.get("user_id")}


# --- offers -------------------------------------------------------------------------------------------------------


def get_offer(conn: Connection, offer_id: int) -> Row | None:
    """One offer."""
    return one(conn, _OFFER, id=offer_id)


def open_offers(conn: Connection, user_id: int | None = None, work_id: int | None = None) -> list[Row]:
    """Offers that have not ended, of one user, of one piece of work, or all; of calls also those that were accepted and
    whose device still rings."""
    if work_id is not None:
        return [row for row in many(conn, _OFFERS_OF_WORK, work=work_id) if user_id in (None, row["user_id"])]
    return many(conn, _OPEN_OFFERS) if user_id is None else many(conn, _OFFERS_OF_USER, user=user_id)


def set_offer(tx: Tx, row: Row, state: OfferState, event: str) -> bool:
    """An open offer goes on: its device RINGING, or ACCEPTED until the device is answered. False when it has ended."""
    if tx.conn.execute(_SET_OFFER, {"this": row["id"], "state": state}).rowcount != 1:
        return False
    subjects = {"interaction": row["interaction_id"], "queue": row["queue_id"], "user": row["user_id"]}
    tx.event(event, **subjects, offer=row["id"], work=row["work_id"], state=state.value)
    return True


def end_offer(tx: Tx, row: Row, state: OfferState, **data: Any) -> bool:
    """End an open offer, exactly once; False when it had ended already."""
    OFFER.check(OfferState(row["state"]), state)
    if tx.conn.execute(_END_OFFER, {"this": row["id"], "state": state, "ended_at": tx.now}).rowcount != 1:
        return False
    subjects = {"interaction": row["interaction_id"], "queue": row["queue_id"], "user": row["user_id"]}
    tx.event("offer.ended", **subjects, offer=row["id"], work=row["work_id"], state=state.value, **data)
    return True


def queue(conn: Connection, queue_id: int | None) -> Row | None:
    """One queue."""
    return one(conn, _QUEUE, id=queue_id)


def queue_by_key(conn: Connection, key: str) -> Row | None:
    """The queue a site file or a flow calls by this key."""
    return one(conn, select(queues).where(queues.c.key == key))


def queue_of_department(conn: Connection, department_id: int) -> Row | None:
    """The first queue of a department that is in use."""
    mine = select(queues).where(queues.c.department_id == department_id, queues.c.enabled)
    return one(conn, mine.order_by(queues.c.id).limit(1))


def first_queue(conn: Connection) -> Row:
    """The site's first queue: where work belongs that no account gave a queue. Raises Invalid when there is none."""
    found = one(conn, select(queues).order_by(queues.c.id).limit(1))
    if found is None:
        raise Invalid("the site has no queue")
    return found
