"""A broadcast as a supervisor's page begins, stops and ends it, while its work really runs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import insert

from hub.api import Request, Route, Viewer, WebSocketRoute
from hub.testing import FakeContext
from plugins.fax import hub_panels
from plugins.fax.broadcast import routes, running
from plugins.fax.broadcast.numbers import MOST
from plugins.fax.channel import FaxChannel
from plugins.fax.pages import PageError, Problem
from plugins.fax.routes import routes as all_routes
from plugins.fax.screens import arriving
from plugins.fax.settings import FaxSettings
from plugins.fax.tables import jobs
from plugins.fax.tests.test_broadcast import MIGRATIONS, NUMBERS, delivery
from plugins.fax.tests.test_contract import ACCOUNT
from plugins.fax.tests.test_routes import FAX

LIST = "\n".join(each.number for each in NUMBERS)
LINES = ACCOUNT.settings.lines

ENDED = {"attempts": 1, "page": 1, "code": "", "text": "", "leased_by": "", "leased_until": None}


class Printer:
    """It prints whatever has anything in it."""

    async def to_pages(self, files: list[Any], options: object) -> None:
        if not files:
            raise PageError(Problem.EMPTY)


@dataclass
class Desk:
    """Su's page, and the site behind it. `looked` tells that the work has looked since."""

    context: FakeContext = field(
        default_factory=lambda: FakeContext("fax", FaxSettings(), accounts=[ACCOUNT], migrations=MIGRATIONS)
    )
    language: str = "en"
    looked: asyncio.Condition = field(default_factory=asyncio.Condition)

    def __post_init__(self) -> None:
        self.channel = FaxChannel(self.context)
        self.channel.office.__dict__["printer"] = Printer()
        made = routes.routes(self.channel.office, self.channel.broadcasts)
        self._routes = {(each.method, each.path): each for each in made if isinstance(each, Route)}

    async def asks(self, method: str, path: str, body: object = None, broadcast: int | str = 0) -> tuple[int, Any]:
        su = Viewer(5, "Su", self.language, frozenset({"interactions.supervise"}))
        said = json.dumps(body).encode()
        request = Request(method, path, {"broadcast": str(broadcast)}, {}, {}, said, "", "", su)
        answer = await self._routes[method, path].endpoint(request)
        return answer.status, json.loads(answer.body)

    async def begins(self, **more: Any) -> tuple[int, Any]:
        return await self.asks("POST", "/broadcasts", {"account": 1, "title": "Prices", "numbers": LIST, **more})

    async def turns(self, broadcast: int, to: str) -> bool:
        _, said = await self.asks("POST", "/broadcasts/{broadcast}", {"to": to}, broadcast)
        return bool(said["done"])

    async def state(self) -> str:
        _, said = await self.asks("GET", "/broadcasts")
        return str(said["items"][0]["state"])

    async def results(self, broadcast: int) -> list[str]:
        _, said = await self.asks("GET", "/broadcasts/{broadcast}", None, broadcast)
        return [each["state"] for each in said["items"]]

    async def until_handed_over(self, count: int) -> None:
        async with asyncio.timeout(20), self.looked:
            await self.looked.wait_for(lambda: len(self.context.contacts) == count)

    async def looks_again(self) -> None:
        """The work has looked at all there is once more, from the beginning."""
        async with asyncio.timeout(20), self.looked:
            for _ in range(2):
                self.channel.broadcasts.news.set()
                await self.looked.wait()

    async def arrives(self, message: int) -> None:
        """The fax that this message became."""
        ended = {**FAX, "delivery_id": message, "message_id": message, "state": "DELIVERED", **ENDED}
        await self.context.store.write(lambda conn: conn.execute(insert(jobs).values(ended)))

    async def fails(self, *messages: int) -> None:
        for message in messages:
            await self.channel.broadcasts.observe(delivery(message, "FAILED"))


