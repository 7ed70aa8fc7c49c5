"""Asked for a call: from pages on the list alone, at a number one can call, and not by the hundred."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.api import Account, Address, HubError, Request, Response, Route
from hub.testing import FakeContext
from plugins.web_chat.desk import Desk
from plugins.web_chat.endpoints import routes
from plugins.web_chat.settings import WebChatAccount

PAGE = "https://shop.test"
NUMBER = "+86 138 0013 8000"


class Full(HubError):
    """The hub takes no more."""

    retryable = True


class Page:
    """A web page with the button of one account."""

    def __init__(self, **settings: Any) -> None:
        chosen = WebChatAccount.model_validate({"origins": [PAGE], "call_me": True, **settings})
        account = Account(1, None, "web_chat", "Shop", Address("widget", "shop"), chosen)
        self.context = FakeContext("web_chat", accounts=[account])
        self.desk = Desk(self.context)
        found = [each for each in routes(self.desk) if isinstance(each, Route) and each.path == "/{account}/call"]
        self._endpoint = found[0].endpoint

    async def asks(self, origin: str = PAGE, client: str = "192.0.2.1", **body: Any) -> Response:
        said = {"number": NUMBER, **body}
        headers = {"origin": origin} if origin else {}
        request = Request(
            "POST", "/shop/call", {"account": "shop"}, {}, headers, json.dumps(said).encode(), client, f"{PAGE}/x"
        )
        return await self._endpoint(request)


async def test_a_call_is_promised_with_its_page_its_time_and_its_queue() -> None:
    page, at = Page(call_queue="support"), datetime.now(UTC) + timedelta(hours=3)
    answer = await page.asks(name="Wang\u0000 Fang", at=at.isoformat())
    assert (answer.status, json.loads(answer.body)) == (200, {"promised": True})
    [(wanted, account, thread)] = page.context.call_backs
    assert (wanted.to, wanted.at) == (Address("tel", NUMBER, "Wang Fang"), at)
    assert (wanted.queue, wanted.about, thread, account and account.id) == ("support", "shop.test", "", 1)
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE


async def test_who_waits_in_the_chat_is_called_at_their_place() -> None:
    page = Page()
    visitor = page.desk.visitors.new(1)
    await page.asks(token=page.desk.visitors.token(visitor))
    [(_, _, thread)] = page.context.call_backs
    assert thread == visitor.thread
    assert (await page.asks(token="forged")).status == 401


@pytest.mark.parametrize(
    ("settings", "origin", "status"),
    [({"call_me": False}, PAGE, 403), ({}, "https://evil.test", 403), ({}, "", 403)],
)
async def test_nobody_is_called_from_elsewhere(settings: dict[str, Any], origin: str, status: int) -> None:
    page = Page(**settings)
    assert (await page.asks(origin)).status == status and page.context.call_backs == []


@pytest.mark.parametrize(
    "body", [{"number": "sip:me@evil"}, {"number": "1"}, {"at": "soon"}, {"at": "2999-01-01T00:00Z"}]
)
async def test_what_is_no_number_and_no_time_is_refused(body: dict[str, str]) -> None:
    page = Page()
    assert (await page.asks(**body)).status == 400 and page.context.call_backs == []


async def test_a_number_nobody_can_call_is_said_to_be_none() -> None:
    page = Page()
    page.context.calls = False
    assert (await page.asks()).status == 422


async def test_one_address_does_not_ask_for_calls_by_the_hundred() -> None:
    page = Page(limits={"calls": 3})
    answers = [(await page.asks()).status for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    assert (await page.asks(client="192.0.2.2")).status == 200


async def test_many_addresses_do_not_ask_for_calls_by_the_hundred_either(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page(limits={"all_calls": 3})
    answers = [(await page.asks(client=f"192.0.2.{number}")).status for number in range(4)]
    assert answers == [200, 200, 200, 429]

    async def full(*_: object) -> int:
        raise Full

    page = Page()
    monkeypatch.setattr(page.context, "call_back", full)
    assert (await page.asks()).status == 429, "as many wait as the queue can call"
