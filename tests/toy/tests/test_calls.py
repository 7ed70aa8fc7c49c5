"""Calls through the whole core: offered, answered, missed, lost; the exchange is told, and what it says counts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from hub.api import Medium, NewWork
from hub.model.errors import OfferGone
from hub.model.named import Named
from hub.pipeline.calls import park
from hub.store.admin_agents import presence_of
from hub.store.details import get_detail
from hub.store.tables import interactions, offers, queues, work
from hub.store.work import load_of
from tests.toy.tests.exchange import Exchange
from tests.toy.tests.phones import BEAR, NO_WAIT, Phones

pytestmark = pytest.mark.slow


@pytest.fixture
async def house(database_url: str, tmp_path: Path, exchange: Exchange) -> AsyncIterator[Phones]:
    async with Phones(database_url, tmp_path, exchange, channel="toy_phone") as running:
        yield running


@pytest.mark.parametrize("how", ["called", "calling", "picking up"])
async def test_a_call_takes_back_the_letters_that_were_on_offer(house: Phones, how: str) -> None:
    """Who talks does not answer them, and is not to be NOT_READY for it."""
    await house.ready()
    if how == "picking up":
        call, _ = await house.talking()
        await house.store.write(lambda tx: park.park(tx, house.ann, call, timedelta(minutes=2)))
    letter = await house.site.core.enqueue(NewWork("letter", "desk", Medium.DEFERRED))
    await house.until("offer.created", lambda event: event.data["work"] == letter)
    match how:
        case "called":
            await house.call()
            await house.fact("ANSWERED", (await house.told("ring"))["leg"])
        case "calling":
            await house.places("fox")
        case _:
            await house.store.write(lambda tx: park.unpark(tx, house.ann, call))
    ended = await house.until("offer.ended", lambda event: event.data["work"] == letter)
    assert ended.data["state"] == "RESCINDED"
    ann = await house.store.read(lambda conn: presence_of(conn, house.ann.user_id))
    assert ann.state == "READY"


async def test_a_call_waits_rings_is_answered_and_ends_with_the_agents_leg(house: Phones) -> None:
    await house.call()
    await house.told("waiting", session="s1")
    await house.ready()
    rung = await house.told("ring", user=house.ann.user_id)
    assert rung["caller"] == "bear"
    await house.fact("RINGING", rung["leg"])
    await house.until("offer.ringing")
    await house.fact("ANSWERED", rung["leg"])
    await house.told("bridge", legs=[rung["leg"]])
    assert [(row["state"]) for row in await house.rows(offers)] == ["BRIDGED"]
    await house.fact("ENDED", rung["leg"], cause="HUNG_UP", quality={"loss": 0.01, "mos": 4.1})
    await house.told("end", session="s1")
    assert await house.state() == "CLOSED"
    assert {row["state"] for row in await house.rows(work)} == {"DONE"}
    [call] = await house.rows(interactions)
    detail = await house.store.read(lambda conn: get_detail(conn, house.ann, call["id"], {}))
    [heard] = detail.heard
    assert (heard.leg, heard.user, heard.loss, heard.mos) == (rung["leg"], Named(house.ann.user_id, "Ann"), 0.01, 4.1)
    assert detail.attributes["ended"] == "agent"


async def test_who_clicks_before_the_phone_is_answered_is_connected_only_then(house: Phones) -> None:
    await house.ready()
    await house.call()
    leg = (await house.told("ring"))["leg"]
    await house.accept()
    await house.until("offer.accepted")
    assert await house.state() == "OFFERED"
    await house.fact("ANSWERED", leg)
    await house.becomes("CONNECTED")


async def test_a_call_refused_on_the_phone_goes_to_the_next_agent(house: Phones) -> None:
    await house.ready()
    await house.call()
    first = (await house.told("ring", user=house.ann.user_id))["leg"]
    await house.ready(house.bo)
    await house.fact("ENDED", first, cause="REJECTED")
    second = (await house.told("ring", user=house.bo.user_id))["leg"]
    await house.fact("ANSWERED", second)
    await house.becomes("CONNECTED")
    assert [row["state"] for row in await house.rows(offers)] == ["REJECTED", "BRIDGED"]


async def test_an_agent_whose_phone_cannot_ring_takes_no_calls_and_the_caller_keeps_the_place(house: Phones) -> None:
    await house.exchange.behave("ring")
    await house.ready()
    await house.call()
    await house.until("offer.ended", lambda event: event.data["state"] == "FAILED")
    await house.until("presence.changed", lambda event: event.data["reason"] == "UNREACHABLE")
    [waiting] = await house.rows(work)
    [call] = await house.rows(interactions)
    assert (waiting["state"], call["state"], waiting["enqueued_at"]) == ("WAITING", "QUEUED", call["enqueued_at"])


async def test_all_ring_and_one_has_it_when_their_phone_is_answered(house: Phones) -> None:
    await house.store.write(lambda tx: tx.conn.execute(queues.update().values(routing={"strategy": "ALL_RING"})))
    await house.store.write(lambda tx: tx.event("queue.changed", queue=1))
    await house.ready()
    await house.ready(house.bo)
    await house.call()
    anns = (await house.told("ring", user=house.ann.user_id))["leg"]
    bos = (await house.told("ring", user=house.bo.user_id))["leg"]
    await house.accept_as(house.bo, bos)
    with pytest.raises(OfferGone):
        await house.accept_as(house.ann, anns)
    states = {row["id"]: row["state"] for row in await house.rows(offers)}
    assert set(states.values()) == {"ACCEPTED", "PENDING"}, "Ann's phone rings on until Bo's is answered"
    await house.fact("ANSWERED", bos)
    await house.told("release", leg=anns)
    await house.told("bridge", legs=[bos])


async def test_a_winner_who_drops_before_the_bridge_leaves_the_others_ringing(house: Phones) -> None:
    await house.store.write(lambda tx: tx.conn.execute(queues.update().values(routing={"strategy": "ALL_RING"})))
    await house.store.write(lambda tx: tx.event("queue.changed", queue=1))
    await house.ready()
    await house.ready(house.bo)
    await house.call()
    anns = (await house.told("ring", user=house.ann.user_id))["leg"]
    bos = (await house.told("ring", user=house.bo.user_id))["leg"]
    await house.accept_as(house.bo, bos)
    await house.fact("ENDED", bos, cause="UNREACHABLE")
    await house.until("offer.ended", lambda event: event.data["state"] == "FAILED")
    await house.fact("ANSWERED", anns)
    await house.told("bridge", legs=[anns])
    assert house.commands("release", leg=anns) == []


async def test_who_gives_up_in_the_queue_is_owed_an_answer_once(house: Phones) -> None:
    for session in ("s1", "s2"):
        await house.exchange.say("say", session=session, text="Ring", **BEAR)
        await house.told("waiting", session=session)
        await house.exchange.say("leg", session=session, state="ENDED", cause="HUNG_UP")
        await house.told("end", session=session)
    [owed] = [row for row in await house.rows(work) if row["kind"] == "missed"]
    assert (owed["state"], owed["medium"], owed["payload"]["count"]) == ("WAITING", "DEFERRED", 2)
    assert {row["state"] for row in await house.rows(interactions)} == {"ABANDONED"}


async def test_a_line_that_breaks_puts_the_caller_back_to_the_front(house: Phones) -> None:
    _, leg = await house.talking()
    await house.ready(house.bo)
    await house.fact("ENDED", leg, cause="FAILED")
    await house.told("ring", user=house.bo.user_id)
    [call] = await house.rows(interactions)
    assert call["enqueued_at"] == (await house.rows(work))[-1]["enqueued_at"]


async def test_what_only_one_side_knows_is_ended(house: Phones) -> None:
    await house.talking()
    [account] = house.site.directory.calling()
    await house.site.switchboard.compare(account, NO_WAIT)
    assert await house.state() == "CONNECTED", "both know it"
    await house.exchange.behave("forgetful")
    await house.site.switchboard.compare(account, NO_WAIT)
    await house.becomes("FAILED")
    assert await house.store.read(lambda conn: load_of(conn, house.ann.user_id)) == {}, "Ann is free"
    assert not [row for row in await house.rows(work) if row["ended_at"] is None]


async def test_a_node_that_dies_takes_its_calls_along_and_its_agents_are_free(
    database_url: str, tmp_path: Path, exchange: Exchange
) -> None:
    async with Phones(database_url, tmp_path, exchange, channel="toy_phone") as before:
        await before.talking()
        await exchange.say("say", session="s2", text="Ring", **BEAR)
        await before.told("waiting", session="s2")
    await exchange.behave("forgetful")
    async with Phones(database_url, tmp_path, exchange, channel="toy_phone") as after:
        [account] = after.site.directory.calling()
        await exchange.until("listener", lambda _: len(exchange.entries("listener")) == 2)
        await after.site.switchboard.compare(account, NO_WAIT)
        assert [row["state"] for row in await after.rows(interactions)] == ["FAILED", "FAILED"]
        assert "VOICE" not in await after.store.read(lambda conn: load_of(conn, after.ann.user_id))
        [owed] = [row for row in await after.rows(work) if row["kind"] == "missed"]
        assert owed["payload"]["interactions"] == [2], "who waited is owed an answer"


async def test_two_answers_and_one_caller(house: Phones) -> None:
    await house.store.write(lambda tx: tx.conn.execute(queues.update().values(routing={"strategy": "ALL_RING"})))
    await house.store.write(lambda tx: tx.event("queue.changed", queue=1))
    await house.ready()
    await house.ready(house.bo)
    await house.call()
    anns = (await house.told("ring", user=house.ann.user_id))["leg"]
    bos = (await house.told("ring", user=house.bo.user_id))["leg"]
    await house.fact("ANSWERED", anns)
    await house.fact("ANSWERED", bos)
    await house.told("bridge", legs=[anns])
    await house.told("release", leg=bos)
    assert sorted(row["state"] for row in await house.rows(offers)) == ["BRIDGED", "RESCINDED"]
    assert await house.store.read(lambda conn: load_of(conn, house.bo.user_id)) == {}


async def test_a_caller_who_hangs_up_while_a_phone_is_rung_leaves_no_leg(house: Phones) -> None:
    await house.ready()
    await house.call()
    leg = (await house.told("ring"))["leg"]
    await house.fact("ENDED", cause="HUNG_UP")
    await house.told("end")
    await house.fact("ANSWERED", leg)
    await house.exchange.until("acked", lambda _: len(house.exchange.entries("acked")) == 3)
    assert await house.state() == "ABANDONED"
    load = await house.store.read(lambda conn: load_of(conn, house.ann.user_id))
    assert "VOICE" not in load, "what she has now is the missed call"
