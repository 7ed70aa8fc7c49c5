"""Crossing and breaking: whoever goes at whatever moment, no leg stays and no agent is kept busy."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.voice.house import DESK, VoiceHouse
from tests.voice.test_an_agent_answers import AGENT, customer, phone_of_ann

pytestmark = [pytest.mark.slow, pytest.mark.peer]


async def test_a_caller_who_gives_up_stops_the_agent_s_phone(house: VoiceHouse, tmp_path: Path) -> None:
    async with phone_of_ann(house, tmp_path) as ann, customer(tmp_path) as caller:
        await house.ready()
        await caller.do("dial", f"sip:{DESK}@127.0.0.1:{house.port}")
        await ann.until("CALL_INCOMING")
        await caller.do("hangup")
        await ann.until("CALL_CLOSED")
        await house.becomes("ABANDONED")
        await house.quiet()


async def test_an_agent_who_declines_leaves_the_caller_waiting(house: VoiceHouse, tmp_path: Path) -> None:
    async with phone_of_ann(house, tmp_path) as ann, customer(tmp_path) as caller:
        await house.ready()
        await caller.do("dial", f"sip:{DESK}@127.0.0.1:{house.port}")
        await ann.until("CALL_INCOMING")
        await ann.do("hangup")
        await house.until("offer.ended", lambda event: event.data["state"] == "REJECTED")
        await house.hears_something(caller)
        await caller.do("hangup")
        await house.becomes("ABANDONED")
        await house.quiet()


async def test_audio_that_dies_ends_the_call_and_frees_the_agent(house: VoiceHouse, tmp_path: Path) -> None:
    async with phone_of_ann(house, tmp_path) as ann, customer(tmp_path) as caller:
        await house.ready()
        await caller.do("dial", f"sip:{DESK}@127.0.0.1:{house.port}")
        await ann.until("CALL_INCOMING")
        await ann.do("accept")
        await house.hears(caller, AGENT)
        for pid in house.media_processes():
            os.kill(pid, signal.SIGKILL)
        await caller.until("CALL_CLOSED")
        await ann.until("CALL_CLOSED")
        await house.quiet()


async def test_a_hub_that_stops_hangs_up_on_everybody(house: VoiceHouse, tmp_path: Path) -> None:
    async with customer(tmp_path) as caller:
        await caller.do("dial", f"sip:{DESK}@127.0.0.1:{house.port}")
        await caller.until("CALL_ESTABLISHED")
        await house.becomes("QUEUED")
        await house.site.stop()
        await caller.until("CALL_CLOSED")
