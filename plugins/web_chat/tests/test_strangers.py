"""Far sides that misbehave: a foreign page, a forged visitor, a flood, something huge, something else entirely."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from hub.api import Overloaded
from plugins.web_chat import session
from plugins.web_chat.frames import MAX_FRAME
from plugins.web_chat.tests.conftest import Enter
from plugins.web_chat.tests.house import FakeSocket, House
from plugins.web_chat.visitors import Visitors, sign

HELLO = {"type": "hello", "version": 1}


async def serve(house: House, socket: FakeSocket) -> FakeSocket:
    await asyncio.wait_for(session.serve(house.desk, socket), 5)
    return socket


async def test_a_page_that_is_not_on_the_list_does_not_come_in(house: House) -> None:
    socket = await serve(house, FakeSocket(headers={"origin": "https://evil.test", "host": "hub.test"}))
    assert (socket.accepted, socket.closed, socket.heard) == (False, 4403, [])


async def test_an_account_that_is_not_there_does_not_answer(house: House) -> None:
    socket = await serve(house, FakeSocket(params={"account": "other"}))
    assert (socket.accepted, socket.closed) == (False, 4404)


@pytest.mark.parametrize("key", [b"x" * 32, b"y" * 32])
async def test_a_forged_visitor_is_sent_away(house: House, key: bytes) -> None:
    forged = Visitors(key)
    socket = FakeSocket()
    socket.say({**HELLO, "token": forged.token(forged.new(house.shop.id))})
    await serve(house, socket)
    assert (socket.heard[0]["code"], socket.closed) == ("BAD_TOKEN", 4401)
    assert not len(house.desk.rooms)


async def test_nobody_listens_to_who_says_anything_before_hello(house: House) -> None:
    for first in ({"type": "message", "id": "a", "text": "x"}, {"type": "ping"}, {"type": "hello", "version": 2}):
        socket = FakeSocket()
        socket.say(first)
        await serve(house, socket)
        assert socket.closed == 4400
    assert not house.emitted


async def test_who_says_nothing_is_not_waited_for(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "HELLO_WITHIN", 0.01)
    assert (await serve(house, FakeSocket())).closed == 4408


async def test_a_frame_that_is_too_large_ends_the_visit(house: House, enter: Enter) -> None:
    socket = await enter(house)
    socket.say_text('{"type":"message","id":"a","text":"' + "x" * MAX_FRAME + '"}')
    await socket.until(lambda: socket.closed)
    assert (socket.heard[-1]["code"], socket.closed) == ("TOO_LARGE", 4413)
    assert not house.emitted


async def test_a_message_that_is_too_long_is_refused_and_the_visit_goes_on(house: House, enter: Enter) -> None:
    socket = await enter(house)
    socket.say({"type": "message", "id": "a", "text": "x" * 4_001}, {"type": "message", "id": "b", "text": "short"})
    assert (await socket.hears("error"))["code"] == "TOO_LARGE"
    assert (await socket.hears("ack"))["id"] == "b"


async def test_nonsense_is_answered_and_stored_nowhere(house: House, enter: Enter) -> None:
    socket = await enter(house)
    for nonsense in ("{", "null", '{"type":"message"}', '{"type":"drop table"}', "\ud83d", ""):
        socket.say_text(nonsense)
    socket.say({"type": "ping"})
    await socket.hears("pong")
    assert [frame["code"] for frame in socket.of("error")] == ["BAD_FRAME"] * 6
    assert not house.emitted


async def test_a_flood_of_messages_is_slowed_down_and_none_is_acknowledged_unstored(house: House, enter: Enter) -> None:
    socket = await enter(house)
    for number in range(30):
        socket.say({"type": "message", "id": f"a{number}", "text": "x"})
    await socket.hears("error", 20)
    assert len(socket.of("ack")) == len(house.said(house.threads[0])) == 10, "a quarter of forty a minute at once"
    assert all(frame["retry_after"] > 0 for frame in socket.of("error"))
    assert socket.closed is None


async def test_a_flood_of_frames_ends_the_visit(house: House, enter: Enter) -> None:
    socket = await enter(house)
    for _ in range(100):
        socket.say({"type": "ping"})
    await socket.until(lambda: socket.closed)
    assert socket.closed == 4429
    assert len(socket.of("pong")) == 60


async def test_one_address_gets_only_so_many_new_visitors_and_who_has_an_id_still_comes_in(
    open_house: Any, enter: Enter
) -> None:
    house = await open_house(limits={"new_sessions": 12})
    welcome, *_ = [(await enter(house)).of("welcome")[0] for _ in range(3)]
    refused = await enter(house, wait=False)
    await refused.until(lambda: refused.closed)
    assert (refused.heard[0]["code"], refused.closed) == ("RATE_LIMITED", 4429)
    assert (await enter(house, token=welcome["token"])).of("welcome")


async def test_one_address_opens_only_so_many_sockets(open_house: Any, enter: Enter) -> None:
    house = await open_house(limits={"connections": 12})
    for _ in range(3):
        await enter(house)
    with pytest.raises(Overloaded):
        await serve(house, one_more := FakeSocket())
    assert not one_more.accepted


# --- customers whom the shop signs in ---------------------------------------------------------------------------------


def customer(secret: str, **changed: Any) -> dict[str, Any]:
    now = int(time.time())
    signature = sign(secret, "4711", "王小明", "wang@example.cn", now)
    facts = {"id": "4711", "name": "王小明", "mailto": "wang@example.cn"}
    return {**facts, "signed_at": now, "signature": signature, **changed}


async def test_a_customer_signed_in_by_the_shop_is_known_on_every_device(open_house: Any, enter: Enter) -> None:
    house = await open_house(customer_secret="s3cret", form=[{"kind": "mailto", "required": True}])
    first = await enter(house, customer=customer("s3cret"))
    first.say({"type": "message", "id": "a1", "text": "Hello"})
    await first.until(lambda: "Hello" in first.shown)
    assert (await enter(house, customer=customer("s3cret"))).shown == ["Hello"]
    account, raw = house.emitted[0]
    (item,) = house.channel.normalise(account, raw)
    assert getattr(item, "profile", {})["verified"] == ["mailto"]


@pytest.mark.parametrize(
    "said",
    [customer("guess"), customer("s3cret", id="4712"), customer("s3cret", mailto="ceo@example.cn"), customer("")],
)
async def test_a_customer_the_shop_did_not_sign_is_sent_away(open_house: Any, said: dict[str, Any]) -> None:
    house = await open_house(customer_secret="s3cret")
    socket = FakeSocket()
    socket.say({**HELLO, "customer": said})
    assert (await serve(house, socket)).closed == 4401


async def test_without_a_secret_no_signature_is_good(house: House) -> None:
    socket = FakeSocket()
    socket.say({**HELLO, "customer": customer("")})
    assert (await serve(house, socket)).closed == 4401
