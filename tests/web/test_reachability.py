"""Who has no screen any more is offered nothing."""

from __future__ import annotations

from sqlalchemy import update

from hub.model.states import Presence
from hub.pipeline import presence
from hub.store import admin_agents
from hub.store.columns import EPOCH
from hub.store.database import Store
from hub.store.tables import sessions
from hub.store.unit import Tx
from hub.web.reachability import Reachability
from tests.web.people import People


async def after_the_last_stream_ended(store: Store, user_id: int, *, connected: bool = False) -> tuple[str, str]:
    """State and reason of an agent who was READY."""
    reachability = Reachability(store, lambda _: False, grace=0)
    reachability.gone(user_id)
    reachability._connected = lambda _: connected
    await reachability._waits._tasks[user_id]
    found = await store.read(lambda conn: admin_agents.presence_of(conn, user_id))
    return found.state, found.reason


def ready(tx: Tx, user_id: int) -> None:
    presence.put(tx, user_id, Presence.READY)
    tx.conn.execute(update(sessions).values(seen_at=EPOCH))


async def test_an_agent_without_a_screen_is_not_ready(people: People, store: Store) -> None:
    user_id = people.ids.users["agent"]
    await people.client("agent")
    await store.write(lambda tx: ready(tx, user_id))
    assert await after_the_last_stream_ended(store, user_id) == ("NOT_READY", "UNREACHABLE")


async def test_an_agent_who_is_back_stays_ready(people: People, store: Store) -> None:
    user_id = people.ids.users["agent"]
    await store.write(lambda tx: ready(tx, user_id))
    assert await after_the_last_stream_ended(store, user_id, connected=True) == ("READY", "")


async def test_an_agent_who_works_without_a_stream_stays_ready(people: People, store: Store) -> None:
    user_id = people.ids.users["agent"]
    await people.client("agent")
    await store.write(lambda tx: presence.put(tx, user_id, Presence.READY))
    await store.write(lambda tx: tx.conn.execute(update(sessions).values(seen_at=tx.now.replace(year=tx.now.year + 1))))
    assert await after_the_last_stream_ended(store, user_id) == ("READY", "")
