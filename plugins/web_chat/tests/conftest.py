"""A shop with a house behind it, and visitors who come in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from plugins.web_chat import session
from plugins.web_chat.tests.agent import SITE, Agent
from plugins.web_chat.tests.house import FakeSocket, House, account
from tests.support.fixtures import StartHub
from tests.support.hub_process import HubProcess

ORIGIN = "https://shop.test"
Enter = Callable[..., Any]


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with _open_house() as house:
        yield house


@pytest.fixture
async def open_house() -> AsyncIterator[Callable[..., Any]]:
    """`house = await open_house(rating=False, limits={…})`: a shop set up otherwise."""
    async with AsyncExitStack() as stack:

        async def make(**settings: Any) -> House:
            return await stack.enter_async_context(_open_house(**settings))

        yield make


@asynccontextmanager
async def _open_house(**settings: Any) -> AsyncIterator[House]:
    house = House(account(**{"origins": [ORIGIN], **settings}))
    running = asyncio.create_task(house.desk.run())
    yield house
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


@pytest.fixture
async def enter() -> AsyncIterator[Enter]:
    """`socket = await enter(house, token=…)`: a tab that said hello and got everything there is."""
    sockets: list[FakeSocket] = []

    async def come_in(house: House, *, wait: bool = True, **hello: Any) -> FakeSocket:
        socket = FakeSocket()
        socket.served = asyncio.create_task(session.serve(house.desk, socket))
        sockets.append(socket)
        socket.say({"type": "hello", "version": 1, **hello})
        if wait:
            await socket.hears("ready")
        return socket

    yield come_in
    for socket in sockets:
        await socket.go()


@pytest.fixture
async def hub(hub_process: StartHub, tmp_path: Path) -> HubProcess:
    (tmp_path / "hub.toml").write_text(SITE)
    return await hub_process()


@pytest.fixture
async def mei(hub: HubProcess) -> AsyncIterator[Agent]:
    async with Agent(hub) as agent:
        yield agent
