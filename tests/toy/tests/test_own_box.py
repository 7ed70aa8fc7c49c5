"""An agent's own box takes the caller who is passed on to them, or is for them by name, and whom they do not answer."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.api import Address, Ask, HandOver, Prompt
from hub.model.errors import Conflict
from hub.pipeline import offer
from hub.pipeline.calls import party
from hub.pipeline.colleagues import consult, into_box, transfer
from hub.pipeline.colleagues.consult import Whom
from hub.pipeline.promises import callback
from hub.store import blobs, drafts, own_boxes, promise_lists, routing_rows
from hub.store import interactions as rows
from hub.store.own_boxes import OwnBox
from hub.store.promise_lists import Narrowed, VoicemailItem
from hub.store.site_values import set_site_value
from hub.store.tables import accounts, interactions, messages, offers, segments, users, work
from tests.toy.tests.exchange import Exchange
from tests.toy.tests.phones import BEAR, Phones
from tests.toy.tests.test_flow_steps import Told
from tests.toy.tests.test_voicemails import sound

pytestmark = pytest.mark.slow
GREETING = "Bo is out. Speak after the tone."


@pytest.fixture
async def house(database_url: str, tmp_path: Path, exchange: Exchange) -> AsyncIterator[Phones]:
    async with Phones(database_url, tmp_path, exchange, channel="toy_phone") as running:
        await running.store.write(lambda tx: own_boxes.put(tx, running.bo.user_id, OwnBox(True, GREETING)))
        yield running


async def speaks(house: Phones, greeting: str = GREETING) -> VoicemailItem:
    """The caller hears the greeting and leaves a message; what Bo has in his boxes then."""
    await house.exchange.until("delivery", lambda entry: entry["text"] == greeting)
    await house.exchange.say("voicemail", sound=sound(), **BEAR)
    await house.becomes("CLOSED")
    return (await boxes(house))[0]


async def boxes(house: Phones) -> list[VoicemailItem]:
    found = await house.store.read(lambda conn: promise_lists.list_voicemails(conn, house.bo, Narrowed(), "", 50))
    return found.items


async def test_who_is_passed_on_and_not_answered_leaves_a_message_with_all_that_was_known(house: Phones) -> None:
    call, leg = await house.talking()
    await house.ready(house.bo)
    draft = {"kind": "NOTE", "text": "Left ear"}
    await house.store.write(lambda tx: drafts.put_draft(tx, house.ann.user_id, call, draft))
    await house.store.write(
        lambda tx: transfer.ring(tx, house.ann, call, house.bo.user_id, "About the ear", voicemail=True)
    )
    ringing = (await house.told("ring", user=house.bo.user_id))["leg"]
    await house.told("release", leg=leg)
    await house.fact("ENDED", ringing, cause="NO_ANSWER")
    item = await speaks(house)
    assert item.box is not None and (item.box.name, item.interaction) == ("Bo", call)
    [row] = await house.rows(interactions)
    assert (row["agent_id"], row["customer_id"]) == (house.bo.user_id, item.customer and item.customer.id)
    assert [each["text"] for each in await house.rows(messages) if each["kind"] == "NOTE"] == ["About the ear"]
    kept = await house.store.read(lambda conn: drafts.get_draft(conn, house.bo.user_id, call))
    assert kept is not None and kept["text"] == "Left ear"
    assert {each["state"] for each in await house.rows(work)} <= {"DONE", "CANCELLED"}
    assert [each["user_id"] for each in await house.rows(offers)] == [house.ann.user_id, house.bo.user_id]


async def test_who_is_passed_on_to_somebody_away_is_in_their_box_at_once(house: Phones) -> None:
    call, leg = await house.talking()
    await house.store.write(lambda tx: transfer.ring(tx, house.ann, call, house.bo.user_id, voicemail=True))
    await house.told("release", leg=leg)
    assert (await speaks(house)).interaction == call
    assert [each["outcome"] for each in await house.rows(segments)][:2] == ["ANSWERED", "TRANSFERRED"]


async def test_a_recorded_greeting_goes_with_the_words(house: Phones) -> None:
    recorded = base64.b64decode(sound())
    await house.store.write(lambda tx: own_boxes.record(tx, house.bo.user_id, recorded))
    call, _ = await house.talking()
    await house.store.write(lambda tx: transfer.ring(tx, house.ann, call, house.bo.user_id, voicemail=True))
    await speaks(house)
    said = next(row["id"] for row in await house.rows(messages) if row["text"] == GREETING)
    [file] = await house.store.read(lambda conn: blobs.load(conn, said))
    assert (file.media_type, file.content) == ("audio/wav", recorded)


async def test_without_the_choice_or_a_box_nothing_is_left(house: Phones) -> None:
    call, _ = await house.talking()
    await house.store.write(lambda tx: own_boxes.put(tx, house.bo.user_id, OwnBox(False)))
    with pytest.raises(Conflict):
        await house.store.write(lambda tx: transfer.ring(tx, house.ann, call, house.bo.user_id, voicemail=True))
    await house.store.write(lambda tx: own_boxes.put(tx, house.bo.user_id, OwnBox(True)))
    await house.ready(house.bo)
    await house.store.write(lambda tx: transfer.ring(tx, house.ann, call, house.bo.user_id))
    ringing = (await house.told("ring", user=house.bo.user_id))["leg"]
    await house.fact("ENDED", ringing, cause="REJECTED")
    again = (await house.told("ring", user=house.ann.user_id))["leg"]
    await house.fact("ANSWERED", again)
    await house.becomes("CONNECTED")
    assert await boxes(house) == []


async def test_who_asked_a_colleague_who_does_not_come_may_leave_the_caller_to_their_box(house: Phones) -> None:
    call, leg = await house.talking()
    await house.ready(house.bo)
    whom = Whom(house.bo.user_id, voicemail=True)
    await house.store.write(lambda tx: consult.ask(tx, house.ann, call, whom, "An ear"))
    ringing = (await house.told("ring", user=house.bo.user_id))["leg"]
    await house.fact("ENDED", ringing, cause="NO_ANSWER")
    await house.told("release", leg=leg)
    assert (await speaks(house)).interaction == call
    assert {each["state"] for each in await house.rows(work)} <= {"DONE", "CANCELLED"}


async def test_a_caller_with_whom_others_talk_is_sent_to_no_box(house: Phones) -> None:
    call, _ = await house.talking()
    await house.store.write(lambda tx: party.invite(tx, house.ann, call, Address("toy", "fox")))
    await house.fact("ANSWERED", str((await house.told("invite"))["leg"]))
    await house.becomes("CONFERENCED")
    with pytest.raises(Conflict):
        await house.store.write(lambda tx: transfer.ring(tx, house.ann, call, house.bo.user_id, voicemail=True))
    await house.ready(house.bo)
    await house.store.write(lambda tx: transfer.ring(tx, house.ann, call, house.bo.user_id, voicemail=True))
    bos = str((await house.told("ring", user=house.bo.user_id))["leg"])
    await house.fact("ENDED", bos, cause="REJECTED")
    await house.exchange.until("commanded", lambda each: each["do"] == "ring" and each["leg"] not in ("offer:1", bos))
    assert house.commands("ring")[-1]["user"] == house.ann.user_id, "it comes back to who passed it on"
    assert "FLOW" not in {each["kind"] for each in await house.rows(segments)}


async def named(house: Phones) -> None:
    """All calls are for Bo by name."""
    own = {"name": "Bo's own number", "when": "channel == 'toy_phone'", "agent_id": house.bo.user_id}
    sooner = {"name": "Calls first", "when": "medium == 'VOICE'", "priority": 5}
    await house.store.write(lambda tx: set_site_value(tx, routing_rows.SETTINGS, {"rules": [own, sooner]}))


async def test_a_call_for_an_agent_by_name_rings_there_and_then_is_their_boxs(house: Phones) -> None:
    await named(house)
    await house.ready(house.bo)
    await house.ready()
    await house.call()
    offered = (await house.told("ring", user=house.bo.user_id))["leg"]
    await house.store.write(lambda tx: offer.refused(tx, int(offered.removeprefix("offer:"))))
    await speaks(house)
    assert house.commands("ring", user=house.ann.user_id) == [], "nobody else was asked"


@pytest.mark.parametrize("flow", ["", "told"])
async def test_a_call_for_an_agent_who_is_away_is_in_their_box_at_once(house: Phones, flow: str) -> None:
    """Whether it comes straight or from a script."""
    await named(house)
    house.site.registry.flows["told"] = Told(HandOver(), first=Ask((Prompt("For whom?"),)))
    await house.store.write(lambda tx: tx.conn.execute(accounts.update().values(flow=flow)))
    await house.site.directory.refresh()
    await house.ready()
    await house.call()
    if flow:
        await house.exchange.until("delivery", lambda entry: entry["text"] == "For whom?")
        await house.exchange.say("say", text="Bo", **BEAR)
    await speaks(house)
    assert await house.rows(offers) == []


async def test_a_call_for_an_agent_who_works_here_no_longer_is_for_the_others(house: Phones) -> None:
    await named(house)
    gone = users.update().where(users.c.id == house.bo.user_id).values(enabled=False)
    await house.store.write(lambda tx: tx.conn.execute(gone))
    await house.ready()
    await house.call()
    await house.told("ring", user=house.ann.user_id)


async def test_what_rings_too_long_is_the_boxs_by_the_clock(house: Phones) -> None:
    await named(house)
    await house.store.write(lambda tx: own_boxes.put(tx, house.bo.user_id, OwnBox(True, GREETING, 0)))
    await house.ready(house.bo)
    await house.call()
    await speaks(house)


@pytest.mark.parametrize("state", ["ABANDONED", "CLOSED"])
async def test_who_hangs_up_without_a_word_has_called_in_vain(house: Phones, state: str) -> None:
    """Also who has talked with the agent that passed them on."""
    if state == "ABANDONED":
        await named(house)
        await house.call()
    else:
        call, _ = await house.talking()
        await house.store.write(lambda tx: transfer.ring(tx, house.ann, call, house.bo.user_id, voicemail=True))
    await house.exchange.until("delivery", lambda entry: entry["text"] == GREETING)
    await house.fact("ENDED", cause="HUNG_UP")
    await house.becomes(state)
    assert [each["kind"] for each in await house.rows(work)][-1] == "missed" and await boxes(house) == []


async def test_who_is_to_be_called_back_is_led_into_no_box(house: Phones) -> None:
    """Neither by the clock, while they are still there, nor when the agent will not call them."""
    await named(house)
    await house.store.write(lambda tx: own_boxes.put(tx, house.bo.user_id, OwnBox(True, at_once=False)))
    await house.call()
    await house.told("waiting")
    [call] = await house.rows(interactions)
    await house.store.write(lambda tx: callback.ask(tx, rows.locked(tx, call["id"])))
    payload = {"interaction": call["id"], "user": house.bo.user_id}
    await house.store.write(lambda tx: into_box.time_is_up(tx, payload))
    assert await house.state() == "QUEUED"
    await house.fact("ENDED", cause="HUNG_UP")
    await house.becomes("CLOSED")
    await house.ready(house.bo)
    made = await house.until("offer.created")
    await house.store.write(lambda tx: offer.refused(tx, int(str(made.data["offer"]))))
    [promised] = [row for row in await house.rows(work) if row["ended_at"] is None]
    assert (promised["kind"], promised["state"], await house.state()) == ("callback", "WAITING", "CLOSED")


async def test_who_asks_a_script_to_be_called_back_is_led_into_no_box(house: Phones) -> None:
    await named(house)
    house.site.registry.flows["told"] = Told(HandOver((Prompt("We call you."),), callback=True))
    await house.store.write(lambda tx: tx.conn.execute(accounts.update().values(flow="told")))
    await house.site.directory.refresh()
    await house.call()
    await house.exchange.until("delivery")
    await house.exchange.say("say", text="1", **BEAR)
    await house.exchange.until("delivery", lambda entry: entry["text"] == "We call you.")
    await house.becomes("CLOSED")
    assert [(row["kind"], row["state"]) for row in await house.rows(work)] == [("callback", "WAITING")]


async def test_who_is_in_a_box_already_is_led_into_none(house: Phones) -> None:
    """An offer that another node made meanwhile ends after that."""
    await named(house)
    await house.call()
    await house.exchange.until("delivery", lambda entry: entry["text"] == GREETING)
    [call] = await house.rows(interactions)
    again = await house.store.write(lambda tx: into_box.instead(tx, rows.locked(tx, call["id"]), house.bo.user_id))
    assert (again, await house.state()) == (False, "SELF_SERVICE")
