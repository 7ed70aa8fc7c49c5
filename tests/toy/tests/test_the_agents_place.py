"""An agent leaves a conference, by passing it on, by parking it, by a broken line: their place alone is open, and the
others talk on, and are joined by who takes it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from hub.api import Address, Monitoring
from hub.model.errors import Conflict
from hub.pipeline import conclude
from hub.pipeline.calls import calls, park, party, supervision
from hub.pipeline.calls.supervision import How
from hub.pipeline.colleagues import consult, place, transfer
from hub.store.rows import inserted
from hub.store.tables import audit, departments, parties, queues, users
from hub.store.unit import Tx
from tests.toy.tests.crowd import Crowd
from tests.toy.tests.exchange import Exchange

pytestmark = pytest.mark.slow
FOX = Address("toy", "fox")


@pytest.fixture
async def house(database_url: str, tmp_path: Path, exchange: Exchange) -> AsyncIterator[Crowd]:
    async with Crowd(database_url, tmp_path, exchange) as running:
        yield running


async def with_fox(house: Crowd, call: int, party_id: int = 1) -> str:
    """Ann calls them into it, and they answer."""
    await house.store.write(lambda tx: party.invite(tx, house.ann, call, FOX))
    leg = str((await house.told("invite", leg=f"party:{party_id}"))["leg"])
    await house.fact("ANSWERED", leg)
    await house.becomes("CONFERENCED")
    return leg


async def brought_aside(house: Crowd, call: int) -> str:
    """Ann asks Bo for a word, and he picks up: his leg, the third."""
    await house.ready(house.bo)
    aside = consult.Whom(user=house.bo.user_id, aside=True)
    await house.store.write(lambda tx: consult.ask(tx, house.ann, call, aside))
    leg = str((await house.told("ring", leg="offer:3"))["leg"])
    await house.fact("ANSWERED", leg)
    return leg


async def is_alone(house: Crowd) -> bool:
    """Whether the customer is with nobody."""
    row = await house.row()
    return await house.store.write(lambda tx: place.is_alone(tx, row))


async def test_the_others_talk_on_while_another_agent_is_found_and_are_joined_by_them(house: Crowd) -> None:
    call, anns = await house.talking()
    foxs = await with_fox(house, call)
    bos = await house.brings_in(call, house.bo)
    await house.store.write(lambda tx: supervision.monitor(tx, house.eve, call, How(Monitoring.WHISPER)))
    eves = (await house.told("ring", user=house.eve.user_id))["leg"]
    await house.fact("ANSWERED", eves)
    await house.told("monitor", leg=eves, mode="WHISPER")
    await house.ready(house.cy)
    await house.store.write(lambda tx: transfer.ring(tx, house.ann, call, house.cy.user_id))
    await house.told("bridge", legs=[bos, foxs])
    await house.told("release", leg=anns)
    await house.told("monitor", leg=eves, whom="", mode="LISTEN")
    assert not house.commands("waiting")[1:], "no music while they talk"
    assert ("COLLEAGUE", "Bo", "TALKING") in await house.there(call)
    cys = (await house.told("ring", user=house.cy.user_id))["leg"]
    await house.fact("ANSWERED", cys)
    await house.told("bridge", legs=[bos, cys, foxs])
    row = await house.row()
    assert (row["state"], row["agent_id"]) == ("CONFERENCED", house.cy.user_id)
    heard = [row["details"] for row in await house.rows(audit) if row["action"] == "call.monitored"]
    assert heard == [{"mode": "LISTEN", "agent": None}]
    await house.compares()
    assert {each["leg"] for each in house.commands("release")} == {anns}, "both sides know of all who stayed"


async def test_a_parked_conference_goes_on_and_who_is_in_it_has_it_without_a_ring(house: Crowd) -> None:
    call, anns = await house.talking()
    foxs = await with_fox(house, call)
    bos = await house.brings_in(call, house.bo)
    await house.store.write(lambda tx: park.park(tx, house.ann, call, timedelta(minutes=2)))
    await house.told("bridge", legs=[bos, foxs])
    await house.told("release", leg=anns)
    assert (await house.row())["state"] == "PARKED"
    await house.store.write(lambda tx: park.unpark(tx, house.bo, call))
    row = await house.row()
    assert (row["state"], row["agent_id"]) == ("CONFERENCED", house.bo.user_id)
    await house.store.write(lambda tx: park.park(tx, house.bo, call, timedelta(minutes=2)))
    await house.told("bridge", legs=[foxs])
    await house.fact("ENDED", foxs, cause="HUNG_UP")
    await house.told("hold")
    assert not house.commands("end"), "the customer is still there, and hears music"
    assert len(house.commands("ring", user=house.bo.user_id)) == 1
    await house.store.write(lambda tx: park.unpark(tx, house.ann, call))
    await house.fact("ANSWERED", (await house.told("ring", user=house.ann.user_id, leg="offer:3"))["leg"])
    await house.told("bridge", legs=["offer:3"])
    assert (await house.row())["state"] == "CONNECTED"


async def test_a_broken_line_leaves_the_others_and_who_is_left_alone_waits_with_music(house: Crowd) -> None:
    call, anns = await house.talking()
    foxs = await with_fox(house, call)
    await house.store.write(lambda tx: consult.ask(tx, house.ann, call, consult.Whom(queue=None)))
    await house.store.write(lambda tx: party.invite(tx, house.ann, call, Address("toy", "owl")))
    owls = (await house.told("invite", leg="party:2"))["leg"]
    await house.fact("ENDED", anns, cause="FAILED")
    await house.told("bridge", legs=[foxs])
    await house.told("release", leg=owls)
    await house.until("consult.ended", lambda event: event.data["outcome"] == "OVER")
    await house.fact("ENDED", foxs, cause="HUNG_UP")
    await house.until("party.state", lambda event: event.data["party"] == 1 and event.data["state"] == "ENDED")
    await house.told("waiting")
    assert await is_alone(house)
    await house.fact("ENDED", cause="HUNG_UP")
    await house.becomes("CLOSED")
    assert {row["state"] for row in await house.rows(parties)} == {"ENDED"}


async def test_a_word_in_private_in_a_conference_and_back_into_it_alone_or_with_them(house: Crowd) -> None:
    call, anns = await house.talking()
    foxs = await with_fox(house, call)
    await house.ready(house.bo)
    aside = consult.Whom(user=house.bo.user_id, aside=True)
    await house.store.write(lambda tx: consult.ask(tx, house.ann, call, aside))
    bos = (await house.told("ring", user=house.bo.user_id))["leg"]
    assert not house.commands("consult"), "they talk on until he is there"
    await house.fact("ANSWERED", bos)
    await house.told("consult", legs=[anns, bos], others=[foxs])
    await house.store.write(lambda tx: consult.back(tx, house.ann, call))
    await house.told("release", leg=bos)
    assert (await house.row())["state"] == "CONFERENCED"
    again = await brought_aside(house, call)
    await house.told("consult", legs=[anns, again], others=[foxs])
    await house.fact("ENDED", foxs, cause="HUNG_UP")
    await house.told("consult", legs=[anns, again], others=[])
    await house.store.write(lambda tx: consult.join(tx, house.ann, call))
    await house.told("bridge", legs=[anns, again])
    assert (await house.row())["state"] == "CONFERENCED"


@pytest.mark.parametrize("phone", [False, True])
async def test_who_leaves_during_a_word_in_private_leaves_the_call_to_who_talks_with_the_customer(
    house: Crowd, phone: bool
) -> None:
    """Whether by a click, or because their phone hung up or broke."""
    call, anns = await house.talking()
    cys = await house.brings_in(call, house.cy)
    await house.store.write(lambda tx: consult.join(tx, house.ann, call))
    bos = await brought_aside(house, call)
    await house.told("consult", others=[cys])
    if phone:
        await house.fact("ENDED", anns, cause="HUNG_UP")
    else:
        await house.store.write(lambda tx: calls.hang_up(tx, house.ann, call))
    await house.told("bridge", legs=[cys])
    await house.told("release", leg=bos)
    row = await house.row()
    assert (row["state"], row["agent_id"]) == ("CONNECTED", house.cy.user_id)


async def test_passed_on_to_who_is_in_it_already_it_is_theirs_at_once(house: Crowd) -> None:
    call, _ = await house.talking()
    bos = await house.brings_in(call, house.bo)
    await house.store.write(lambda tx: consult.join(tx, house.ann, call))
    foxs = await with_fox(house, call)
    await house.store.write(lambda tx: transfer.ring(tx, house.ann, call, house.bo.user_id))
    await house.told("bridge", legs=[bos, foxs])
    row = await house.row()
    assert (row["state"], row["agent_id"]) == ("CONFERENCED", house.bo.user_id)
    await house.store.write(lambda tx: conclude.close(tx, house.bo, call))
    await house.told("end")
    assert not house.commands("ring", leg="offer:3")


async def test_a_supervisor_in_it_takes_the_open_place_with_the_leg_they_have(house: Crowd) -> None:
    call, _ = await house.talking()
    foxs = await with_fox(house, call)
    await house.store.write(lambda tx: supervision.monitor(tx, house.eve, call, How(Monitoring.LISTEN)))
    await house.fact("ANSWERED", (await house.told("ring", user=house.eve.user_id))["leg"])
    await house.told("monitor", leg="party:2")
    queue_id = (await house.row())["queue_id"]
    await house.store.write(lambda tx: transfer.to_queue(tx, house.ann, call, queue_id))
    await house.told("bridge", legs=[foxs])
    assert not await is_alone(house), "their keys are not for the queue"
    await house.store.write(lambda tx: supervision.take_over(tx, house.eve, call))
    await house.told("bridge", legs=["party:2", foxs])
    row = await house.row()
    assert (row["state"], row["agent_id"]) == ("CONFERENCED", house.eve.user_id)


async def test_a_supervisor_begins_to_listen_while_the_place_is_open_as_long_as_others_talk(house: Crowd) -> None:
    call, _ = await house.talking()
    foxs = await with_fox(house, call)
    await house.store.write(lambda tx: park.park(tx, house.ann, call, timedelta(minutes=2)))
    await house.told("bridge", legs=[foxs])
    with pytest.raises(Conflict):
        await house.store.write(lambda tx: supervision.monitor(tx, house.eve, call, How(Monitoring.WHISPER)))
    gone = How(Monitoring.WHISPER, house.ann.user_id)
    with pytest.raises(Conflict):
        await house.store.write(lambda tx: supervision.monitor(tx, house.eve, call, gone))
    await house.store.write(lambda tx: supervision.monitor(tx, house.eve, call, How(Monitoring.LISTEN)))
    eves = (await house.told("ring", user=house.eve.user_id))["leg"]
    await house.fact("ANSWERED", eves)
    await house.told("monitor", leg=eves, whom="", mode="LISTEN")
    await house.store.write(lambda tx: supervision.stop(tx, house.eve, call))
    await house.told("release", leg=eves)
    await house.fact("ENDED", foxs, cause="HUNG_UP")
    await house.told("hold")
    with pytest.raises(Conflict):  # nobody is with the customer
        await house.store.write(lambda tx: supervision.monitor(tx, house.eve, call, How(Monitoring.LISTEN)))


async def test_a_supervisor_without_business_where_it_goes_hears_no_more_of_it(house: Crowd) -> None:
    call, anns = await house.talking()
    queue_id = await house.store.write(lambda tx: _another_department(tx, house.eve.user_id))
    await house.store.write(lambda tx: supervision.monitor(tx, house.eve, call, How(Monitoring.LISTEN)))
    eves = (await house.told("ring", user=house.eve.user_id))["leg"]
    await house.fact("ANSWERED", eves)
    await house.told("monitor", leg=eves)
    await house.store.write(lambda tx: transfer.to_queue(tx, house.ann, call, queue_id))
    await house.told("release", leg=eves)
    await house.told("release", leg=anns)


def _another_department(tx: Tx, user_id: int) -> int:
    """A queue of the one, the user is of the other."""
    ours, theirs = (inserted(tx.conn, insert(departments), {"name": name}) for name in ("Sales", "Returns"))
    tx.conn.execute(update(users).where(users.c.id == user_id).values(department_id=ours))
    values = {"key": "returns", "name": "Returns", "department_id": theirs}
    return inserted(tx.conn, insert(queues), values)
