"""The table has who is open here, whatever the database did meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from typing import Any

import pytest

from hub.api import Overloaded
from hub.testing import FakeContext
from plugins.sip import hub_migrations
from plugins.sip.phones.softphones import Place, Softphones
from plugins.sip.settings import SipSettings
from plugins.sip.softphone import listing
from plugins.sip.softphone.listing import Listing

ANN = Place(3, "ann", "Browser", "127.0.0.1", 5060)
ELSEWHERE = Place(3, "elsewhere", "Browser", "127.0.0.2", 5060)
BO = Place(4, "bo", "Browser", "127.0.0.1", 5060)


class Wayward(Softphones):
    """Away for `trouble` changes, and slow as long as its `gate` is shut."""

    trouble = 0

    def __init__(self, context: FakeContext) -> None:
        super().__init__(context.store)
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked = 0

    async def change(self, opened: Collection[Place], closed: Collection[Place]) -> None:
        self.asked += 1
        await self.gate.wait()
        if self.asked <= self.trouble:
            raise Overloaded
        await super().change(opened, closed)


@asynccontextmanager
async def listed(here: Callable[[], Collection[Place]]) -> AsyncIterator[tuple[Listing, Wayward]]:
    """At work."""
    context = FakeContext("sip", SipSettings(), migrations=hub_migrations() / "versions")
    places = Wayward(context)
    made = Listing(context, places, here)
    running = asyncio.create_task(made.run())
    try:
        yield made, places
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def until(true: Callable[[], Any]) -> None:
    async with asyncio.timeout(5):
        while not await true():  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.005)


async def test_a_database_that_is_away_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "AGAIN_AFTER", 0.01)
    async with listed(lambda: [ANN]) as (made, places):
        places.trouble = 2
        made.note(ANN, is_open=True)
        await until(lambda: places.of_user(3))
        assert await places.of_user(3) == ANN and places.asked == 3


async def test_what_was_true_last_is_what_stands() -> None:
    async with listed(lambda: [ANN]) as (made, places):
        places.gate.clear()
        made.note(ANN, is_open=False)
        await until(lambda: asyncio.sleep(0, places.asked))
        made.note(BO, is_open=True)
        made.note(ANN, is_open=False)
        made.note(ANN, is_open=True)
        places.gate.set()
        await until(lambda: places.of_user(3))
        assert (await places.of_user(3), await places.of_user(4)) == (ANN, BO)
        await made.close()
        assert await places.of_user(3) is None


async def test_what_was_lost_is_put_there_again_unless_it_is_open_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "LASTS", 0.06)
    async with listed(lambda: [ANN, BO]) as (_, places):
        await places.change([ELSEWHERE], ())
        await until(lambda: places.of_user(4))
        assert (await places.of_user(3), await places.of_user(4)) == (ELSEWHERE, BO)
