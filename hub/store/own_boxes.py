"""The voicemail box of an agent's own: whether they have one, what it says, and when it takes a call."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, select

from hub.store.rows import one
from hub.store.tables import own_boxes, users
from hub.store.unit import Tx
from hub.store.upsert import insert_into


@dataclass(frozen=True, slots=True)
class OwnBox:
    """`greeting`: what a caller hears before the tone, "" the house's words; `recorded`: a recording instead.
    `ring_seconds`: how long a call that is for this agent by name waits for them before. `at_once`: it does not wait
    while they are not at work, or busy."""

    enabled: bool = False
    greeting: str = ""
    ring_seconds: int = 20
    at_once: bool = True
    recorded: bool = False


def of(conn: Connection, user_id: int) -> OwnBox:
    """As they have it; off until somebody says otherwise."""
    box = own_boxes.c
    recorded = box.sound.is_not(None).label("recorded")
    columns = (box.enabled, box.greeting, box.ring_seconds, box.at_once, recorded)
    row = one(conn, select(*columns).where(box.user_id == user_id))
    return OwnBox(**row) if row else OwnBox()


def put(tx: Tx, user_id: int, box: OwnBox) -> None:
    """From now on; a recording stays."""
    values = {name: value for name, value in asdict(box).items() if name != "recorded"}
    new = insert_into(tx.conn, own_boxes).values(user_id=user_id, **values)
    tx.conn.execute(new.on_conflict_do_update(index_elements=["user_id"], set_=values))
    tx.event("user.changed", user=user_id)


def sound_of(conn: Connection, user_id: int) -> bytes | None:
    """The recorded greeting, a WAV file; None without one."""
    found = conn.execute(select(own_boxes.c.sound).where(own_boxes.c.user_id == user_id)).scalar()
    return bytes(found) if found is not None else None


def record(tx: Tx, user_id: int, sound: bytes | None) -> None:
    """This is the greeting from now on; None: the words are."""
    new = insert_into(tx.conn, own_boxes).values(user_id=user_id, sound=sound)
    tx.conn.execute(new.on_conflict_do_update(index_elements=["user_id"], set_={"sound": sound}))
    tx.event("user.changed", user=user_id)


def open_ones(conn: Connection) -> list[int]:
    """Whose box takes calls."""
    joined = select(users.c.id).join(own_boxes, own_boxes.c.user_id == users.c.id)
    return list(conn.execute(joined.where(own_boxes.c.enabled, users.c.enabled).order_by(users.c.id)).scalars())
