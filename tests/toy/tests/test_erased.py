"""Who is erased while a plugin cannot forget them is forgotten by it at the next start."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from hub.api import Address, hookimpl
from hub.pipeline import conclude
from hub.plugin.discovery import Plugins
from hub.plugin.record import Plugin, PluginState
from hub.store import erasing
from hub.store.tables import customers, messages
from tests.toy.tests.exchange import Exchange
from tests.toy.tests.house import House

pytestmark = pytest.mark.slow


class Bears:
    """A plugin that keeps a list of bears, if its disk is there."""

    def __init__(self) -> None:
        self.broken = True
        self.asked = asyncio.Event()
        self.forgot = asyncio.Queue[tuple[int, list[str]]]()

    @hookimpl
    async def hub_customer_erased(self, customer: int, addresses: Sequence[Address]) -> None:
        """Takes one off it."""
        self.asked.set()
        if self.broken:
            raise OSError("no disk")
        await self.forgot.put((customer, [address.value for address in addresses]))


class BearsHouse(House):
    """A house with the list."""

    bears: Bears

    def plugins(self) -> Plugins:
        """The toy, and the list."""
        found = super().plugins()
        found.add(Plugin("bears", PluginState.LOADED, target=self.bears))
        return found


async def test_a_bear_is_forgotten_after_the_crash(database_url: str, tmp_path: Path, exchange: Exchange) -> None:
    house, bears = BearsHouse(database_url, tmp_path, exchange), Bears()
    house.bears = bears
    async with house:
        talk = await house.talk()
        await house.store.write(lambda tx: conclude.close(tx, house.ann, talk, "SOLVED"))
        [bear] = await house.rows(customers)
        await house.store.write(lambda tx: erasing.erase_customer(tx, house.ann, bear["id"], ("toy", "bears")))
        async with asyncio.timeout(30):
            await bears.asked.wait()
        assert [message["text"] for message in await house.rows(messages)] == [""]
    bears.broken = False
    async with house, asyncio.timeout(30):
        assert await bears.forgot.get() == (bear["id"], ["bear"])
