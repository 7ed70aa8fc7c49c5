"""What came in and was no message is forgotten in time: never what waits, nor what nobody has looked at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from hub.model.states import RawState
from hub.store import raws as stored
from hub.store.database import Store
from hub.store.raws import NewRaw
from hub.store.tables import interactions, messages, parts, raws
from hub.store.unit import Tx
from hub.web.housekeeping import forget_inputs
from tests.web.conversations import insert_account, insert_queue

NOW = datetime.now(UTC)
OLD, BEFORE = NOW - timedelta(days=100), NOW - timedelta(days=90)
ROWS: dict[str, dict[str, Any]] = {
    "message": {},
    "part of it": {},
    "a receipt": {},
    "the message once more": {},
    "waits": {"state": RawState.STORED, "done_at": None},
    "nobody looked at it": {"state": RawState.QUARANTINED, "done_at": None},
    "put away": {"state": RawState.DISCARDED},
    "put away just now": {"state": RawState.DISCARDED, "done_at": NOW},
    "of a text that is not whole": {},
    "a receipt of today": {"received_at": NOW, "done_at": NOW},
    "the newest": {},
}


def prepare(tx: Tx) -> dict[str, int]:
    """One input of each kind, by name."""
    account = insert_account(tx, insert_queue(tx, None, "front"), None)
    new = [NewRaw("toy", account, None, name.encode(), {}) for name in ROWS]
    ids = dict(zip(ROWS, stored.add_all(tx, new, "a"), strict=True))
    for name, differs in ROWS.items():
        values = {"state": RawState.DONE, "received_at": OLD, "done_at": OLD, **differs}
        tx.conn.execute(update(raws).where(raws.c.id == ids[name]).values(values))
    _say(tx, account, ids["message"])
    stored.belong(tx, [ids["part of it"]], ids["message"])
    stored.belong(tx, [ids["the message once more"]], ids["part of it"])
    waiting = {"account_id": account, "key": "k", "position": 0, "total": 2, "content": {}, "expires_at": NOW}
    tx.conn.execute(insert(parts).values(**waiting, raw_id=ids["of a text that is not whole"]))
    return ids


def _say(tx: Tx, account: int, raw: int) -> None:
    times = {"created_at": OLD, "updated_at": OLD}
    of = {"account_id": account, "channel": "toy", "state": "CLOSED", "reply_to": {}}
    talk = tx.conn.execute(insert(interactions).values(**of, **times).returning(interactions.c.id)).scalar_one()
    said = {"interaction_id": talk, "position": 1, "direction": "IN", "raw_id": raw, "created_at": OLD}
    tx.conn.execute(insert(messages).values(said))


async def test_only_what_is_settled_and_no_messages_is_forgotten(store: Store) -> None:
    ids = await store.write(prepare)
    names = {number: name for name, number in ids.items()}

    def left(conn: Connection) -> set[str]:
        return {names[number] for number in conn.execute(select(raws.c.id)).scalars()}

    await forget_inputs(store, BEFORE)
    gone = {"a receipt", "the message once more", "put away"}
    assert await store.read(left) == ROWS.keys() - gone
    await forget_inputs(store, BEFORE)
    gone |= {"part of it"}  # kept until nothing was known by it alone
    assert await store.read(left) == ROWS.keys() - gone


async def test_what_a_person_puts_away_is_kept_from_then_on(store: Store) -> None:
    ids = await store.write(prepare)
    aside = ids["nobody looked at it"]
    quarantined, discarded = RawState.QUARANTINED, RawState.DISCARDED
    assert await store.write(lambda tx: stored.set_state(tx, aside, quarantined, discarded))
    await forget_inputs(store, BEFORE)
    assert await store.read(lambda conn: stored.get(conn, aside))
    await forget_inputs(store, datetime.now(UTC) + timedelta(days=1))
    assert not await store.read(lambda conn: stored.get(conn, aside))
