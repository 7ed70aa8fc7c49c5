"""What agents do with calls: hold, consult, pass on, take, place; the exchange is told, and what it says counts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.api import Address
from hub.model.errors import Conflict
from hub.pipeline import offer, presence, thread
from hub.pipeline.calls import calls
from hub.pipeline.colleagues import consult, transfer
from hub.pipeline.colleagues.consult import Whom
from hub.pipeline.promises import callback
from hub.store.tables import interactions, segments, work
from hub.store.unit import Tx
from hub.store.work import load_of
from tests.toy.tests.exchange import Exchange
from tests.toy.tests.phones import Phones

pytestmark = pytest.mark.slow


@pytest.fixture
async def house(database_url: str, tmp_path: Path, exchange: Exchange) -> AsyncIterator[Phones]:
    async with Phones(database_url, tmp_path, exchange, channel="toy_phone") as running:
        yield running


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


async def test_a_colleague_is_consulted_and_given_the_call_by_the_keys_of_a_phone(house: Phones) -> None:
    _, anns = await house.talking()
    await house.ready(house.bo)
    await house.fact("HELD", anns)
    await house.fact("CONSULTING", anns, colleague=house.bo.user_id)
    bos = (await house.told("ring", user=house.bo.user_id))["leg"]
    await house.fact("ANSWERED", bos)
    await house.told("consult", legs=[anns, bos])
    await house.fact("ENDED", anns, cause="TRANSFERRED")
    await house.told("bridge", legs=[bos])
    [row] = await house.rows(interactions)
    assert (row["state"], row["agent_id"]) == ("CONNECTED", house.bo.user_id)


async def test_a_caller_is_passed_on_to_a_colleague_or_a_queue_by_the_keys_of_a_phone(house: Phones) -> None:
    _, anns = await house.talking()
    await house.fact("PASSED_ON", anns, queue="nowhere")  # there is none: the caller stays
    await house.fact("PASSED_ON", anns, colleague=house.bo.user_id)  # who is not READY: the caller stays
    await house.ready(house.bo)
    await house.fact("PASSED_ON", anns, colleague=house.bo.user_id)
    bos = (await house.told("ring", user=house.bo.user_id))["leg"]
    await house.told("release", leg=anns)
    await house.fact("ENDED", bos, cause="REJECTED")
    back = (await house.told("ring", user=house.ann.user_id, leg=f"offer:{int(bos.removeprefix('offer:')) + 1}"))["leg"]
    assert back != anns, "who does not take it gives it back"
    await house.fact("ANSWERED", back)
    await house.told("bridge", legs=[back])
    await house.fact("PASSED_ON", back, queue="desk")
    await house.told("release", leg=back)
    [row] = await house.rows(interactions)
    assert (row["state"] in {"QUEUED", "OFFERED"}, row["agent_id"]) == (True, None)


async def test_who_is_done_with_a_colleague_by_the_phone_has_the_caller_alone(house: Phones) -> None:
    _, anns = await house.talking()
    await house.fact("CONSULTING", anns, colleague=house.bo.user_id)  # who is not READY: nothing comes of it
    await house.ready(house.bo)
    await house.fact("CONSULTING", anns, colleague=house.bo.user_id)
    bos = (await house.told("ring", user=house.bo.user_id))["leg"]
    await house.fact("RETURNED", anns)
    await house.told("release", leg=bos)
    await house.fact("RETURNED", anns)  # twice is once
    await house.until("interaction.state", lambda event: event.data["previous"] == "CONSULTING")
    assert (await house.state(), len(house.commands("ring", user=house.bo.user_id))) == ("CONNECTED", 1)


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


async def test_a_caller_who_is_passed_out_is_had_back_before_anybody_answers_there(house: Phones) -> None:
    call, anns = await house.talking()
    await house.exchange.behave("ringing transfer_out")
    await house.store.write(lambda tx: calls.pass_out(tx, house.ann, call, Address("toy", "hospital")))
    await house.told("transfer_out", to="hospital")
    await house.store.write(lambda tx: calls.resume(tx, house.ann, call))
    await house.exchange.until("given_up", lambda e: e["do"] == "transfer_out")
    await house.exchange.until("commanded", lambda _: len(house.commands("bridge", legs=[anns])) == 2)
    assert await house.state() == "CONNECTED"


async def test_who_passes_a_caller_out_may_hang_up_while_it_rings_there(house: Phones) -> None:
    call, _ = await house.talking()
    await house.exchange.behave("ringing transfer_out")
    await house.store.write(lambda tx: calls.pass_out(tx, house.ann, call, Address("toy", "hospital")))
    await house.told("transfer_out", to="hospital")
    await house.store.write(lambda tx: calls.hang_up(tx, house.ann, call))
    await house.exchange.until("given_up", lambda e: e["do"] == "transfer_out")
    await house.told("end")


async def test_a_placed_call_rings_the_agent_first_and_ends_as_it_goes(house: Phones) -> None:
    await house.ready()
    call = await house.places("fox")
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
    await house.becomes("CLOSED")
    [account] = house.site.directory.calling()
    directory = house.site.directory
    row, can = directory.row(account.id), directory.channel_of(account).capabilities
    scope, wanted = thread.scope_of(row, can.dedup_scope), calls.Wanted(Address("toy", "bear"))
    await house.ready()
    offered = int(str((await house.until("offer.created")).data["offer"]))

    def by_hand(tx: Tx) -> None:
        """Taken and called in one commit, or the hub, which calls what is taken, would be faster now and then."""
        offer.accept(tx, house.ann, offered)
        assert load_of(tx.conn, house.ann.user_id)["VOICE"] == 1
        calls.place(tx, house.ann, account, row, can, scope, wanted)

    await house.store.write(by_hand)
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


async def test_keys_go_to_the_caller_and_stay_nowhere(house: Phones) -> None:
    call, _ = await house.talking()
    await house.site.switchboard.press(call, "12#")
    await house.told("keys", keys="12#")
