"""What customers may choose while they wait: it takes them out of the queue, on any channel, and the flow has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from hub.api import Answered, Ask, Choice, Conversation, End, HandOver, Prompt
from hub.pipeline.conversations import Wanted, by_threads
from hub.pipeline.waits import Waits
from hub.store.tables import interactions, offers, segments, threads, work
from tests.toy.tests.exchange import Exchange
from tests.toy.tests.house import House
from tests.toy.tests.phones import Phones
from tests.toy.tests.test_flow_steps import BEAR, Told

pytestmark = pytest.mark.slow

CHOICE = Choice("1", "Leave a message")
WAIT = HandOver((Prompt("One moment."),), priority=2, meanwhile=(CHOICE,), waiting="waiting")
SPEAK = Ask((Prompt("Speak after the tone."),), state="speaking")


@pytest.fixture
async def house(database_url: str, tmp_path: Path, exchange: Exchange) -> Any:
    async with House(database_url, tmp_path, exchange, flow="told") as running:
        yield running


async def test_who_chooses_a_message_leaves_the_queue_and_keeps_the_place(house: House) -> None:
    flow = await waits(house)
    [before] = await house.rows(work)
    assert (await seen(house)).choices == (CHOICE,)
    await house.exchange.say("say", text="leave a message", **BEAR)
    await house.exchange.until("delivery", lambda entry: entry["text"] == "Speak after the tone.")
    assert (flow.heard[-1][1], flow.states[-1]) == (Answered("leave a message", "1"), "waiting")
    assert [each["state"] for each in await house.rows(work)] == ["CANCELLED"]
    assert (await seen(house)).choices == ()
    flow.last = HandOver(callback=True)
    await house.exchange.say("say", text="My ear is loose", **BEAR)
    await house.until("work.enqueued", lambda event: event.data["work"] != before["id"])
    after = (await house.rows(work))[-1]
    assert (after["state"], after["enqueued_at"], after["place"]) == ("WAITING", before["enqueued_at"], before["place"])
    stretches = [(each["kind"], each["outcome"]) for each in await house.rows(segments)]
    queue = [("QUEUE", "SELF_SERVICE"), ("FLOW", "ANSWERED"), ("QUEUE", "CALLBACK_REQUESTED"), ("QUEUE", "")]
    assert stretches == [("FLOW", "ANSWERED"), *queue]


async def test_other_words_wait_with_them_and_a_choice_is_taken_back_from_whom_it_is_offered_to(house: House) -> None:
    flow = await waits(house)
    await house.ready()
    offered = int(str((await house.until("offer.created")).data["offer"]))
    await house.exchange.say("say", text="It is the left one", **BEAR)
    await house.heard(2)
    assert len(flow.heard) == 1 and (await house.rows(interactions))[0]["state"] == "OFFERED"
    flow.last = End((Prompt("Bye"),))
    await house.exchange.say("say", text="1", **BEAR)
    await house.becomes("CLOSED")
    [row] = await house.rows(offers)
    assert (row["id"], row["state"]) == (offered, "CANCELLED")
    assert {each["outcome"] for each in await house.rows(segments) if each["kind"] == "QUEUE"} == {"SELF_SERVICE"}


async def test_an_agent_who_was_faster_reads_it_as_a_message(house: House) -> None:
    flow = await waits(house)
    await house.ready()
    await house.accept()
    await house.exchange.say("say", text="1", **BEAR)
    await house.heard(2)
    assert len(flow.heard) == 1 and (await house.rows(interactions))[0]["state"] == "CONNECTED"


@pytest.mark.parametrize("again", [WAIT, None])
async def test_who_comes_back_to_the_queue_has_the_same_place(house: House, again: HandOver | None) -> None:
    flow = await waits(house)
    [before] = await house.rows(work)
    if again is not None:
        flow.last = again
    else:  # it fails
        house.site.registry.flows.clear()
    await house.exchange.say("say", text="1", **BEAR)
    await house.until("work.enqueued", lambda event: event.data["work"] != before["id"])
    after = (await house.rows(work))[-1]
    assert (after["state"], after["priority"], after["place"]) == ("WAITING", before["priority"], before["place"])


async def test_a_caller_hears_no_music_any_more_and_who_was_rung_is_let_go(
    database_url: str, tmp_path: Path, exchange: Exchange
) -> None:
    async with Phones(database_url, tmp_path, exchange, flow="told", channel="toy_phone") as house:
        house.site.registry.flows["told"] = Told(SPEAK, first=WAIT)
        await house.ready()
        await house.call()
        leg = (await house.told("ring", user=house.ann.user_id))["leg"]
        await exchange.say("say", text="1", **BEAR)
        await house.told("release", leg=leg)
        await house.told("bridge", legs=[])
        await house.exchange.until("delivery", lambda entry: entry["text"] == "Speak after the tone.")
        await house.fact("ENDED", "")
        await house.becomes("ABANDONED")
        waited, owed = await house.rows(work)
        assert (waited["kind"], waited["state"]) == ("interaction", "CANCELLED")
        assert (owed["kind"], owed["ended_at"]) == ("missed", None), "they waited, and left no message"


async def test_who_has_just_accepted_a_call_has_it_though_their_phone_still_rings(
    database_url: str, tmp_path: Path, exchange: Exchange
) -> None:
    async with Phones(database_url, tmp_path, exchange, flow="told", channel="toy_phone") as house:
        flow = house.site.registry.flows["told"] = Told(SPEAK, first=WAIT)
        await house.ready()
        await house.call()
        leg = (await house.told("ring", user=house.ann.user_id))["leg"]
        await house.accept_as(house.ann, leg)
        await exchange.say("say", text="1", **BEAR)
        await house.heard(2)
        assert len(flow.heard) == 1 and await house.state() == "OFFERED"
        await house.fact("ANSWERED", leg)
        await house.becomes("CONNECTED")


async def waits(house: House) -> Told:
    """A bear waits, and may leave a message instead."""
    flow = Told(SPEAK, first=WAIT)
    house.site.registry.flows["told"] = flow
    await house.exchange.say("say", text="Hello", **BEAR)
    await house.exchange.until("delivery", lambda entry: entry["text"] == "One moment.\n1: Leave a message")
    await house.becomes("QUEUED")
    return flow


async def seen(house: House) -> Conversation:
    """As the bear's side sees it."""
    return await house.store.read(_seen)


def _seen(conn: Any) -> Conversation:
    name = conn.execute(select(threads.c.scope, threads.c.key)).first()
    [found] = by_threads(conn, [Wanted(name.scope, name.key, 0, 0)], Waits())
    assert found is not None
    return found
