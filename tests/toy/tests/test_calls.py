"""Calls through the whole core: the record says what shall be, the exchange is told, and what it says back counts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hub.api import Address
from hub.model.actor import Actor
from hub.model.errors import Conflict, OfferGone
from hub.pipeline import callback, calls, consult, offer, presence, thread, transfer
from hub.pipeline.consult import Whom
from hub.store.tables import interactions, offers, queues, segments, work
from hub.store.work import load_of
from tests.toy.tests.exchange import Exchange
from tests.toy.tests.house import House

pytestmark = pytest.mark.slow

BEAR = {"from": "bear", "name": "Bear"}
NO_WAIT = timedelta(seconds=-5)


class Phones(House):
    """A house with toy phones."""

    async def call(self) -> None:
        """A bear rings."""
        await self.exchange.say("say", text="Ring", **BEAR)

    async def told(self, do: str, **wanted: Any) -> dict[str, Any]:
        """The exchange is told this."""
        return await self.exchange.until(
            "commanded", lambda entry: entry["do"] == do and all(entry.get(k) == v for k, v in wanted.items())
        )

    async def fact(self, state: str, leg: str = "", **more: Any) -> None:
        """Something happened to a leg."""
        await self.exchange.say("leg", state=state, leg=leg, **more)

    async def talking(self) -> tuple[int, str]:
        """A bear has rung and Ann has picked up: the interaction and her leg."""
        await self.ready()
        await self.call()
        leg = (await self.told("ring", user=self.ann.user_id))["leg"]
        await self.fact("ANSWERED", leg)
        event = await self.becomes("CONNECTED")
        await self.told("bridge", legs=[leg])
        assert event.interaction_id is not None
        return event.interaction_id, leg

    def commands(self, do: str, **wanted: Any) -> list[dict[str, Any]]:
        """What it was told so far."""
        found = [entry for entry in self.exchange.entries("commanded") if entry["do"] == do]
        return [entry for entry in found if all(entry.get(k) == v for k, v in wanted.items())]

    async def accept_as(self, who: Actor, leg: str) -> None:
        """They click."""
        await self.store.write(lambda tx: offer.accept(tx, who, int(leg.removeprefix("offer:"))))

    async def state(self) -> str:
        """Of the last call."""
        return str((await self.rows(interactions))[-1]["state"])


@pytest.fixture
async def house(database_url: str, tmp_path: Path, exchange: Exchange) -> AsyncIterator[Phones]:
    async with Phones(database_url, tmp_path, exchange, channel="toy_phone") as running:
        yield running


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
    await house.fact("ENDED", rung["leg"], cause="HUNG_UP")
    await house.told("end", session="s1")
    assert await house.state() == "CLOSED"
    assert {row["state"] for row in await house.rows(work)} == {"DONE"}


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


async def test_hold_and_resume_from_the_screen_and_from_the_phone(house: Phones) -> None:
    call, leg = await house.talking()
    await house.store.write(lambda tx: calls.hold(tx, house.ann, call))
    await house.told("hold")
    await house.store.write(lambda tx: calls.resume(tx, house.ann, call))
    await house.told("resume")
    await house.fact("HELD", leg)
    await house.exchange.until("commanded", lambda entry: len(house.commands("hold")) == 2)


async def test_what_the_channel_cannot_do_the_record_takes_back(house: Phones) -> None:
    call, _ = await house.talking()
    await house.exchange.behave("hold")
    await house.store.write(lambda tx: calls.hold(tx, house.ann, call))
    await house.until("call.failed", lambda event: event.data["command"] == "hold")
    assert await house.state() == "CONNECTED"


async def test_a_line_that_breaks_puts_the_caller_back_to_the_front(house: Phones) -> None:
    _, leg = await house.talking()
    await house.ready(house.bo)
    await house.fact("ENDED", leg, cause="FAILED")
    await house.told("ring", user=house.bo.user_id)
    [call] = await house.rows(interactions)
    assert call["enqueued_at"] == (await house.rows(work))[-1]["enqueued_at"]


async def test_a_colleague_is_consulted_while_the_caller_is_held_and_then_has_the_call(house: Phones) -> None:
    call, anns = await house.talking()
    await house.ready(house.bo)
    await house.store.write(lambda tx: consult.ask(tx, house.ann, call, Whom(user=house.bo.user_id), "Knows bears"))
    bos = (await house.told("ring", user=house.bo.user_id))["leg"]
    await house.fact("ANSWERED", bos)
    await house.told("consult", legs=[anns, bos])
    await house.store.write(lambda tx: consult.complete(tx, house.ann, call))
    await house.told("bridge", legs=[bos])
    await house.told("release", leg=anns)
    [row] = await house.rows(interactions)
    assert (row["state"], row["agent_id"]) == ("CONNECTED", house.bo.user_id)
    roles = [(s["user_id"], s["role"], s["outcome"]) for s in await house.rows(segments) if s["kind"] == "AGENT"]
    bo, ann = house.bo.user_id, house.ann.user_id
    assert roles == [(ann, "PRIMARY", "TRANSFERRED"), (bo, "CONSULT", "TRANSFERRED"), (bo, "PRIMARY", "")]


async def test_three_talk_and_the_first_goes(house: Phones) -> None:
    call, anns = await house.talking()
    await house.ready(house.bo)
    await house.store.write(lambda tx: consult.ask(tx, house.ann, call, Whom(user=house.bo.user_id)))
    bos = (await house.told("ring", user=house.bo.user_id))["leg"]
    await house.fact("ANSWERED", bos)
    await house.told("consult")
    await house.store.write(lambda tx: consult.join(tx, house.ann, call))
    await house.told("bridge", legs=[anns, bos])
    await house.fact("ENDED", anns, cause="HUNG_UP")
    await house.told("bridge", legs=[bos])
    [row] = await house.rows(interactions)
    assert (row["state"], row["agent_id"]) == ("CONNECTED", house.bo.user_id)


async def test_a_colleague_who_does_not_take_it_changes_nothing_for_the_caller(house: Phones) -> None:
    call, _ = await house.talking()
    await house.ready(house.bo)
    await house.store.write(lambda tx: consult.ask(tx, house.ann, call, Whom(user=house.bo.user_id)))
    bos = (await house.told("ring", user=house.bo.user_id))["leg"]
    await house.fact("ENDED", bos, cause="REJECTED")
    ended = await house.until("consult.ended")
    assert ended.data["outcome"] == "REJECTED"
    [row] = await house.rows(interactions)
    assert (row["state"], row["agent_id"]) == ("CONNECTED", house.ann.user_id)


async def test_a_call_passed_to_a_colleague_who_refuses_rings_at_who_passed_it(house: Phones) -> None:
    call, anns = await house.talking()
    await house.ready(house.bo)
    await house.store.write(lambda tx: transfer.ring(tx, house.ann, call, house.bo.user_id))
    await house.told("release", leg=anns)
    bos = (await house.told("ring", user=house.bo.user_id))["leg"]
    await house.fact("ENDED", bos, cause="REJECTED")
    back = await house.exchange.until(
        "commanded", lambda e: e["do"] == "ring" and e["user"] == house.ann.user_id and e["leg"] != anns
    )
    await house.fact("ANSWERED", back["leg"])
    await house.told("bridge", legs=[back["leg"]])


@pytest.mark.parametrize(("works", "state"), [(True, "CLOSED"), (False, "CONNECTED")])
async def test_passing_a_caller_out_ends_the_call_or_brings_them_back(house: Phones, works: bool, state: str) -> None:
    call, _ = await house.talking()
    if not works:
        await house.exchange.behave("transfer_out")
    await house.store.write(lambda tx: calls.pass_out(tx, house.ann, call, Address("toy", "hospital")))
    await house.told("transfer_out", to="hospital")
    await house.until("interaction.state", lambda e: e.data["previous"] == "TRANSFERRING" and e.data["state"] == state)


async def test_a_placed_call_rings_the_agent_first_and_ends_as_it_goes(house: Phones) -> None:
    await house.ready()
    directory = house.site.directory
    [account] = directory.calling()
    row, can = directory.row(account.id), directory.channel_of(account).capabilities
    scope = thread.scope_of(row, can.dedup_scope)
    wanted = calls.Wanted(Address("toy", "fox"), "desk")
    call = await house.store.write(lambda tx: calls.place(tx, house.ann, account, row, can, scope, wanted))
    placed = await house.told("place", to="fox")
    session = f"placed:{call}"
    await house.fact("ANSWERED", placed["leg"], session=session)
    await house.until("offer.ended", lambda event: event.data["state"] == "BRIDGED")
    assert await house.state() == "INITIATED"
    await house.fact("ANSWERED", session=session)
    await house.becomes("CONNECTED")
    await house.store.write(lambda tx: calls.hang_up(tx, house.ann, call))
    await house.told("end", session=session)


async def test_a_break_asked_for_before_the_phone_is_picked_up_comes_after_the_call(house: Phones) -> None:
    await house.ready()
    await house.call()
    leg = (await house.told("ring"))["leg"]
    await house.accept_as(house.ann, leg)
    await house.store.write(lambda tx: presence.choose(tx, house.ann.user_id, "NOT_READY", "BREAK"))
    await house.fact("ANSWERED", leg)
    await house.becomes("CONNECTED")
    await house.fact("ENDED", cause="HUNG_UP")
    await house.until("presence.changed", lambda event: event.data["state"] == "NOT_READY")


async def test_who_owes_a_call_back_may_make_it(house: Phones) -> None:
    await house.call()
    await house.told("waiting")
    [row] = await house.rows(interactions)
    await house.store.write(lambda tx: callback.ask(tx, row))
    await house.fact("ENDED", cause="HUNG_UP")
    await house.ready()
    await house.accept()
    assert (await house.store.read(lambda conn: load_of(conn, house.ann.user_id)))["VOICE"] == 1
    [account] = house.site.directory.calling()
    directory = house.site.directory
    row, can = directory.row(account.id), directory.channel_of(account).capabilities
    scope, wanted = thread.scope_of(row, can.dedup_scope), calls.Wanted(Address("toy", "bear"))
    await house.store.write(lambda tx: calls.place(tx, house.ann, account, row, can, scope, wanted))
    await house.told("place", to="bear")
    with pytest.raises(Conflict):
        await house.store.write(lambda tx: calls.place(tx, house.ann, account, row, can, scope, wanted))


async def test_a_placed_call_nobody_answers_has_failed_and_the_agent_is_free(house: Phones) -> None:
    await house.ready()
    [account] = house.site.directory.calling()
    row, can = house.site.directory.row(account.id), house.site.directory.channel_of(account).capabilities
    scope, wanted = thread.scope_of(row, can.dedup_scope), calls.Wanted(Address("toy", "fox"))
    call = await house.store.write(lambda tx: calls.place(tx, house.ann, account, row, can, scope, wanted))
    placed = await house.told("place", to="fox")
    await house.fact("ANSWERED", placed["leg"], session=f"placed:{call}")
    await house.fact("ENDED", session=f"placed:{call}", cause="BUSY")
    await house.becomes("FAILED")
    assert {row["state"] for row in await house.rows(work)} == {"CANCELLED"}
    assert not [row for row in await house.rows(work) if row["kind"] == "missed"]


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
        assert await after.store.read(lambda conn: load_of(conn, after.ann.user_id)) == {}
        [owed] = [row for row in await after.rows(work) if row["kind"] == "missed"]
        assert owed["payload"]["interactions"] == [2], "who waited is owed an answer"


async def test_a_call_taken_by_hand_rings_at_who_took_it(house: Phones) -> None:
    await house.call()
    await house.told("waiting")
    [row] = await house.rows(interactions)
    await house.store.write(lambda tx: transfer.take(tx, house.ann, row["id"]))
    leg = (await house.told("ring", user=house.ann.user_id))["leg"]
    await house.fact("ANSWERED", leg)
    await house.told("bridge", legs=[leg])


async def test_a_hand_that_cannot_be_reached_leaves_the_caller_in_the_queue(house: Phones) -> None:
    await house.call()
    await house.told("waiting")
    await house.exchange.behave("ring")
    [row] = await house.rows(interactions)
    await house.store.write(lambda tx: transfer.take(tx, house.ann, row["id"]))
    await house.until("offer.ended", lambda event: event.data["state"] == "FAILED")
    assert await house.state() == "QUEUED"


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


async def test_keys_go_to_the_caller_and_stay_nowhere(house: Phones) -> None:
    call, _ = await house.talking()
    await house.site.switchboard.press(call, "12#")
    await house.told("keys", keys="12#")
