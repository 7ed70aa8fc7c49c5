"""What somebody hears who waits in a queue: music, and from time to time where they are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from plugins.sip.lines import music
from plugins.tts import wav
from plugins.tts.cache import Cache
from plugins.tts.providers.espeak import Espeak
from plugins.tts.speaker import Speaker
from tests.voice.baresip import Baresip, Sound
from tests.voice.house import DESK, VoiceHouse
from tests.voice.test_front_desk import ALIKE, PATIENCE, likeness

pytestmark = [pytest.mark.slow, pytest.mark.peer]

EVERY = 10.0  # seconds: about five of them are words
NOBODY_ANSWERS = "It may take more than 120 minutes."
TONE = 500


@pytest.fixture
async def queue(sqlite_url: str, tmp_path: Path) -> AsyncIterator[VoiceHouse]:
    """Nobody answers in it; what is heard there does not depend on the database."""
    async with VoiceHouse(sqlite_url, tmp_path, others=("tts",), announce_seconds=EVERY) as house:
        yield house


async def test_who_waits_hears_music_then_their_place_then_music_again(queue: VoiceHouse, tmp_path: Path) -> None:
    async with caller(tmp_path, "+8613800138000") as waiting:
        await dial(queue, waiting)
        # not its first second: a look that finds the words before it may be late by that much
        chords = np.frombuffer(music.on_hold(), "<i2").astype(np.float64)[music.RATE : 5 * music.RATE // 2]
        place = await spoken(f"You are next. {NOBODY_ANSWERS}", tmp_path)
        heard = 0
        for sound in (place, chords, place, chords):
            heard = await hears(waiting, sound, heard)


async def test_the_second_to_wait_hears_that_one_is_before_them(queue: VoiceHouse, tmp_path: Path) -> None:
    async with caller(tmp_path, "+8613800138000") as first, caller(tmp_path, "+8613900139000") as second:
        await dial(queue, first)
        await queue.becomes("QUEUED")
        await dial(queue, second)
        await hears(second, await spoken(f"There is one caller before you. {NOBODY_ANSWERS}", tmp_path))


def caller(folder: Path, number: str) -> Baresip:
    return Baresip(folder / number, f"<sip:{number}@127.0.0.1:{{sip}}>;regint=0", TONE)


async def dial(house: VoiceHouse, phone: Baresip) -> None:
    await phone.do("dial", f"sip:{DESK}@127.0.0.1:{house.port}")


async def spoken(text: str, folder: Path) -> Sound:
    """The same words, synthesised once more."""
    speaker = Speaker([Espeak()], Cache(folder / "again", 10**7), 30.0, 1)
    return wav.read((await speaker.speak(text, "en")).path)


async def hears(phone: Baresip, wanted: Sound, since: int = 0) -> int:
    """After so many samples its record holds all of this, as it was made; how long the record is then. What stumbled
    once is whole when it is said again."""
    match = likeness(phone.heard()[:0], wanted)
    for _ in range(PATIENCE):
        record = phone.heard()
        match = np.maximum(match, likeness(record[since:], wanted))
        if match.min() > ALIKE:
            return len(record)
        await asyncio.sleep(1)  # sound takes its time
    raise AssertionError(f"{phone.folder.name}: the best matches are {match.round(2)}")
