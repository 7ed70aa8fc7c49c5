"""A shop with a house behind it, and visitors who come in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from plugins.web_chat import session
from plugins.web_chat.tests.agent import SITE, Agent
from plugins.web_chat.tests.house import FakeSocket, House, account
from plugins.web_chat.tests.shop import PAGE, Shop, Visit
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


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    shop = Shop()
    server = await asyncio.start_server(shop, "127.0.0.1", 0)
    shop.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield shop
    server.close()


@pytest.fixture
async def visit(browser: Browser, hub: HubProcess, shop: Shop) -> AsyncIterator[Visit]:
    """`page = await visit("night", language="zh")`: a person on the shop's page; an uncaught error fails the test."""
    errors: list[str] = []

    async def open_page(account: str = "shop", language: str = "en", **context: Any) -> Page:
        page = await (await browser.new_context(locale=language, **context)).new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Content Security" in said.text else None)
        sockets = hub.http.replace("http", "ws", 1)
        shop.page = PAGE.format(hub=hub.http, socket=sockets, account=account, language=language)
        await page.goto(shop.origin)
        await expect(page.get_by_test_id("chat-launcher")).to_be_visible()
        return page

    yield open_page
    assert not errors, f"uncaught in the page: {errors}"
