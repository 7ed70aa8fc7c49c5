"""A caller who waits presses the key for something else: the core hears of it once, then self-service has them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from hub.api import Address, Choice, Conversation, Outbound
from plugins.sip.media.engine import Recording
from plugins.sip.tests.party import ACCOUNT, Party, Site, site
from plugins.sip.tests.silent_media import SilentEngine
from plugins.sip.tests.test_announcing import Voice

WAITS = Conversation(1, "QUEUED", "", "", 0, "", (), choices=(Choice("1", "Leave a message"),), language="en")
SPEAK = Outbound(1, 1, 1, Address("tel", "10086"), "Speak.", fields={"entry": {"kind": "RECORDING", "seconds": 20}})


class Recorder(SilentEngine):
    """What it records is this file."""

    def __init__(self, made: Path) -> None:
        super().__init__()
        self._made = made

    async def stop_recording(self, target: str) -> Recording:
        return Recording(self._made, 2.0)


@asynccontextmanager
async def waiting(voice: Voice, engine: SilentEngine) -> AsyncIterator[tuple[Site, Party]]:
    """A caller is told what a key does."""
    async with site() as found:
        found.context.services.append(voice)
        found.audio.silent = engine
        with Party() as caller:
            await caller.call(found.port)
            found.context.conversations[ACCOUNT.id, found.thread] = replace(WAITS, thread=found.thread)
            await found.channel.waiting(ACCOUNT, found.thread)
            await found.until(lambda: voice.said)
            yield found, caller
            await caller.ask("BYE")
            await found.until(lambda: not found.exchange.lines)


async def press(caller: Party, key: str) -> None:
    await caller.ask("INFO", body=key.encode(), kind="application/dtmf")


async def test_the_key_is_told_in_the_midst_of_the_announcement_and_once() -> None:
    voice = Voice()
    async with waiting(voice, SilentEngine()) as (found, caller):
        line = found.exchange.lines[found.thread]
        assert line.speaking is not None and line.speaking.busy
        for key in "711":
            await press(caller, key)
        await found.until(lambda: found.told("keys"))
    assert found.told("keys") == [{"keys": "1"}]
    assert voice.said == ["You are next. Press 1 to leave a message."]


@pytest.mark.slow
async def test_then_no_music_is_in_what_they_leave(tmp_path: Path) -> None:
    message = tmp_path / "message.wav"
    message.write_bytes(b"RIFF")
    async with waiting(Voice(), Recorder(message)) as (found, caller):
        await press(caller, "1")
        await found.channel.bridge(ACCOUNT, found.thread, [])
        await found.channel.send(None, ACCOUNT, replace(SPEAK, thread=(found.thread,)))
        await press(caller, "1")  # they need not hear it out
        await found.until(lambda: "record" in done(found))
        assert done(found)[-3:] == ["play", "stop", "record"]
        await press(caller, "#")
        await found.until(lambda: [raw for _, raw in found.context.emitted if raw.meta["what"] == "voicemail"])
    assert found.told("keys") == [{"keys": "1"}]


def done(found: Site) -> list[str]:
    """By the engine."""
    return [what for what, *_ in found.engine.did]
