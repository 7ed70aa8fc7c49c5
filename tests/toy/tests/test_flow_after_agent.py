"""A flow that goes on with the customer when the agent is done: a rating, a payment, on any channel."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hub.api import Ask, Choice, End, HandOver, Prompt, Resumed
from hub.pipeline import conclude
from hub.pipeline.calls import calls
from hub.store.tables import interactions, queues, segments, work
from tests.toy.tests.exchange import Exchange
from tests.toy.tests.house import House
from tests.toy.tests.phones import Phones
from tests.toy.tests.test_flow_steps import BEAR, Told, through

pytestmark = pytest.mark.slow


@pytest.fixture
async def house(database_url: str, tmp_path: Path, exchange: Exchange) -> Any:
    async with House(database_url, tmp_path, exchange, flow="told") as running:
        yield running


@pytest.mark.parametrize("wrap_up", [0, 60])
async def test_a_flow_goes_on_with_the_customer_when_the_agent_is_done(house: House, wrap_up: int) -> None:
    flow = await served(house, wrap_up)
    flow.last = Ask((Prompt("How was it?", (Choice("5", "good"),)),), state="asked")
    await house.store.write(lambda tx: conclude.close(tx, house.ann, 1))
    await house.exchange.until("delivery", lambda entry: entry["text"] == "How was it?\n5: good")
    if wrap_up:
        await house.store.write(lambda tx: conclude.wrap_up(tx, house.ann, 1, "SOLVED"))
    flow.last = End((Prompt("Thank you"),), attributes={"rating": 5})
    await house.exchange.say("say", text="5", **BEAR)
    await house.becomes("CLOSED")
    assert flow.heard[-2][1] == Resumed() and flow.states[-2:] == ["rate", "asked"]
    [row] = await house.rows(interactions)
    assert (row["attributes"]["rating"], row["disposition"]) == (5, "SOLVED" if wrap_up else "")
    assert [each["state"] for each in await house.rows(work)] == ["DONE"]
    stretches = [(each["kind"], each["state"], each["outcome"]) for each in await house.rows(segments)]
    done = ("DONE", "ANSWERED")
    assert stretches == [("FLOW", *done), ("QUEUE", *done), ("AGENT", *done), ("FLOW", *done)]


async def test_who_still_wraps_up_when_the_flow_is_done_has_their_time(house: House) -> None:
    flow = await served(house, 60)
    flow.last = End()
    await house.store.write(lambda tx: conclude.close(tx, house.ann, 1))
    await house.becomes("CLOSED")
    [stretch] = [each for each in await house.rows(segments) if each["state"] != "DONE"]
    assert (stretch["user_id"], stretch["state"]) == (house.ann.user_id, "WRAP_UP")
    await house.store.write(lambda tx: conclude.wrap_up(tx, house.ann, 1, ""))
    assert {each["state"] for each in await house.rows(work)} == {"DONE"}


async def test_a_flow_that_fails_after_the_agent_sends_nobody_back_to_the_queue(house: House) -> None:
    await served(house, 0)
    house.site.registry.flows.clear()
    await house.store.write(lambda tx: conclude.close(tx, house.ann, 1))
    await house.becomes("CLOSED")
    assert len(await house.rows(work)) == 1


async def test_a_flow_may_hand_over_again_to_the_agent_they_know(house: House) -> None:
    flow = await served(house, 60)
    flow.last = HandOver()
    await house.store.write(lambda tx: conclude.close(tx, house.ann, 1))
    await house.until("interaction.assigned", lambda event: event.data["how"] == "returned")
    assert [each["state"] for each in await house.rows(work)] == ["DONE", "ASSIGNED"]


@pytest.mark.parametrize("by", ["the screen", "the phone"])
async def test_a_callers_agent_is_let_go_of_and_wraps_up_while_the_flow_goes_on(
    database_url: str, tmp_path: Path, exchange: Exchange, by: str
) -> None:
    async with Phones(database_url, tmp_path, exchange, flow="told", channel="toy_phone") as house:
        await house.store.write(lambda tx: tx.conn.execute(queues.update().values(wrap_up_seconds=60)))
        flow = house.site.registry.flows["told"] = Told(HandOver(after="rate"), first=HandOver(after="rate"))
        call, leg = await house.talking()
        flow.last = Ask((Prompt("How was it?"),))
        if by == "the screen":
            await house.store.write(lambda tx: calls.hang_up(tx, house.ann, call))
            await house.told("release", leg=leg)
        await house.fact("ENDED", leg)
        await exchange.until("delivery", lambda entry: entry["text"] == "How was it?")
        await house.site.switchboard.compare(house.site.directory.calling()[0], timedelta())
        assert await house.state() == "SELF_SERVICE" and house.commands("end") == []
        flow.last = End()
        await exchange.say("say", text="5", **BEAR)
        await house.told("end")
        await house.store.write(lambda tx: conclude.wrap_up(tx, house.ann, call, ""))
        assert await house.state() == "CLOSED"
        assert [each["state"] for each in await house.rows(work)] == ["DONE"]


async def served(house: House, wrap_up: int) -> Told:
    """Ann has the bear, and the flow wants them back."""
    await house.store.write(lambda tx: tx.conn.execute(queues.update().values(wrap_up_seconds=wrap_up)))
    await house.ready()
    flow = await through(house, HandOver(after="rate"))
    await house.accept()
    return flow
