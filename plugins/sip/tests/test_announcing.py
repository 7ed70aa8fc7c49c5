"""Who is told their place, and when."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from hub.api import Audio, Conversation
from plugins.sip.lines.announcing import Announcing
from plugins.sip.media.engine import Endpoint
from plugins.sip.tests.party import ACCOUNT, Party, described, site
from plugins.sip.tests.silent_media import SilentEngine


class Voice:
    """Speech that writes down what it was to say."""

    def __init__(self) -> None:
        self.said: list[str] = []

    async def speak(self, text: str, language: str, voice: str = "", rate: float = 1.0) -> Audio:
        self.said.append(text)
        return Audio(Path(), 1.0, "voice")


class SlowEngine(SilentEngine):
    """Has no socket to give until `free`."""

    def __init__(self) -> None:
        super().__init__()
        self.free = asyncio.Event()

    async def open(self, leg: str, *, beside: str | None = None) -> Endpoint:
        await self.free.wait()
        return await super().open(leg, beside=beside)


async def test_who_is_in_the_queue_before_they_are_answered_is_told_their_place_too() -> None:
    async with site() as found:
        voice, engine = Voice(), SlowEngine()
        found.context.services.append(voice)
        found.audio.silent = engine
        with Party() as caller:
            caller.where = ("127.0.0.1", found.port)
            caller.say(caller.request("INVITE", body=described()))
            await found.until(lambda: found.exchange.lines)
            found.context.conversations[ACCOUNT.id, found.thread] = Conversation(
                1, "QUEUED", found.thread, "", 0, "", ()
            )
            await found.channel.waiting(ACCOUNT, found.thread)
            engine.free.set()
            caller.into(await caller.answer())
            caller.acknowledge()
            await found.until(lambda: voice.said)
            await caller.ask("BYE")
            await found.until(lambda: not found.exchange.lines)
    assert voice.said == ["You are next."]


async def test_who_talks_in_between_and_waits_again_is_told_by_one_voice() -> None:
    said: list[object] = []
    spoken = asyncio.Event()

    def say(words: object) -> None:
        said.append(words)
        spoken.set()

    line = SimpleNamespace(
        account=SimpleNamespace(settings=SimpleNamespace(announce_seconds=60), language="en"),
        thread="call",
        arrangement=SimpleNamespace(mode="WAITING"),
        customer=SimpleNamespace(over=False),
        speaking=SimpleNamespace(busy=False, say=say),
        collecting=SimpleNamespace(offer=lambda keys: None),
    )
    announcing = Announcing(cast("Any", _Waits()))
    telling = asyncio.create_task(announcing.run(cast("Any", line)))
    await spoken.wait()
    await announcing.run(cast("Any", line))
    telling.cancel()
    await asyncio.gather(telling, return_exceptions=True)
    assert len(said) == 1
    line.customer.over = True
    await announcing.run(cast("Any", line))  # nobody is told any more, and nobody waits for it


class _Waits:
    async def conversation(self, *_: object, **__: object) -> Conversation:
        return Conversation(1, "QUEUED", "call", "", 0, "", ())
