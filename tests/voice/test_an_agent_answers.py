"""An agent's phone registers, rings and answers (baresip at both ends): they hear each other, until one hangs up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hub.store.tables import interactions
from tests.voice.baresip import Baresip
from tests.voice.house import DESK, PASSWORD, VoiceHouse

pytestmark = [pytest.mark.slow, pytest.mark.peer]

AGENT, CUSTOMER = 1250, 500


@asynccontextmanager
async def phone_of_ann(house: VoiceHouse, folder: Path) -> AsyncIterator[Baresip]:
    await house.give_phone()
    account = f"<sip:ann@127.0.0.1:{house.port}>;auth_pass={PASSWORD};regint=60;answermode=manual"
    async with Baresip(folder / "ann", account, AGENT) as phone:
        await phone.registered()
        yield phone


@asynccontextmanager
async def customer(folder: Path) -> AsyncIterator[Baresip]:
    async with Baresip(folder / "customer", "<sip:+8613800138000@127.0.0.1:{sip}>;regint=0", CUSTOMER) as phone:
        yield phone


async def test_caller_and_agent_hear_each_other_and_nobody_after(house: VoiceHouse, tmp_path: Path) -> None:
    async with phone_of_ann(house, tmp_path) as ann, customer(tmp_path) as caller:
        await house.ready()
        await caller.do("dial", f"sip:{DESK}@127.0.0.1:{house.port}")
        await ann.until("CALL_INCOMING")
        await ann.do("accept")
        await ann.until("CALL_ESTABLISHED")
        await house.becomes("CONNECTED")
        await house.hears(ann, CUSTOMER)
        await house.hears(caller, AGENT)
        await ann.do("hangup")
        await caller.until("CALL_CLOSED")
        await house.becomes("CLOSED")
        await house.quiet()
    assert [row["state"] for row in await house.rows(interactions)] == ["CLOSED"]
