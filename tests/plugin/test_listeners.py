"""The site's connections: what is heard goes in, what changes restarts, how they fare stands in their rows."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr
from sqlalchemy import select, text

from hub.api import AnyConnection, Connection, Emit, Raw, Ready, Unreachable
from hub.plugin.health import Health
from hub.plugin.listeners import Listeners
from hub.plugin.registry import compose
from hub.plugin.supervision import ConnectionState
from hub.store.database import Store
from hub.store.tables import connections, events
from tests.plugin.doubles import Letters, plugin_object, site
from tests.plugin.doubles_core import NotingCore

Listen = Callable[[AnyConnection, Emit, Ready], Any]


class Box(BaseModel):
    """Connection settings with a secret."""

    host: str = "post.example"
    password: SecretStr = SecretStr("hunter2")


class Hearing(Letters):
    """A channel that listens as a test says."""

    connection = Box

    def __init__(self, listen: Listen) -> None:
        super().__init__()
        self._listen = listen

    async def listen(self, connection: AnyConnection, emit: Emit, ready: Ready) -> None:
        """As told."""
        await self._listen(connection, emit, ready)


class House:
    """A store with one connection's row, and listeners over a channel."""

    def __init__(self, store: Store, channel: Letters) -> None:
        self.store = store
        self.core = NotingCore(store)
        self.health = Health(store)
        plugins = site(post=plugin_object(hub_channels=lambda context: [channel]))
        self.listeners = Listeners(compose(plugins, self.core), self.core, self.health)

    async def close(self) -> None:
        """Stop, and write the last states."""
        await self.listeners.stop()
        await self.health.close()

    async def row(self) -> Any:
        """The connection's row."""
        return await self.store.read(lambda conn: conn.execute(select(connections)).mappings().one())


@pytest.fixture
async def house(store: Store) -> AsyncIterator[Callable[[Letters], House]]:
    insert = "INSERT INTO connections (id, channel, name, settings) VALUES (1, 'letters', 'Box', '{}')"
    await store.write(lambda tx: tx.conn.execute(text(insert)))
    made: list[House] = []

    def make(channel: Letters) -> House:
        made.append(House(store, channel))
        return made[-1]

    yield make
    for one in made:
        await one.close()


BOX: AnyConnection = Connection(1, "Box", Box())


async def state(store: Store, wanted: ConnectionState) -> None:
    """Wait until the event log says so."""
    async for event in store.tail.follow(since=0):
        if event.type == "connection.state" and event.data["state"] == wanted:
            return


async def test_what_is_heard_goes_in_with_its_connection_and_cursor(house: Callable[[Letters], House]) -> None:
    done = asyncio.Event()

    async def listen(connection: AnyConnection, emit: Emit, ready: Ready) -> None:
        ready("port 1")
        await emit(Raw(b"one"), "1/7")
        done.set()
        await asyncio.Event().wait()

    here = house(Hearing(listen))
    await here.listeners.reconcile([("letters", BOX)])
    await done.wait()
    assert here.core.asked == [("accept", "letters", Raw(b"one"), None, BOX, "1/7")]
    await state(here.store, ConnectionState.RUNNING)
    assert (await here.row())["state_detail"] == "port 1"
    await here.close()
    assert (await here.row())["state"] == "STOPPED"


async def test_secrets_never_reach_the_row(house: Callable[[Letters], House]) -> None:
    async def listen(connection: AnyConnection, emit: Emit, ready: Ready) -> None:
        raise Unreachable("login with hunter2 failed")

    here = house(Hearing(listen))
    await here.listeners.reconcile([("letters", BOX)])
    await state(here.store, ConnectionState.FAILED)
    detail = (await here.row())["state_detail"]
    assert "login with ******** failed" in detail
    assert "hunter2" not in detail


async def test_only_a_change_restarts_it(house: Callable[[Letters], House]) -> None:
    runs: list[str] = []
    begun: asyncio.Queue[None] = asyncio.Queue()

    async def listen(connection: AnyConnection, emit: Emit, ready: Ready) -> None:
        runs.append(connection.settings.host)
        begun.put_nowait(None)
        await asyncio.Event().wait()

    here = house(Hearing(listen))
    await here.listeners.reconcile([("letters", BOX)])
    await begun.get()
    await here.listeners.reconcile([("letters", replace(BOX, cursor="1/9"))])
    await here.listeners.reconcile([("letters", replace(BOX, settings=Box(host="other.example")))])
    await begun.get()
    assert runs == ["post.example", "other.example"]
    await here.listeners.reconcile([])
    assert here.listeners.state(1) is ConnectionState.STOPPED


async def test_a_restarted_listener_goes_on_at_the_committed_cursor(house: Callable[[Letters], House]) -> None:
    seen: asyncio.Queue[str | None] = asyncio.Queue()

    async def listen(connection: AnyConnection, emit: Emit, ready: Ready) -> None:
        seen.put_nowait(connection.cursor)
        await asyncio.Event().wait()

    here = house(Hearing(listen))
    await here.store.write(lambda tx: tx.conn.execute(text("UPDATE connections SET cursor = '1/42'")))
    await here.listeners.reconcile([("letters", BOX)])
    assert await seen.get() == "1/42"


async def test_a_channel_that_hears_by_routes_only_is_running_at_once(house: Callable[[Letters], House]) -> None:
    here = house(Letters())
    await here.listeners.reconcile([("letters", BOX)])
    await state(here.store, ConnectionState.RUNNING)
    assert here.listeners.state(1) is ConnectionState.RUNNING


async def test_a_connection_without_its_plugin_says_so(house: Callable[[Letters], House]) -> None:
    here = house(Letters())
    await here.listeners.reconcile([("pigeons", BOX)])
    await state(here.store, ConnectionState.FAILED)
    assert (await here.row())["state_detail"] == "No plugin at work carries the channel pigeons."


async def test_every_written_state_is_an_event(house: Callable[[Letters], House]) -> None:
    here = house(Letters())
    await here.listeners.reconcile([("letters", BOX)])
    await state(here.store, ConnectionState.RUNNING)
    await here.close()
    told = await here.store.read(lambda conn: conn.scalars(select(events.c.type)).all())
    assert set(told) == {"connection.state"}
