"""An agent's desk phone (PJSUA) consults a colleague by its own keys and hands the caller over, heard at every step."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.store.tables import interactions
from plugins.sip.wire.digest import Secret
from tests.voice.baresip import Baresip
from tests.voice.house import DESK, PASSWORD, VoiceHouse
from tests.voice.pjsua import Pjsua
from tests.voice.test_an_agent_answers import AGENT, CUSTOMER, customer

pytestmark = [pytest.mark.slow, pytest.mark.peer]
COLLEAGUE = 800


async def test_a_colleague_is_consulted_and_given_the_caller_by_a_phone_s_keys(
    house: VoiceHouse, tmp_path: Path
) -> None:
    await house.give_phone()
    await house.telephones.phones.set(house.bo.user_id, Secret.of("bo", "hub", PASSWORD), "")
    bos = f"<sip:bo@127.0.0.1:{house.port}>;auth_pass={PASSWORD};regint=60;answermode=manual"
    async with (
        Pjsua(tmp_path / "ann", "ann", PASSWORD, house.port, AGENT) as ann,
        Baresip(tmp_path / "bo", bos, COLLEAGUE) as bo,
        customer(tmp_path) as caller,
    ):
        await ann.until("REGISTERED", code=200)
        await bo.registered()
        await house.ready()
        await caller.do("dial", f"sip:{DESK}@127.0.0.1:{house.port}")
        await ann.until("INCOMING", leg=0)
        ann.do("answer")
        await house.hears(caller, AGENT)
        await house.ready(house.bo)
        ann.do("hold")
        await house.becomes("ON_HOLD")
        ann.do(f"call sip:bo@127.0.0.1:{house.port}")
        await bo.until("CALL_INCOMING")
        await bo.do("accept")
        await ann.until("CONFIRMED", leg=1)
        await house.becomes("CONSULTING")
        await house.hears(bo, AGENT)
        await house.hears_something(caller)
        assert caller.loudness(COLLEAGUE) < 0.1, "they do not hear what is said about them"
        ann.do("join")
        await ann.until("TRANSFER", code=200)
        await house.hears(caller, COLLEAGUE)
        await house.hears(bo, CUSTOMER)
        for leg in (0, 1):
            await ann.until("DISCONNECTED", leg=leg)
        [row] = await house.rows(interactions)
        assert (row["state"], row["agent_id"]) == ("CONNECTED", house.bo.user_id)
        await caller.do("hangup")
        await bo.until("CALL_CLOSED")
        await house.becomes("CLOSED")
        await house.quiet()
