"""A visit from hello to farewell: nothing acknowledged before it is stored, nothing shown twice, nothing missed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from hub.api import Accepted, AnyAccount, Overloaded, Raw, Signal
from plugins.web_chat.tests.conftest import Enter
from plugins.web_chat.tests.house import FakeSocket, House


def say(text: str, own_id: str = "a1", **more: Any) -> dict[str, Any]:
    return {"type": "message", "id": own_id, "text": text, **more}


async def begin(house: House, enter: Enter) -> tuple[FakeSocket, str]:
    """A visitor who has said hello, and their thread."""
    socket = await enter(house)
    socket.say(say("Hello"))
    await socket.until(lambda: "Hello" in socket.shown)
    return socket, house.threads[0]


async def test_a_new_visitor_is_given_an_id_and_nothing_else(house: House, enter: Enter) -> None:
    socket = await enter(house)
    welcome = socket.of("welcome")[0]
    assert (welcome["open"], welcome["known"], welcome["version"]) == (True, False, 1)
    assert [frame["type"] for frame in socket.heard] == ["welcome", "ready"]
    assert house.reads == 0, "who has no conversation costs no read"


async def test_a_message_is_acknowledged_only_after_it_was_stored(
    house: House, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored, store = asyncio.Event(), house.emit

    async def slowly(account: AnyAccount, raw: Raw) -> Accepted:
        await stored.wait()
        return await store(account, raw)

    monkeypatch.setattr(house, "emit", slowly)
    socket = await enter(house)
    socket.say(say("Hello"))
    await asyncio.sleep(0)
    assert not socket.of("ack")
    stored.set()
    assert (await socket.hears("ack"))["id"] == "a1"
    assert house.said(house.threads[0]) == ["Hello"]


async def test_a_message_sent_again_after_a_lost_ack_is_acknowledged_again_and_there_once(
    house: House, enter: Enter
) -> None:
    socket, thread = await begin(house, enter)
    socket.say(say("Hello"))
    await socket.hears("ack", 2)
    assert house.said(thread) == ["Hello"]


async def test_an_answer_reaches_every_open_tab(house: House, enter: Enter) -> None:
    first, thread = await begin(house, enter)
    second = await enter(house, token=first.of("welcome")[0]["token"])
    await house.answer(thread, "How can I help?")
    await first.until(lambda: "How can I help?" in first.shown)
    await second.until(lambda: "How can I help?" in second.shown)
    assert first.shown == second.shown == ["Hello", "How can I help?"]


async def test_what_was_said_while_the_visitor_was_away_is_there_when_they_are_back(house: House, enter: Enter) -> None:
    socket, thread = await begin(house, enter)
    token = socket.of("welcome")[0]["token"]
    await socket.go()
    await house.answer(thread, "one")
    await house.answer(thread, "two")
    fresh = await enter(house, token=token)
    assert fresh.shown == ["Hello", "one", "two"]
    again = await enter(house, token=token, since={"interaction": house.talk(thread).interaction_id, "position": 2})
    assert again.shown == ["two"], "who knows where it stopped gets the rest only"


@pytest.mark.slow
async def test_the_end_of_one_conversation_is_not_lost_in_the_beginning_of_the_next(house: House, enter: Enter) -> None:
    socket, thread = await begin(house, enter)
    token, old = socket.of("welcome")[0]["token"], house.talk(thread).interaction_id
    await socket.go()
    await house.answer(thread, "Goodbye")
    identity = next(iter(house.histories), None)
    house.change(thread, state="CLOSED")
    before = house.talk(thread)
    other = await enter(house, token=token, since={"interaction": old, "position": 2})
    other.say(say("Me again", "a2"))
    await other.until(lambda: "Me again" in other.shown)
    assert identity is not None
    house.histories[identity] = [house.talk(thread), before]
    third = await enter(house, token=token, since={"interaction": old, "position": 1})
    assert third.shown == ["Goodbye", "Me again"]


async def test_places_in_the_queue_and_the_agents_name_are_told(house: House, enter: Enter) -> None:
    socket, thread = await begin(house, enter)
    house.change(thread, waiting_ahead=3)
    await socket.until(lambda: any(frame.get("ahead") == 3 for frame in socket.of("state")))
    house.change(thread, state="CONNECTED", agent="Mei Lin", waiting_ahead=None)
    await socket.until(lambda: socket.of("state")[-1]["agent"] == "Mei Lin")
    assert "ahead" not in socket.of("state")[-1]


async def test_typing_goes_both_ways(house: House, enter: Enter) -> None:
    socket, thread = await begin(house, enter)
    socket.say({"type": "typing", "text": "My machi"})
    await house.channel.signal(house.shop, Signal(thread, "typing", {"typing": True, "name": "Mei Lin"}))
    assert await socket.hears("typing") == {"type": "typing", "typing": True, "name": "Mei Lin"}
    socket.say({"type": "ping"})
    await socket.hears("pong")
    assert [signal.data for _, signal in house.signals] == [{"typing": True, "text": "My machi"}]


async def test_what_is_typed_stays_with_the_visitor_when_the_site_wants_it_so(open_house: Any, enter: Enter) -> None:
    house = await open_house(live_typing=False)
    socket, _ = await begin(house, enter)
    socket.say({"type": "typing", "text": "secret"}, {"type": "ping"})
    await socket.hears("pong")
    assert [signal.data for _, signal in house.signals] == [{"typing": True}]


async def test_a_flows_choices_and_an_agents_card_are_shown_as_such(house: House, enter: Enter) -> None:
    socket, thread = await begin(house, enter)
    choices = [{"key": "1", "label": "Yes"}, {"key": "2", "label": "No"}]
    await house.answer(thread, "Did it help?", fields={"choices": choices})
    await house.answer(thread, "", kind="CARD", fields={"url": "https://shop.test/x", "title": "X", "mode": "page"})
    await socket.until(lambda: len(socket.shown) == 3)
    items = [item for frame in socket.of("messages") for item in frame["items"]]
    assert items[1]["choices"] == choices
    assert items[2]["card"] == {"url": "https://shop.test/x", "title": "X", "mode": "page"}


async def test_receipts_and_reading_go_both_ways(house: House, enter: Enter) -> None:
    socket, thread = await begin(house, enter)
    message = await house.answer(thread, "Hi")
    await socket.until(lambda: "Hi" in socket.shown)
    socket.say({"type": "receipt", "state": "READ", "ids": [f"m{message.id}"]}, {"type": "ping"})
    await socket.hears("pong")
    assert [(receipt.refers_to, receipt.state) for receipt in house.receipts] == [(f"m{message.id}", "READ")]
    house.tell("interaction.read", house.talk(thread).interaction_id)
    assert (await socket.hears("read"))["interaction"] == house.talk(thread).interaction_id


async def test_a_visitor_can_end_it_and_rate_it(house: House, enter: Enter) -> None:
    socket, thread = await begin(house, enter)
    house.change(thread, state="CONNECTED", agent="Mei Lin", waiting_ahead=None)
    socket.say({"type": "end"})
    await socket.until(lambda: socket.of("state") and socket.of("state")[-1]["over"])
    socket.say({"type": "rating", "id": "r1", "stars": 5, "comment": "很好"})
    await socket.hears("ack", 2)
    assert house.talk(thread).messages[-1].kind == "RATING"
    assert house.talk(thread).state == "CLOSED", "a rating begins no new conversation"


async def test_a_hub_that_cannot_store_says_when_to_try_again(house: House, enter: Enter) -> None:
    socket = await enter(house)
    house.refusing = Overloaded()
    socket.say(say("Hello"))
    error = await socket.hears("error")
    assert (error["code"], error["id"], error["retry_after"]) == ("OVERLOADED", "a1", 2.0)
    assert not socket.of("ack")


async def test_a_message_left_outside_hours_is_told_its_serial(house: House, enter: Enter) -> None:
    house.open = False
    socket = await enter(house)
    assert socket.of("welcome")[0]["open"] is False
    socket.say({"type": "leave", "id": "l1", "text": "Call me", "answers": {"mailto": "a@b.cn"}})
    await socket.hears("ack")
    await socket.until(lambda: socket.of("state") and socket.of("state")[-1]["serial"])
    assert not house.timers, "who leaves a message is not waited for"


async def test_the_form_must_be_filled_before_a_chat_begins_and_is_asked_once(open_house: Any, enter: Enter) -> None:
    house = await open_house(form=[{"kind": "mailto", "required": True}])
    socket = await enter(house)
    socket.say(say("Hello"))
    error = await socket.hears("error")
    assert (error["code"], error["id"], error["detail"]) == ("FORM_REQUIRED", "a1", "mailto")
    socket.say(say("Hello", "a2", answers={"mailto": "a@b.cn"}))
    await socket.until(lambda: "Hello" in socket.shown)
    socket.say(say("And", "a3"))
    await socket.until(lambda: "And" in socket.shown)


async def test_a_tab_that_takes_nothing_is_let_go_and_holds_up_no_other(
    house: House, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugins.web_chat.feed.STALLED", 0.05)
    first, thread = await begin(house, enter)
    second = await enter(house, token=first.of("welcome")[0]["token"])
    first.stalled = asyncio.Event()
    await house.answer(thread, "Hi")
    await second.until(lambda: "Hi" in second.shown)
    await first.until(lambda: first.closed == 1013)
    first.stalled.set()
