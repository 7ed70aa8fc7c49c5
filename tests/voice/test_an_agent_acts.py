"""What an agent does with a call, on real phones: hold, call somebody, pass on, and what the record has of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from hub.api import Address
from hub.pipeline.calls import calls
from hub.store.details import get_detail
from hub.store.tables import interactions, messages
from tests.support.ports import free_port
from tests.voice.baresip import Baresip, Sound
from tests.voice.house import DESK, VoiceHouse
from tests.voice.sounds import share, stereo
from tests.voice.test_an_agent_answers import AGENT, CUSTOMER, customer, phone_of_ann

pytestmark = [pytest.mark.slow, pytest.mark.peer]
OUTSIDE = 900


@pytest.fixture
async def outside(tmp_path: Path) -> AsyncIterator[Baresip]:
    """A number of the world, which the trunk's proxy would lead to."""
    account = "<sip:+8613911112222@127.0.0.1:{sip}>;regint=0;answermode=auto"
    async with Baresip(tmp_path / "outside", account, OUTSIDE) as phone:
        yield phone


@pytest.fixture
async def house(database_url: str, tmp_path: Path, outside: Baresip) -> AsyncIterator[VoiceHouse]:
    dead = free_port()
    way_out = {"proxies": [f"127.0.0.1:{dead}", f"127.0.0.1:{outside.sip}"], "prefixes": ["+86139"]}
    async with VoiceHouse(database_url, tmp_path, record=True, connection=way_out) as running:
        yield running


async def talk(house: VoiceHouse, ann: Baresip, caller: Baresip) -> None:
    """Ann and a caller are connected."""
    await house.ready()
    await caller.do("dial", f"sip:{DESK}@127.0.0.1:{house.port}")
    await ann.until("CALL_INCOMING")
    await ann.do("accept")
    await house.becomes("CONNECTED")
    await house.hears(caller, AGENT)


async def test_a_caller_on_hold_hears_music_and_then_the_agent_and_all_is_recorded(
    house: VoiceHouse, tmp_path: Path
) -> None:
    async with phone_of_ann(house, tmp_path) as ann, customer(tmp_path) as caller:
        await talk(house, ann, caller)
        await ann.do("hold")
        await house.becomes("ON_HOLD")
        await house.hears_no(caller, AGENT)
        await house.hears_something(caller)
        await ann.do("resume")
        await house.hears(caller, AGENT)
        await caller.do("hangup")
        await ann.until("CALL_CLOSED")
        await house.becomes("CLOSED")
        await house.quiet()
        assert [name for name, mos in await heard(house) if mos is not None] == ["Ann", "customer"]
    left, right = await recording(house)
    assert share(left, CUSTOMER) > 0.8 and share(left, AGENT) < 0.1, "the customer is on the left, throughout"
    agents = "".join(str(int(share(part, AGENT) > 0.5)) for part in np.array_split(right, len(right) // 2400))
    assert re.fullmatch("0*1[01]*0[01]*1[01]*", agents), "on the right the agent, then music, then the agent"


async def test_an_agent_calls_somebody_by_a_click(house: VoiceHouse, tmp_path: Path, outside: Baresip) -> None:
    async with phone_of_ann(house, tmp_path) as ann:
        await house.ready()
        await house.call(Address("tel", "+8613911112222"))
        await ann.until("CALL_INCOMING")
        await ann.do("accept")
        await outside.until("CALL_ESTABLISHED")
        await house.hears(ann, OUTSIDE)
        await house.hears(outside, AGENT)
        await outside.do("hangup")
        await ann.until("CALL_CLOSED")
        await house.quiet()


async def test_a_number_no_prefix_allows_is_not_called(house: VoiceHouse, tmp_path: Path, outside: Baresip) -> None:
    async with phone_of_ann(house, tmp_path) as ann:
        await house.ready()
        await house.call(Address("tel", "+8613711112222"))
        await ann.until("CALL_INCOMING")
        await ann.do("accept")
        await ann.until("CALL_CLOSED")
        await house.quiet()
    assert "CALL_INCOMING" not in outside.events


async def test_a_caller_is_passed_on_to_a_number_outside(house: VoiceHouse, tmp_path: Path, outside: Baresip) -> None:
    async with phone_of_ann(house, tmp_path) as ann, customer(tmp_path) as caller:
        await talk(house, ann, caller)
        [row] = await house.rows(interactions)
        to = Address("tel", "+8613911112222")
        await house.store.write(lambda tx: calls.pass_out(tx, house.ann, row["id"], to))
        await house.becomes("CLOSED")
        await ann.until("CALL_CLOSED")
        await house.hears(caller, OUTSIDE)
        await house.hears(outside, CUSTOMER)
        await caller.do("hangup")
        await outside.until("CALL_CLOSED")
        await house.quiet()


async def heard(house: VoiceHouse) -> list[tuple[str, float | None]]:
    """How well each leg of the call was, by its record, once Ann's has ended, too."""
    await house.until("leg.state", lambda event: (event.data["leg"], event.data["state"]) == ("offer:1", "ENDED"))
    [call] = await house.rows(interactions)
    detail = await house.store.read(lambda conn: get_detail(conn, house.ann, call["id"], {}))
    return sorted((each.user.name if each.user else "customer", each.mos) for each in detail.heard)


async def recording(house: VoiceHouse) -> tuple[Sound, Sound]:
    """Left and right of the one recording."""
    [row] = [row for row in await house.rows(messages) if row["kind"] == "RECORDING"]
    return stereo(await house.file_of(row["id"]))
