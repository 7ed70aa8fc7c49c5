"""A caller presses a key instead of waiting: an agent is rung first, then they are, and the two hear each other."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hub.store.tables import callbacks, interactions, messages, work
from tests.voice.baresip import Baresip
from tests.voice.house import DESK, VoiceHouse
from tests.voice.test_an_agent_answers import AGENT, customer, phone_of_ann

pytestmark = [pytest.mark.slow, pytest.mark.peer]
HOME = 900

PATIENT = """
flow: patient
languages: [en]
start: agent
nodes:
  agent:
    do: queue
    while_waiting:
      2: { say: Be called back, next: kept }
  kept: { do: queue, callback: true, number: "+8613911112222", say: { en: We call you. } }
"""


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What the record says on either is shown with toys."""
    return sqlite_url


async def test_who_pressed_a_key_is_called_when_it_is_their_turn(database_url: str, tmp_path: Path) -> None:
    await asyncio.to_thread((tmp_path / "patient.yaml").write_text, PATIENT)
    account = "<sip:+8613911112222@127.0.0.1:{sip}>;regint=0;answermode=auto"
    async with Baresip(tmp_path / "home", account, HOME) as home:
        way_out = {"proxies": [f"127.0.0.1:{home.sip}"], "prefixes": ["+86139"]}
        others = ("self_service", "tts")
        async with (
            VoiceHouse(database_url, tmp_path, flow="patient", others=others, connection=way_out) as house,
            phone_of_ann(house, tmp_path) as ann,
        ):
            async with customer(tmp_path) as caller:
                await caller.do("dial", f"sip:{DESK}@127.0.0.1:{house.port}")
                await house.becomes("QUEUED")
                await house.hears_something(caller)  # music, or what the key does
                await caller.do("sndcode", "2")
                await house.until("callback.state")
                await caller.until("CALL_CLOSED")  # let go of, after the last words
            [promise] = await house.rows(callbacks)
            [waited, kept] = await house.rows(work)
            assert (promise["state"], kept["enqueued_at"]) == ("WAITING", waited["enqueued_at"])
            await house.ready()
            await house.accept()
            await ann.until("CALL_INCOMING")
            assert not [row for row in await house.rows(callbacks) if row["state"] == "REACHED"], "Ann first"
            await ann.do("accept")
            await home.until("CALL_ESTABLISHED")
            await house.hears(ann, HOME)
            await house.hears(home, AGENT)
            await home.do("hangup")
            await ann.until("CALL_CLOSED")
            over = ("CLOSED", promise["interaction_id"] + 1)
            await house.until("interaction.state", lambda event: (event.data["state"], event.interaction_id) == over)
            await house.quiet()
            [promise] = await house.rows(callbacks)
            assert (promise["state"], promise["attempts"], promise["tries"][0]["result"]) == ("REACHED", 1, "REACHED")
            asked, called = await house.rows(interactions)
            assert (asked["disposition"], called["state"], promise["call_id"]) == ("CALLBACK", "CLOSED", called["id"])
            said = [row["fields"]["state"] for row in await house.rows(messages) if row["kind"] == "CALLBACK"]
            assert said == ["WAITING", "REACHED"]
