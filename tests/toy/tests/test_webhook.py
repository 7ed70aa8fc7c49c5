"""A channel's webhook without a route of its own: stored first, answered in the channel's words, over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from hub.api import Overloaded
from hub.store.tables import messages, raws
from hub.web.app import create_app
from hub.web.services import Services
from tests.farside.toy_lines import decode, encode, proof
from tests.toy.tests.house import House
from tests.web.serving import serving

pytestmark = pytest.mark.slow


def line(ident: str = "w1", **more: Any) -> dict[str, Any]:
    said = {"id": ident, "kind": "say", "session": "s1", "to": "desk", "from": "bear", "text": "My ear is loose"}
    return {**said, "proof": proof("squeak", ident), **more}


@pytest.fixture
async def web(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """A far side that calls the house over HTTP."""
    site = house.site
    app = create_app(Services(house.store, site.registry, site.directory, site.topics))
    async with serving(app) as url, httpx.AsyncClient(base_url=f"{url}/c/toy") as client:
        yield client


async def test_what_was_posted_is_stored_acknowledged_and_read(house: House, web: httpx.AsyncClient) -> None:
    told = {"cookie": "a=b", "x-toy": "1", "authorization": "Bearer squeak", "x-toy-signature": "9f"}
    answered = await web.post("/desk/said?by=bear&token=squeak", content=encode(line()), headers=told)
    [stored] = await house.rows(raws)
    assert (answered.status_code, decode(answered.content)) == (200, {"ack": stored["id"]})
    meta = stored["meta"]
    assert (meta["method"], meta["action"]) == ("POST", "said")
    assert meta["query"] == {"by": "bear", "token": "(not kept)"}
    assert (meta["headers"]["authorization"], meta["headers"]["x-toy-signature"]) == ("Bearer (not kept)", "9f")
    assert "squeak" not in str(meta)
    assert (meta["headers"]["x-toy"], meta["client"]) == ("1", "127.0.0.1")
    assert "cookie" not in meta["headers"]
    await house.heard(1)
    assert [message["text"] for message in await house.rows(messages)] == ["My ear is loose"]


async def test_a_query_can_say_as_much_and_looking_says_nothing(house: House, web: httpx.AsyncClient) -> None:
    assert (await web.head("/desk/said", params=line("w1"))).status_code == 405
    assert (await web.get("/desk/said", params=line("w2"))).status_code == 200
    await house.heard(1)
    assert len(await house.rows(raws)) == 1


@pytest.mark.parametrize(
    ("account", "body", "status"),
    [
        ("desk", encode(line(proof="wrong")), 403),
        ("attic", encode(line()), 404),
        ("desk", b"no line", 400),
        ("desk", b" " * 1_000_001, 413),
    ],
)
async def test_what_is_refused_is_not_stored(
    house: House, web: httpx.AsyncClient, account: str, body: bytes, status: int
) -> None:
    assert (await web.post(f"/{account}/said", content=body)).status_code == status
    assert await house.rows(raws) == []


@pytest.mark.parametrize("trouble", [Overloaded("the disk is full"), LookupError("nobody foresaw this")])
async def test_what_cannot_be_stored_now_is_asked_for_again(
    house: House, web: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    async def accept(*_: object, **__: object) -> None:
        raise trouble

    monkeypatch.setattr(house.site.receiver, "accept", accept)
    answered = await web.post("/desk/said", content=encode(line()))
    assert (answered.status_code, answered.headers["retry-after"]) == (503, "1")
    assert decode(answered.content) == {"again": "OVERLOADED"}


async def test_a_channel_nobody_carries_has_no_webhooks(web: httpx.AsyncClient) -> None:
    answered = await web.post(str(web.base_url).replace("/c/toy", "/c/dolls") + "desk/said", content=b"?")
    assert (answered.status_code, answered.json()["error"]["code"]) == (404, "NOT_FOUND")