@pytest.fixture
async def desk(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """Its work runs."""
    found = Desk()
    look = found.channel.broadcasts._look

    async def looks() -> bool:
        busy = await look()
        async with found.looked:
            found.looked.notify_all()
        return busy

    monkeypatch.setattr(found.channel.broadcasts, "_look", looks)
    monkeypatch.setattr(running, "LOOK_EVERY", 0.05)
    work = asyncio.create_task(found.channel.broadcasts.run())
    yield found
    assert not work.done()
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


async def test_a_broadcast_pauses_goes_on_and_ends(desk: Desk) -> None:
    status, made = await desk.begins(text="New prices")
    assert (status, made["recipients"]) == (201, len(NUMBERS))
    await desk.until_handed_over(LINES)
    assert await desk.turns(made["id"], "pause") and await desk.state() == "PAUSED"
    await desk.fails(1, 2, 3, 4)
    await desk.looks_again()
    assert len(desk.context.contacts) == LINES, "lines are free, but it pauses"
    assert await desk.turns(made["id"], "resume")
    await desk.until_handed_over(len(NUMBERS))
    await desk.fails(5, 6)
    await desk.looks_again()
    assert await desk.state() == "DONE" and set(await desk.results(made["id"])) == {"FAILED"}
    assert not await desk.turns(made["id"], "pause"), "it is over"
    assert await desk.turns(made["id"], "again") and await desk.state() == "RUNNING"
    await desk.until_handed_over(len(NUMBERS) + LINES)


async def test_what_waits_of_a_cancelled_one_is_not_sent_and_what_is_under_way_has_its_result(desk: Desk) -> None:
    _, made = await desk.begins(text="New prices")
    await desk.until_handed_over(LINES)
    assert await desk.turns(made["id"], "cancel")
    await desk.fails(1)
    await desk.arrives(2)
    await desk.looks_again()
    states = await desk.results(made["id"])
    assert states == ["FAILED", "DELIVERED", *["GIVEN"] * (LINES - 2), *["CANCELLED"] * (len(NUMBERS) - LINES)]
    assert not await desk.turns(made["id"], "resume") and not await desk.turns(made["id"], "again")
    assert (await desk.state(), len(desk.context.contacts)) == ("CANCELLED", LINES)


async def test_broadcasts_of_accounts_out_of_sight_do_not_exist() -> None:
    """Every operation, as somebody of another department: as if there were no such account, and no such list."""
    desk = Desk()
    desk.channel.office.__dict__["printer"] = Printer()
    _, made = await desk.begins(text="New prices")
    theirs = [
        ("POST", "/broadcasts", {"account": 1, "title": "Prices", "numbers": LIST, "text": "x"}, 422),
        ("GET", "/broadcasts/{broadcast}", None, 404),
        ("POST", "/broadcasts/{broadcast}", {"to": "cancel"}, 404),
        ("POST", "/broadcasts/{broadcast}", {"to": "again"}, 404),
    ]
    desk.context.out_of_sight.add(ACCOUNT.id)
    assert await desk.asks("GET", "/broadcasts") == (200, {"items": [], "accounts": []})
    for method, path, body, status in theirs:
        assert (await desk.asks(method, path, body, made["id"]))[0] == status, (method, path, body)
    desk.context.out_of_sight.clear()
    _, said = await desk.asks("GET", "/broadcasts")
    assert [each["state"] for each in said["items"]] == ["RUNNING"], "and nothing has come of it"


MANY = "\n".join(f"+8613{number:09}" for number in range(MOST + 1))


@pytest.mark.parametrize(
    ("more", "english", "chinese"),
    [
        ({"title": ""}, "not complete", "不完整"),
        ({"account": 9}, "Choose another", "请另选"),
        ({"numbers": "Name\nnone\n110"}, "No number stands in line 2.", "第 2 行没有号码。"),
        ({"numbers": "Name"}, "There is no number", "没有可发送的号码"),
        ({"numbers": MANY}, f"5001 numbers are more than {MOST}", "共 5001 个号码"),
        ({}, "nothing to print", "没有可打印"),
    ],
)
async def test_what_is_wrong_is_said_in_the_readers_language(more: dict[str, Any], english: str, chinese: str) -> None:
    desk = Desk()
    for desk.language, words in (("en", english), ("zh", chinese)):
        status, said = await desk.begins(**more)
        assert status == 422 and words in said["error"]["message"]
        gone = await desk.asks("GET", "/broadcasts/{broadcast}", None, "7")
        assert gone[0] == 404 and gone[1]["error"]["message"]


def test_only_supervisors_have_the_page_and_what_it_asks_for() -> None:
    channel = FaxChannel(FakeContext("fax", FaxSettings()))
    asked = [*all_routes(channel), *arriving.routes(channel.office)]
    page = [
        each.permission
        for each in asked
        if isinstance(each, Route | WebSocketRoute) and each.path.startswith(("/broadcasts", "/arriving"))
    ]
    [panel] = [each for each in hub_panels() if each.slot == "page"]
    assert [panel.permission, *page] == ["interactions.supervise"] * 6
    assert all(each.login for each in asked if isinstance(each, WebSocketRoute))
