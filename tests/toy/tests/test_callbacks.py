"""Who was promised a call is called: the agent first, then the customer, as often and as late as it takes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hub.api import Address, CallMe, Refusal
from hub.pipeline import offer
from hub.pipeline.promises import attempts, callback, follow_up, missed
from hub.store import interactions as rows
from hub.store.tables import callbacks, interactions, messages, queues, timers, work
from hub.store.work import load_of
from tests.toy.tests.exchange import Exchange
from tests.toy.tests.phones import BEAR, Phones

pytestmark = pytest.mark.slow


@pytest.fixture
async def house(database_url: str, tmp_path: Path, exchange: Exchange) -> AsyncIterator[Phones]:
    async with Phones(database_url, tmp_path, exchange, channel="toy_phone") as running:
        yield running


async def test_who_went_keeps_the_place_and_is_called_when_an_agent_has_taken_it(house: Phones) -> None:
    await went(house)
    [before] = await house.rows(work)
    [promise] = await house.rows(callbacks)
    assert (promise["state"], promise["to"]["value"], promise["place"]) == ("WAITING", "bear", before["place"])
    leg = await dialled(house)
    assert (await house.rows(callbacks))[0]["state"] == "DIALING"
    await house.fact("ANSWERED", leg, session=await thread_of(house))
    await house.fact("ANSWERED", session=await thread_of(house))
    await until(house, "REACHED")
    [promise] = await house.rows(callbacks)
    assert (promise["attempts"], [each["result"] for each in promise["tries"]]) == (1, ["REACHED"])
    assert [row["state"] for row in await house.rows(work)] == ["DONE", "ASSIGNED"], "the call's own work has the slot"
    told = [row["fields"]["state"] for row in await house.rows(messages) if row["kind"] == attempts.NOTE]
    assert told == ["WAITING", "REACHED"], "the timeline of the contact in which they asked says it all"


async def test_who_does_not_answer_is_tried_again_later_and_not_for_ever(house: Phones) -> None:
    await quickly(house, attempts=2)
    await went(house)
    [first] = await house.rows(work)
    await busy(house)
    await until(house, "PLANNED")
    [promise] = await house.rows(callbacks)
    assert [row["state"] for row in await house.rows(work)] == ["DONE", "CANCELLED"]
    await house.store.write(lambda tx: attempts.due(tx, promise["id"]))
    again = (await house.rows(work))[-1]
    assert (again["kind"], again["place"], again["enqueued_at"]) == ("callback", first["place"], first["enqueued_at"])
    await busy(house)
    await until(house, "NOT_REACHED")
    [promise] = await house.rows(callbacks)
    assert [each["result"] for each in promise["tries"]] == ["BUSY", "BUSY"] and promise["ended_at"] is not None
    assert not [row for row in await house.rows(work) if row["ended_at"] is None], "nobody holds anything of it"


async def test_an_agent_whose_phone_cannot_ring_is_no_attempt_and_the_next_agent_makes_it(house: Phones) -> None:
    await went(house)
    await house.exchange.behave("place")
    await house.ready()
    await house.accept()
    await house.until("call.failed")
    await house.until("callback.state", lambda event: event.data["previous"] == "DIALING")
    [promise] = await house.rows(callbacks)
    assert (promise["state"], promise["attempts"], promise["tries"][0]["result"]) == ("WAITING", 0, "AGENT_UNREACHABLE")


async def test_what_a_node_took_up_and_did_not_call_is_called_by_whoever_holds_the_line_next(house: Phones) -> None:
    await went(house)
    held, house.site.dialler.held = house.site.dialler.held, ()
    await house.ready()
    await house.accept()
    await house.until("work.accepted")
    assert house.commands("place") == []
    await house.site.dialler.hold(held)
    await house.told("place", to="bear")
    await house.site.dialler.hold(())
    await house.site.dialler.hold(held)
    assert len(house.commands("place")) == 1 and len(await house.rows(interactions)) == 2, "once"


async def test_a_veto_is_asked_before_each_attempt(house: Phones, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house.site.hooks, "veto", refuses)
    await quickly(house, attempts=1)
    await went(house)
    await house.ready()
    await house.accept()
    await until(house, "NOT_REACHED")
    [promise] = await house.rows(callbacks)
    assert promise["tries"][0]["result"] == "VETOED" and house.commands("place") == []


async def test_nobody_is_called_outside_the_hours_nor_after_the_time_they_named(house: Phones) -> None:
    promised = await house.site.core.call_back(CallMe(to("bear"), about="The left ear"), None, "")
    assert promised is not None
    same = await house.site.core.call_back(CallMe(to("bear")), None, "")
    assert same == promised, "asked twice it is one promise"
    closed = {"zone": "UTC", "week": {}}
    await house.store.write(lambda tx: tx.conn.execute(queues.update().values(hours=closed)))
    later = await house.site.core.call_back(CallMe(to("wolf")), None, "")
    states = {row["id"]: row["state"] for row in await house.rows(callbacks)}
    assert (states[promised], states[later]) == ("WAITING", "NOT_REACHED"), "it never opens"
    assert await house.site.core.call_back(CallMe(Address("tel", "+861065520000")), None, "") is None, "no such lines"


async def test_a_call_for_later_waits_for_its_time_in_nobodys_queue(house: Phones) -> None:
    now = (await house.store.write(lambda tx: tx.now)) + timedelta(hours=2)
    number = await house.site.core.call_back(CallMe(to("bear"), at=now), None, "")
    assert number is not None
    [promise] = await house.rows(callbacks)
    assert (promise["state"], promise["due_at"], await house.rows(work)) == ("PLANNED", now, [])
    assert [row["due_at"] for row in await house.rows(timers) if row["name"] == attempts.TIMER] == [now]
    await house.store.write(lambda tx: callback.cancel(tx, house.ann.user_id, number))
    assert not [row for row in await house.rows(timers) if row["name"] == attempts.TIMER]


async def test_a_missed_call_is_settled_by_any_contact_and_says_by_which(house: Phones) -> None:
    await house.call()
    await house.told("waiting")
    await house.fact("ENDED", cause="HUNG_UP")
    await house.told("end")
    [owed] = [row for row in await house.rows(work) if row["kind"] == missed.KIND]
    mine = await house.store.write(lambda tx: follow_up.assign(tx, house.ann, owed["id"], house.ann.user_id))
    later = (await house.store.write(lambda tx: tx.now)) + timedelta(hours=2)
    await house.site.core.call_back(CallMe(to("bear"), at=later), None, "")
    await house.exchange.say("say", session="s2", text="Ring", **BEAR)
    await house.told("waiting", session="s2")
    await house.ready(house.bo)
    leg = (await house.told("ring", user=house.bo.user_id))["leg"]
    await house.exchange.say("leg", session="s2", state="ANSWERED", leg=leg)
    await house.told("bridge", legs=[leg])
    settled = next(row for row in await house.rows(work) if row["id"] == mine)
    assert settled["state"] == "DONE" and settled["payload"]["closed_by"]["user"] == house.bo.user_id
    [promise] = await house.rows(callbacks)
    assert (promise["state"], promise["tries"][-1]["result"]) == ("CANCELLED", "CONTACTED")


async def test_a_missed_call_on_offer_is_settled_too_and_the_agent_is_free(house: Phones) -> None:
    await house.ready()
    await house.call()
    leg = (await house.told("ring"))["leg"]
    await house.fact("ENDED", cause="HUNG_UP")
    await house.until("offer.created", lambda event: event.data["offer"] != int(leg.removeprefix("offer:")))
    await house.exchange.say("say", session="s2", text="Ring", **BEAR)
    again = (await house.told("ring", session="s2"))["leg"]
    await house.exchange.say("leg", session="s2", state="ANSWERED", leg=again)
    await house.told("bridge", legs=[again])
    [owed] = [row for row in await house.rows(work) if row["kind"] == missed.KIND]
    assert (owed["state"], owed["payload"]["closed_by"]["interaction"]) == ("DONE", 2)
    assert await house.store.read(lambda conn: load_of(conn, house.ann.user_id)) == {"VOICE": 1, "toy_phone": 1}


async def went(house: Phones) -> None:
    """A bear waits, is promised a call, and goes."""
    await house.call()
    await house.told("waiting")
    [row] = await house.rows(interactions)
    await house.store.write(lambda tx: callback.ask(tx, rows.locked(tx, row["id"])))
    await house.fact("ENDED", cause="HUNG_UP")
    await house.becomes("CLOSED")


async def dialled(house: Phones) -> str:
    """Ann takes the work: her device rings for the call to the bear."""
    await house.ready()
    await house.accept()
    told = await house.told("place", to="bear")
    return str(told["leg"])


async def busy(house: Phones) -> None:
    """The next attempt finds them busy."""
    before = len(house.commands("place"))
    await house.ready()
    [made] = [row for row in await house.rows(work) if row["ended_at"] is None]
    created = await house.until("offer.created", lambda event: event.data["work"] == made["id"])
    await house.store.write(lambda tx: offer.accept(tx, house.ann, int(str(created.data["offer"]))))
    await house.exchange.until("commanded", lambda entry: len(house.commands("place")) > before)
    told = house.commands("place")[-1]
    await house.fact("ANSWERED", told["leg"], session=told["session"])
    await house.fact("ENDED", session=told["session"], cause="BUSY")


async def until(house: Phones, state: str) -> None:
    await house.until("callback.state", lambda event: event.data["state"] == state)


async def thread_of(house: Phones) -> str:
    """Of the last call."""
    return str((await house.rows(interactions))[-1]["thread"])


async def quickly(house: Phones, attempts: int) -> None:
    rules = {"callback_attempts": attempts, "callback_pause": 3600}
    await house.store.write(lambda tx: tx.conn.execute(queues.update().values(routing=rules)))


async def refuses(*_: Any) -> Refusal:
    return Refusal("They asked us not to.")


def to(toy: str) -> Address:
    return Address("toy", toy)
