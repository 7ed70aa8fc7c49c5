"""What an agent has begun goes with a call: the note being written and the open form, however it is passed on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hub.model.actor import Actor
from hub.pipeline.colleagues import consult, transfer
from hub.pipeline.colleagues.consult import Whom
from hub.store import drafts, offers_list
from hub.store.offers_list import Carried
from hub.store.tables import work
from tests.toy.tests.crowd import Crowd
from tests.toy.tests.exchange import Exchange

pytestmark = pytest.mark.slow
BEGUN = {"kind": "NOTE", "text": "Wants his honey back", "forms": {"ticket": '{"subject": "Honey"}'}}


@pytest.fixture
async def house(database_url: str, tmp_path: Path, exchange: Exchange) -> AsyncIterator[Crowd]:
    async with Crowd(database_url, tmp_path, exchange) as running:
        yield running


async def draft_of(house: Crowd, who: Actor, call: int) -> dict[str, Any] | None:
    return await house.store.read(lambda conn: drafts.get_draft(conn, who.user_id, call))


async def begins(house: Crowd) -> tuple[int, str]:
    """Ann talks, and has begun a note and a ticket; a file of hers is hers."""
    call, leg = await house.talking()
    await house.store.write(lambda tx: drafts.put_draft(tx, house.ann.user_id, call, {**BEGUN, "attachments": [7]}))
    await house.ready(house.bo)
    return call, leg


async def rings_at_bo(house: Crowd) -> str:
    """Bo's leg; before he answers he sees what comes with it."""
    leg = str((await house.told("ring", user=house.bo.user_id))["leg"])
    now = datetime.now(UTC)
    [seen] = await house.store.read(lambda conn: offers_list.open_offers(conn, house.bo, now))
    assert seen.carried == Carried("Wants his honey back", {"ticket": '{"subject": "Honey"}'})
    return leg


async def test_a_desk_phones_transfer_key_takes_the_screen_along_and_a_refusal_leaves_it(house: Crowd) -> None:
    call, anns = await begins(house)
    await house.fact("PASSED_ON", anns, colleague=house.bo.user_id)
    await house.fact("ENDED", await rings_at_bo(house), cause="REJECTED")
    back = await house.exchange.until(
        "commanded", lambda e: e["do"] == "ring" and e["user"] == house.ann.user_id and e["leg"] != anns
    )
    await house.fact("ANSWERED", back["leg"])
    await house.told("bridge", legs=[back["leg"]])
    assert await draft_of(house, house.bo, call) is None
    assert (await draft_of(house, house.ann, call) or {})["forms"] == BEGUN["forms"], "hers as before"


async def test_who_is_asked_has_it_before_them_and_what_they_have_begun_themselves_stays(house: Crowd) -> None:
    call, _ = await begins(house)
    await house.store.write(lambda tx: consult.ask(tx, house.ann, call, Whom(user=house.bo.user_id)))
    leg = await rings_at_bo(house)
    await house.fact("ANSWERED", leg)
    await house.told("consult")
    assert await draft_of(house, house.bo, call) == BEGUN
    own = {"kind": "NOTE", "text": "My own words"}
    await house.store.write(lambda tx: drafts.put_draft(tx, house.bo.user_id, call, own))
    await house.store.write(lambda tx: consult.back(tx, house.ann, call))
    await house.store.write(lambda tx: transfer.to_user(tx, house.ann, call, house.bo.user_id))
    assert await draft_of(house, house.bo, call) == own


async def test_a_supervisor_passes_on_what_the_agent_has_begun_and_nothing_of_it_stays_on_the_way(house: Crowd) -> None:
    call, _ = await begins(house)
    eves = {"kind": "NOTE", "text": "Ann needs help"}
    await house.store.write(lambda tx: drafts.put_draft(tx, house.eve.user_id, call, eves))
    await house.store.write(lambda tx: transfer.ring(tx, house.eve, call, house.bo.user_id))
    leg = await rings_at_bo(house)
    await house.fact("ANSWERED", leg)
    await house.told("bridge", legs=[leg])
    assert await draft_of(house, house.bo, call) == BEGUN and await draft_of(house, house.eve, call) == eves
    assert not [row for row in await house.rows(work) if "carried" in row["payload"]]
