"""One plugin's failure is its own: whatever a neighbour does, the toy is heard, offered and answered."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pydantic import BaseModel

from hub.api import (
    Address,
    AnyAccount,
    AnyConnection,
    Capabilities,
    Channel,
    Context,
    CustomerRef,
    Emit,
    Event,
    Inbound,
    Json,
    Medium,
    Normalised,
    Outbound,
    Raw,
    Ready,
    Sent,
    hookimpl,
)
from hub.plugin.discovery import GROUP, Plugins, discover
from hub.plugin.record import PluginState
from hub.plugin.site_model import SiteFile
from hub.store.tables import messages
from tests.toy.tests.exchange import Exchange
from tests.toy.tests.house import TOY, House

BEAR = {"from": "bear"}


class Nothing(BaseModel):
    """No settings."""


class Evil:
    """A channel that hangs in every thread it gets and ends every listener at once."""

    name = "evil"
    connection: type[BaseModel] = Nothing
    account: type[BaseModel] = Nothing
    capabilities = Capabilities(Medium.DEFERRED)

    def __init__(self) -> None:
        self.release = threading.Event()
        self.reading = threading.Semaphore(0)

    def address(self, raw: Raw) -> Sequence[Address]:
        """Never."""
        raise SystemExit("no")

    def authenticate(self, account: AnyAccount, raw: Raw) -> None:
        """Anybody."""

    def normalise(self, account: AnyAccount, raw: Raw) -> Sequence[Normalised]:
        """Hangs."""
        self.reading.release()
        self.release.wait(60)
        return []

    async def send(self, connection: AnyConnection | None, account: AnyAccount, message: Outbound) -> Sent:
        """Leaves."""
        raise SystemExit("no")

    async def listen(self, connection: AnyConnection, emit: Emit, ready: Ready) -> None:
        """Leaves at once."""
        raise SystemExit("no")


@pytest.fixture
def evil(monkeypatch: pytest.MonkeyPatch) -> Iterator[Evil]:
    """A plugin that raises from every hook it can."""
    channel = Evil()
    module = ModuleType("evil_neighbour")

    def hook(function: Any) -> Any:
        setattr(module, function.__name__, hookimpl(function))
        return function

    @hook
    def hub_channels(context: Context) -> Sequence[Channel]:
        return [channel]

    @hook
    async def hub_start(context: Context) -> None:
        raise RuntimeError("no")

    @hook
    def hub_event(event: Event) -> None:
        raise SystemExit("no")

    @hook
    async def hub_identify(inbound: Inbound, account: AnyAccount) -> CustomerRef:
        raise KeyError("no")

    @hook
    async def hub_timer(context: Context, name: str, payload: Mapping[str, Json]) -> None:
        raise OSError("no")

    monkeypatch.setitem(sys.modules, module.__name__, module)
    yield channel
    channel.release.set()


class Haunted(House):
    """A house with that neighbour in it."""

    def plugins(self) -> Plugins:
        """It, one that is not there, and the toy."""
        return discover(["evil", "broken", "toy"], [TOY, EntryPoint("evil", "evil_neighbour", GROUP)])


def with_neighbour(file: SiteFile) -> SiteFile:
    """The same site, and a connection and an account of the neighbour's."""
    own = {"name": "Evil", "channel": "evil", "settings": {}}
    connection = file.connections[0].model_copy(update=own)
    account = file.accounts[0].model_copy(update={**own, "address": Address("evil", "x"), "connection": "Evil"})
    both = {"connections": [*file.connections, connection], "accounts": [*file.accounts, account]}
    return file.model_copy(update=both)


@pytest.fixture
async def haunted(database_url: str, tmp_path: Path, exchange: Exchange, evil: Evil) -> AsyncIterator[Haunted]:
    house = Haunted(database_url, tmp_path, exchange)
    house.file = with_neighbour(house.file)
    async with house:
        yield house


async def test_the_toy_is_answered_beside_it(haunted: Haunted, evil: Evil) -> None:
    account = await haunted.site.core.account("evil", Address("evil", "x"))
    assert account is not None
    for number in range(8):
        await haunted.site.core.accept("evil", Raw(b"%d" % number), account=account, connection=None, cursor=None)
    await asyncio.to_thread(evil.reading.acquire)
    interaction = await haunted.talk()
    await haunted.reply(interaction, "Still here")
    await haunted.exchange.until("delivery", lambda entry: entry["text"] == "Still here")


async def test_what_it_did_is_counted_against_it_alone(haunted: Haunted) -> None:
    await haunted.talk()
    plugins = {plugin.name: plugin for plugin in haunted.site.registry.plugins}
    assert plugins["evil"].faults > 0
    assert plugins["toy"].faults == 0
    assert plugins["broken"].state is PluginState.FAILED
    assert len(await haunted.rows(messages)) == 1


async def test_its_listener_is_failed_and_ours_runs(haunted: Haunted) -> None:
    await haunted.until("connection.state", lambda event: event.data == {"connection": 2, "state": "FAILED"})
    await haunted.until("connection.state", lambda event: event.data == {"connection": 1, "state": "RUNNING"})
