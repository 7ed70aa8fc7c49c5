"""More than two in a call, and what is heard of it; parking one; a supervisor in one. The exchange is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from hub.api import Address, Monitoring
from hub.model.errors import Conflict
from hub.pipeline.calls import audio, calls, park, party, supervision
from hub.pipeline.calls.supervision import How
from hub.pipeline.colleagues import consult
from hub.store.tables import parties, segments, work
from hub.store.work import load_of
from tests.toy.tests.crowd import Crowd
from tests.toy.tests.exchange import Exchange

pytestmark = pytest.mark.slow
FOX = Address("toy", "fox")


@pytest.fixture
async def house(database_url: str, tmp_path: Path, exchange: Exchange) -> AsyncIterator[Crowd]:
    async with Crowd(database_url, tmp_path, exchange) as running:
        yield running


async def test_five_talk_and_whoever_leaves_leaves_the_others_talking(house: Crowd) -> None:
    call, anns = await house.talking()
    bos = await house.brings_in(call, house.bo)
    await house.store.write(lambda tx: consult.join(tx, house.ann, call))
    await house.told("bridge", legs=[anns, bos])
    cys = await house.brings_in(call, house.cy)
    await house.told("bridge", legs=[anns, bos, cys])
    await house.store.write(lambda tx: party.invite(tx, house.ann, call, FOX))
    foxs = (await house.told("invite", to="fox"))["leg"]
    await house.fact("ANSWERED", foxs)
    await house.told("bridge", legs=[anns, bos, cys, foxs])
    talking = [("AGENT", "Ann"), ("COLLEAGUE", "Bo"), ("COLLEAGUE", "Cy"), ("OUTSIDE", "fox")]
    assert await house.there(call) == [(role, name, "TALKING") for role, name in talking]
    await house.compares()
    assert not house.commands("release"), "both sides know of all of them"
    await house.fact("ENDED", bos, cause="HUNG_UP")
    await house.told("bridge", legs=[anns, cys, foxs])
    await house.store.write(lambda tx: calls.hang_up(tx, house.ann, call))
    await house.told("bridge", legs=[cys, foxs])
    row = await house.row()
    assert (row["state"], row["agent_id"]) == ("CONFERENCED", house.cy.user_id)
    await house.fact("ENDED", foxs, cause="HUNG_UP")
    await house.becomes("CONNECTED")
    await house.told("bridge", legs=[cys])
    roles = [(each["user_id"], each["role"], each["outcome"]) for each in await house.rows(segments) if each["user_id"]]
    ann, bo, cy = house.ann.user_id, house.bo.user_id, house.cy.user_id
    assert roles == [
        (ann, "PRIMARY", "TRANSFERRED"),
        (bo, "CONSULT", "ANSWERED"),
        (cy, "CONSULT", "TRANSFERRED"),
        (cy, "PRIMARY", ""),
    ]


async def test_who_was_called_in_goes_with_the_call_and_may_be_sent_away(house: Crowd) -> None:
    call, anns = await house.talking()
    await house.exchange.behave("invite")
    await house.store.write(lambda tx: party.invite(tx, house.ann, call, FOX))
    await house.until("call.failed", lambda event: event.data["command"] == "invite")
    await house.exchange.behave("well")
    await house.store.write(lambda tx: party.invite(tx, house.ann, call, FOX))
    foxs = (await house.told("invite", leg="party:2"))["leg"]
    await house.fact("ANSWERED", foxs)
    await house.becomes("CONFERENCED")
    await house.exchange.behave("transfer_out")
    await house.store.write(lambda tx: calls.pass_out(tx, house.ann, call, FOX))
    await house.until("call.failed", lambda event: event.data["command"] == "transfer_out")
    assert (await house.row())["state"] == "CONFERENCED", "as it was"
    await house.exchange.behave("well")
    await house.store.write(lambda tx: party.dismiss(tx, house.ann, call, foxs))
    await house.told("release", leg=foxs)
    await house.told("bridge", legs=[anns])
    await house.store.write(lambda tx: party.invite(tx, house.ann, call, FOX))
    rings = (await house.told("invite", leg="party:3"))["leg"]
    await house.fact("ENDED", cause="HUNG_UP")
    await house.told("end")
    assert {row["state"] for row in await house.rows(parties)} == {"ENDED"}
    await house.fact("ANSWERED", rings)  # too late
    assert (await house.row())["state"] == "CLOSED"


async def test_muted_and_recorded_as_the_record_says_and_not_where_the_channel_cannot(house: Crowd) -> None:
    call, leg = await house.talking()
    await house.store.write(lambda tx: audio.mute(tx, house.ann, call, True))
    await house.told("mute", leg=leg, on=True)
    await house.store.write(lambda tx: audio.mute(tx, house.ann, call, False))
    await house.told("mute", leg=leg, on=False)
    await house.fact("RECORDING")
    await house.store.write(lambda tx: audio.record(tx, house.ann, call, False))
    await house.told("record", on=False)
    await house.fact("RECORDING_PAUSED")
    await house.until("leg.state", lambda event: event.data["state"] == "RECORDING_PAUSED")
    assert (await house.row())["audio"] == {"muted": [], "record": False, "recording": "PAUSED"}
    with pytest.raises(Conflict):
        await house.store.write(lambda tx: audio.record(tx, house.bo, call, True))
    await house.store.write(lambda tx: audio.record(tx, house.eve, call, True))
    await house.told("record", on=True)
    await house.exchange.behave("mute")
    await house.store.write(lambda tx: audio.mute(tx, house.ann, call, True))
    await house.until("call.failed", lambda event: event.data["command"] == "mute")
    assert (await house.row())["audio"]["muted"] == []


async def test_a_parked_caller_holds_no_slot_and_is_picked_up_by_a_colleague_or_comes_back(house: Crowd) -> None:
    call, anns = await house.talking()
    await house.store.write(lambda tx: park.park(tx, house.ann, call, timedelta(minutes=2)))
    await house.told("hold")
    await house.told("release", leg=anns)
    assert not (await house.store.read(lambda conn: load_of(conn, house.ann.user_id)))["VOICE"]
    await house.compares()
    await house.store.write(lambda tx: park.unpark(tx, house.bo, call))
    bos = (await house.told("ring", user=house.bo.user_id))["leg"]
    with pytest.raises(Conflict):
        await house.store.write(lambda tx: park.unpark(tx, house.cy, call))
    await house.fact("ANSWERED", bos)
    await house.told("bridge", legs=[bos])
    enqueued = (await house.row())["enqueued_at"]
    await house.ready(house.bo)
    await house.store.write(lambda tx: park.park(tx, house.bo, call, timedelta(0)))
    back = (await house.told("ring", user=house.bo.user_id, leg=f"offer:{int(bos.removeprefix('offer:')) + 1}"))["leg"]
    await house.fact("ENDED", back, cause="NO_ANSWER")
    await house.told("ring", user=house.ann.user_id, leg=f"offer:{int(bos.removeprefix('offer:')) + 2}")
    assert (await house.row())["enqueued_at"] == enqueued, "in the queue at its first place"


async def test_a_supervisor_listens_whispers_barges_and_takes_over_with_the_leg_they_have(house: Crowd) -> None:
    call, anns = await house.talking()
    how = How(Monitoring.LISTEN, visible=False)
    await house.store.write(lambda tx: supervision.monitor(tx, house.eve, call, how))
    eves = (await house.told("ring", user=house.eve.user_id))["leg"]
    await house.fact("ANSWERED", eves)
    await house.told("monitor", leg=eves, whom=anns, mode="LISTEN")
    assert await house.there(call) == [("AGENT", "Ann", "TALKING")]
    assert "party.state" not in await house.told_screens(), "nor is any event of it for agents"
    assert ("SUPERVISOR", "Eve", "TALKING") in await house.there(call, house.eve)
    for mode in (Monitoring.WHISPER, Monitoring.BARGE):
        await house.store.write(partial(supervision.monitor, actor=house.eve, interaction_id=call, how=How(mode)))
        await house.told("monitor", leg=eves, whom=anns, mode=mode.value)
    bos = await house.brings_in(call, house.bo)
    await house.store.write(lambda tx: consult.join(tx, house.ann, call))
    await house.told("bridge", legs=[anns, bos])
    await house.store.write(lambda tx: supervision.take_over(tx, house.eve, call))
    await house.told("bridge", legs=[bos, eves])
    await house.told("release", leg=anns)
    row = await house.row()
    assert (row["state"], row["agent_id"]) == ("CONFERENCED", house.eve.user_id)
    assert len(house.commands("ring", user=house.eve.user_id)) == 1, "their device did not ring again"
    await house.fact("ENDED", bos, cause="HUNG_UP")
    await house.told("bridge", legs=[eves])
    await house.fact("ENDED", eves, cause="HUNG_UP")
    await house.told("end")
    assert {row["state"] for row in await house.rows(work)} == {"DONE"}


async def test_a_supervisor_leaves_and_one_who_only_looks_takes_over_when_their_device_is_answered(
    house: Crowd,
) -> None:
    call, anns = await house.talking()
    await house.store.write(lambda tx: supervision.monitor(tx, house.eve, call, How(Monitoring.LISTEN)))
    first = (await house.told("ring", user=house.eve.user_id))["leg"]
    assert ("SUPERVISOR", "Eve", "RINGING") in await house.there(call)
    await house.store.write(lambda tx: supervision.stop(tx, house.eve, call))
    await house.told("release", leg=first)
    await house.store.write(lambda tx: supervision.monitor(tx, house.eve, call, How(Monitoring.LISTEN)))
    second = (await house.told("ring", leg="party:2"))["leg"]
    await house.fact("ENDED", second, cause="BUSY")
    await house.until("monitor.state", lambda event: event.data["state"] == "ENDED" and event.data["party"] == 2)
    await house.store.write(lambda tx: supervision.take_over(tx, house.eve, call))
    await house.told("release", leg=anns)
    third = (await house.told("ring", user=house.eve.user_id, leg="offer:2"))["leg"]
    await house.fact("ANSWERED", third)
    await house.told("bridge", legs=[third])
    with pytest.raises(Conflict):
        await house.store.write(lambda tx: supervision.monitor(tx, house.eve, call, How(Monitoring.LISTEN)))
