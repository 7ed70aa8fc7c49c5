"""A caller who waits for an agent presses a key, speaks and hangs up: the message is work, and nobody is rung."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hub.store.tables import interactions, messages, offers, segments, tickets, work
from tests.voice.baresip import Baresip
from tests.voice.house import DESK, VoiceHouse
from tests.voice.sounds import loudest, stereo

pytestmark = [pytest.mark.slow, pytest.mark.peer]

PATIENT = """
flow: patient
languages: [en]
start: agent
nodes:
  agent:
    do: queue
    while_waiting:
      1: { say: Leave a message, next: message }
  message: { do: record, say: { en: Speak. }, seconds: 20, next: kept, otherwise: agent }
  kept: { do: queue, callback: true, ticket: Message }
"""


async def test_a_caller_leaves_a_message_instead_of_waiting(database_url: str, tmp_path: Path) -> None:
    await asyncio.to_thread((tmp_path / "patient.yaml").write_text, PATIENT)
    async with (
        VoiceHouse(database_url, tmp_path, flow="patient", others=("self_service", "tts")) as house,
        Baresip(tmp_path / "caller", "<sip:+8613800138000@127.0.0.1:{sip}>;regint=0", 500) as caller,
    ):
        await caller.do("dial", f"sip:{DESK}@127.0.0.1:{house.port}")
        await house.becomes("QUEUED")
        await house.hears_something(caller)  # music, or what the key does
        await caller.do("sndcode", "1")
        await house.delivery("SENT")
        await asyncio.sleep(4)  # they are asked to speak, and speak (a tone)
        await caller.do("hangup")
        await house.becomes("CLOSED")
        await house.quiet()
        [message] = [row for row in await house.rows(messages) if row["kind"] == "VOICEMAIL"]
        left, _ = stereo(await house.file_of(message["id"]))
        assert loudest(left, 500) > 0.8
        [row] = await house.rows(interactions)
        waited, called_back = await house.rows(work)
        assert (waited["state"], called_back["state"], called_back["kind"]) == ("CANCELLED", "WAITING", "callback")
        assert called_back["enqueued_at"] == waited["enqueued_at"] and row["ticket_id"] is not None
        outcomes = [each["outcome"] for each in await house.rows(segments) if each["kind"] == "QUEUE"]
        assert outcomes[0] == "SELF_SERVICE" and "ABANDONED" not in outcomes
        assert await house.rows(offers) == [] and len(await house.rows(tickets)) == 1
