"""A caller and a flow: it speaks, keys are answers, and it hangs up when it is done. Heard and pressed by baresip."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.store.tables import identities, interactions, messages, work
from tests.voice.baresip import Baresip
from tests.voice.house import DESK, VoiceHouse
from tests.voice.sounds import loudest, stereo
from tests.voice.test_an_agent_answers import AGENT, phone_of_ann

pytestmark = [pytest.mark.slow, pytest.mark.peer]


@pytest.fixture
async def menu(database_url: str, tmp_path: Path) -> AsyncIterator[VoiceHouse]:
    async with VoiceHouse(database_url, tmp_path, flow="toy_menu", others=("toy", "tts")) as running:
        yield running


@pytest.fixture
async def caller(tmp_path: Path) -> AsyncIterator[Baresip]:
    async with Baresip(tmp_path / "caller", "<sip:+8613800138000@127.0.0.1:{sip}>;regint=0", 500) as phone:
        yield phone


async def test_a_caller_hears_the_menu_presses_a_key_and_is_answered(menu: VoiceHouse, caller: Baresip) -> None:
    await caller.do("dial", f"sip:{DESK}@127.0.0.1:{menu.port}")
    await menu.delivery("SENT")
    await menu.hears_something(caller)
    await caller.do("sndcode", "2")
    await caller.until("CALL_CLOSED")
    await menu.becomes("CLOSED")
    said = [(m["direction"], m["text"]) for m in await menu.rows(messages)]
    assert said[1:] == [("OUTBOUND", "What is it about?"), ("INBOUND", "2"), ("OUTBOUND", "We are open from 9 to 5.")]
    await menu.quiet()


async def test_a_caller_who_chose_waits_with_music(menu: VoiceHouse, caller: Baresip) -> None:
    await caller.do("dial", f"sip:{DESK}@127.0.0.1:{menu.port}")
    await menu.delivery("SENT")
    await menu.hears_something(caller)
    await caller.do("sndcode", "1")
    await menu.heard(2)
    await caller.do("sndcode", "7")
    await caller.do("sndcode", "#")
    await menu.becomes("QUEUED")
    await menu.hears_something(caller)
    await caller.do("hangup")
    await menu.becomes("ABANDONED")
    assert len(await menu.rows(interactions)) == 1
    await menu.quiet()


VOICEMAIL = """
flow: voicemail
languages: [en]
start: message
nodes:
  message: { do: record, say: { en: Speak. }, into: said, seconds: 20, next: bye, otherwise: bye }
  bye: { do: end, say: { en: Thank you. } }
"""


async def test_a_message_after_the_tone_is_a_voicemail(database_url: str, tmp_path: Path, caller: Baresip) -> None:
    await asyncio.to_thread((tmp_path / "voicemail.yaml").write_text, VOICEMAIL)
    async with VoiceHouse(database_url, tmp_path, flow="voicemail", others=("self_service", "tts")) as house:
        await caller.do("dial", f"sip:{DESK}@127.0.0.1:{house.port}")
        await house.hears_something(caller)
        await asyncio.sleep(3)  # the caller speaks (a tone)
        await caller.do("sndcode", "#")
        await caller.until("CALL_CLOSED")
        await house.becomes("CLOSED")
        [message] = [row for row in await house.rows(messages) if row["kind"] == "VOICEMAIL"]
        left, _ = stereo(await house.file_of(message["id"]))
        assert 0 < message["fields"]["seconds"] < 20
        assert loudest(left, 500) > 0.8
        await house.quiet()


async def test_a_caller_who_withholds_their_number_is_served_like_any_other(menu: VoiceHouse, tmp_path: Path) -> None:
    account = "<sip:anonymous@127.0.0.1:{sip}>;regint=0"
    async with Baresip(tmp_path / "nobody", account, 500) as caller:
        await caller.do("dial", f"sip:{DESK}@127.0.0.1:{menu.port}")
        await menu.hears_something(caller)
        await caller.do("sndcode", "2")
        await caller.until("CALL_CLOSED")
        await menu.becomes("CLOSED")
        assert await menu.rows(identities) == []
        await menu.quiet()


RATING = """
flow: rating
languages: [en]
start: agent
nodes:
  agent: { do: queue, after: how }
  how: { do: rate, say: { en: "How were we?" }, retries: 0, next: bye, otherwise: bye }
  bye: { do: end, say: { en: Goodbye. } }
"""


async def test_a_caller_whose_agent_has_hung_up_is_asked_how_it_was(
    database_url: str, tmp_path: Path, caller: Baresip
) -> None:
    await asyncio.to_thread((tmp_path / "rating.yaml").write_text, RATING)
    async with (
        VoiceHouse(database_url, tmp_path, flow="rating", others=("self_service", "tts")) as house,
        phone_of_ann(house, tmp_path) as ann,
    ):
        await house.ready()
        await caller.do("dial", f"sip:{DESK}@127.0.0.1:{house.port}")
        await ann.until("CALL_INCOMING")
        await ann.do("accept")
        await house.hears(caller, AGENT)
        await ann.do("hangup")
        await house.until("interaction.state", lambda event: event.data["previous"] == "CONNECTED")
        await house.delivery("SENT")
        await house.hears_no(caller, AGENT)
        await house.hears_something(caller)
        await caller.do("sndcode", "4")
        await caller.until("CALL_CLOSED")
        await house.becomes("CLOSED")
        [row] = await house.rows(interactions)
        assert row["attributes"]["rating"] == 4
        assert [each["state"] for each in await house.rows(work)] == ["DONE"]
        await house.quiet()
