"""A call from a trunk, by sipp: stored, known, queued, answered; and over when either side hangs up."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hub.model.states import InteractionState
from hub.pipeline import conclude
from hub.store.tables import identities, interactions, messages, raws
from tests.voice.house import VoiceHouse
from tests.voice.sipp import Sipp

pytestmark = [pytest.mark.slow, pytest.mark.peer]


async def test_a_caller_is_known_by_number_waits_and_hangs_up(house: VoiceHouse, tmp_path: Path) -> None:
    async with Sipp(tmp_path, "calls_and_hangs_up", house.port) as caller:
        assert await caller.verdict() == 0, caller.wire
    await house.becomes("ABANDONED")
    [row] = await house.rows(interactions)
    assert (row["channel"], row["medium"]) == ("sip", "VOICE")
    assert [(i["scheme"], i["value"]) for i in await house.rows(identities)] == [("tel", "+8613800138000")]
    assert next((m["kind"], m["direction"]) for m in await house.rows(messages)) == ("CALL", "INBOUND")
    assert (await house.rows(raws))[0]["body"].startswith(b"INVITE sip:+861058880000@")
    await house.quiet()


async def test_the_hub_hangs_up_and_the_caller_hears_of_it(house: VoiceHouse, tmp_path: Path) -> None:
    async with Sipp(tmp_path, "calls_and_is_hung_up", house.port) as caller:
        await house.until("leg.state", lambda event: event.data["state"] == "ANSWERED")
        [row] = await house.rows(interactions)
        await house.store.write(lambda tx: conclude.ended(tx, row, "test", InteractionState.FAILED))
        assert await caller.verdict() == 0, caller.wire
    await house.quiet()


async def test_a_number_nobody_has_is_404_and_leaves_no_trace(house: VoiceHouse, tmp_path: Path) -> None:
    async with Sipp(tmp_path, "dials_a_number_nobody_has", house.port) as caller:
        assert await caller.verdict() == 0, caller.wire
    assert await house.rows(raws) == [] and house.telephones.lines == {}


async def test_a_call_by_tcp_is_the_same_call(house: VoiceHouse, tmp_path: Path) -> None:
    async with Sipp(tmp_path, "calls_and_hangs_up", house.port, "-t", "t1") as caller:
        assert await caller.verdict() == 0, caller.wire
    await house.becomes("ABANDONED")
    await house.quiet()


async def test_ten_calls_at_once_are_ten_interactions(house: VoiceHouse, tmp_path: Path) -> None:
    async with Sipp(tmp_path, "calls_and_hangs_up", house.port, "-m", "10", "-r", "10", "-l", "10") as callers:
        assert await callers.verdict() == 0, callers.wire[-3000:]
    await house.quiet()
    async with asyncio.timeout(30):
        while len(found := await house.rows(interactions)) < 10:  # noqa: ASYNC110 - stored when answered, read a little later
            await asyncio.sleep(0.05)
    assert len(found) == 10
