"""A fax that is coming in is seen page by page while it does, at every node, and no longer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from hub.api import Address, Closed, Line, Viewer, WebSocket
from hub.testing import FakeContext
from plugins.fax.incoming import arriving, receiving
from plugins.fax.incoming.arriving import Arriving
from plugins.fax.incoming.under_way import Note
from plugins.fax.office import Office
from plugins.fax.pages import PageError, Problem
from plugins.fax.screens.arriving import routes
from plugins.fax.settings import FaxSettings
from plugins.fax.terminal.job import Done, Event, Job, PageDone, Phase, Progress
from plugins.fax.tests.test_contract import ACCOUNT
from plugins.fax.tests.test_incoming import MIGRATIONS, TWO_PAGES

DEALER = "+8613800138000"
ON_PAGE_1 = Progress(Phase.PAGE, 1, 9600, ecm=True, remote_ident="Pudong 12")


class Screen:
    """A supervisor's page."""

    viewer = Viewer(5, "Su", "en", frozenset({"interactions.supervise"}))

    def __init__(self) -> None:
        self.told: list[list[dict[str, Any]]] = []
        self.news = asyncio.Event()
        self.closed = asyncio.Event()

    async def accept(self, subprotocol: str | None = None) -> None: ...

    async def receive(self) -> str:
        await self.closed.wait()
        raise Closed

    async def send(self, text: str) -> None:
        self.told.append(json.loads(text)["items"])
        self.news.set()

    async def until(self, pages: list[int]) -> None:
        """It shows this page of each."""
        while not self.told or [each["page"] for each in self.told[-1]] != pages:
            self.news.clear()
            await self.news.wait()


def office() -> Office:
    context = FakeContext("fax", FaxSettings(), accounts=[ACCOUNT], migrations=MIGRATIONS)
    made = Office(context)
    made.__dict__["reader"] = _Reader()
    return made


class _Reader:
    async def read(self, tiff: bytes) -> None:
        raise PageError(Problem.UNREADABLE, "")


@pytest.mark.timeout(30)
async def test_a_screen_shows_each_page_as_it_comes_and_nothing_once_it_is_handed_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("plugins.fax.screens.arriving.PAUSE", 0)
    at, screen = office(), Screen()
    [route] = routes(at)
    opened = asyncio.create_task(cast("Any", route).endpoint(cast("WebSocket", screen)))
    await screen.until([])

    async def pages(terminals: object, line: object, job: Job, t38: object, hear: Callable[[Event], None]) -> Done:
        await screen.until([0])
        hear(ON_PAGE_1)
        await screen.until([1])
        hear(PageDone(1, 100, 0, 9600, 0))
        await screen.until([2])
        cast("Path", job.receive).write_bytes(TWO_PAGES)
        return Done(0, "", 2, 0)

    monkeypatch.setattr(receiving, "fax", pages)
    line = SimpleNamespace(caller=Address("tel", DEALER), called=ACCOUNT.address)
    await receiving.receive(at, ACCOUNT, cast("Line", line))
    await screen.until([])
    assert [raw.meta["caller"] for _, raw in cast("FakeContext", at.context).emitted] == [DEALER]
    [on_page_1] = next(items for items in screen.told if items and items[0]["page"] == 1)
    shown = {name: on_page_1[name] for name in ("caller", "to", "phase", "bit_rate", "station")}
    assert shown == {
        "caller": DEALER, "to": ACCOUNT.name, "phase": "PAGE", "bit_rate": 9600, "station": "Pudong 12",
    }  # fmt: skip
    screen.closed.set()
    await opened
    assert not at.arriving._watching


@pytest.mark.timeout(30)
async def test_what_comes_in_at_another_node_is_seen_until_that_is_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    at = office()
    here, there = at.arriving, Arriving(at.context, "there", at.soon)
    listening = asyncio.create_task(here.run())
    await asyncio.sleep(0)
    screen = here.watch()
    assert await anext(screen) == []
    there.begins("a", ACCOUNT, DEALER)
    assert [each.caller for each in await anext(screen)] == [DEALER]
    there.begins("b", ACCOUNT, DEALER)
    assert [each.name for each in await anext(screen)] == ["a", "b"]
    there.over("a")
    assert [each.name for each in await anext(screen)] == ["b"]
    monkeypatch.setattr(arriving, "FORGET_AFTER", 0)
    assert here.now() == [], "its node said nothing more of it"
    await screen.aclose()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def test_a_fax_that_cannot_be_handed_in_is_not_shown_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(*_: object) -> None:
        raise OSError("disk full")

    at = office()
    monkeypatch.setattr(receiving, "_handed_in", breaks)
    piece = at.under_way.begin(Note.now(ACCOUNT.address.value, DEALER, ACCOUNT.address.value))
    at.arriving.begins(piece.name, ACCOUNT, DEALER)
    await at.soon(receiving._hand_in(at, ACCOUNT, piece, cast("Any", None), Done(0, "", 1, 0), 1.0))
    assert at.arriving.now() == []


@pytest.mark.timeout(30)
async def test_a_screen_shows_only_what_comes_to_accounts_its_viewer_sees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugins.fax.screens.arriving.PAUSE", 0)
    at, screen = office(), Screen()
    cast("FakeContext", at.context).out_of_sight.add(8)
    [route] = routes(at)
    opened = asyncio.create_task(cast("Any", route).endpoint(cast("WebSocket", screen)))
    await screen.until([])
    for name, account in (("theirs", replace(ACCOUNT, id=8)), ("ours", ACCOUNT)):
        at.arriving.begins(name, account, DEALER)
    await screen.until([0])
    assert {each["name"] for items in screen.told for each in items} == {"ours"}
    at.arriving.over("ours")
    await screen.until([])
    screen.closed.set()
    await opened
