"""Whatever becomes of those who speak, whoever asked has a file in time."""

from __future__ import annotations

import asyncio
import sys
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from prometheus_client import REGISTRY

from hub.api import Speech
from plugins.tts import wav
from plugins.tts.cache import Cache
from plugins.tts.providers.espeak import Espeak
from plugins.tts.providers.provider import Provider, run
from plugins.tts.segments import Words
from plugins.tts.speaker import REST, Speaker

DEADLINE = 1.0


class Voice:
    """Says everything with a tone of 400 Hz at 16 kHz, as long as the text has letters in tenths of a second."""

    def __init__(self, name: str = "voice", manner: Callable[[], object] | None = None) -> None:
        self.name = name
        self.manner = manner
        self.said: list[Words] = []

    def there(self) -> bool:
        return True

    def speaks(self, language: str) -> bool:
        return True

    async def speak(self, words: Words, voice: str, rate: float, out: Path) -> None:
        self.said.append(words)
        if self.manner:
            self.manner()
        at = np.arange(1600 * len(words.text)) / 16_000
        with wave.open(str(out), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(16_000)
            file.writeframes((8000 * np.sin(2 * np.pi * 400 * at)).astype("<i2").tobytes())


class Child(Voice):
    """Speaks in a process of its own, which does this instead."""

    def __init__(self, name: str, script: str) -> None:
        super().__init__(name)
        self.script = script

    async def speak(self, words: Words, voice: str, rate: float, out: Path) -> None:
        self.said.append(words)
        await run([sys.executable, "-I", "-S", "-c", self.script], words.text)


KILLED = "import os; os.kill(os.getpid(), 9)"
HANGING = "import time; time.sleep(600)"
ENDING = "raise SystemExit(3)"
MUTE = "pass"


class Time:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def speaker(
    folder: Path,
    *providers: Provider,
    limit: int = 10**7,
    clock: Time | None = None,
    told: list[tuple[str, str]] | None = None,
) -> Speaker:
    def fault(who: str, why: Exception) -> None:
        if told is not None:
            told.append((who, str(why)))

    return Speaker(providers, Cache(folder, limit), DEADLINE, 2, fault, clock or Time())


def failures(provider: str, why: str) -> float:
    """As /metrics tells it."""
    return REGISTRY.get_sample_value("tts_failures_total", {"provider": provider, "why": why}) or 0


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*.wav"))


def pitch(path: Path) -> float:
    sound = wav.read(path)
    return float(np.argmax(np.abs(np.fft.rfft(sound))) * wav.RATE / sound.size)


async def test_words_become_telephone_audio_of_the_same_pitch(tmp_path: Path) -> None:
    audio = await speaker(tmp_path, Voice()).speak("hello", "en")
    with wave.open(str(audio.path), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
    assert audio.provider == "voice"
    assert audio.seconds == pytest.approx(0.55, abs=0.02)
    assert pitch(audio.path) == pytest.approx(400, abs=5)


async def test_it_is_the_service_that_channels_ask_for(tmp_path: Path) -> None:
    assert isinstance(speaker(tmp_path), Speech)


async def test_pauses_last_as_long_as_they_say(tmp_path: Path) -> None:
    audio = await speaker(tmp_path, Voice()).speak('<speak>ab<break time="700ms"/>cd</speak>', "en")
    assert audio.seconds == pytest.approx(0.2 + 0.7 + 0.2 + 0.05, abs=0.02)


async def test_the_same_words_are_spoken_once_also_for_those_who_ask_at_once(tmp_path: Path) -> None:
    voice = Voice()
    speech = speaker(tmp_path, voice)
    first = await asyncio.gather(*(speech.speak("hello", "en") for _ in range(5)))
    again = await speech.speak("hello", "en")
    assert {audio.path for audio in first} == {again.path}
    assert len(voice.said) == 1
    await speech.speak("hello", "en", rate=1.5)
    assert len(voice.said) == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "why", "says"),
    [
        (KILLED, "died", "the process ended with -9"),
        (HANGING, "hung", "no time is left"),
        (ENDING, "died", "the process ended with 3"),
        (MUTE, "died", "FileNotFoundError"),
    ],
    ids=["killed", "hanging", "ending", "mute"],
)
async def test_when_one_dies_or_hangs_the_next_one_speaks_and_it_is_left_alone_for_a_while(
    tmp_path: Path, script: str, why: str, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[tuple[str, str]] = []
    clock, broken = Time(), Child("first", script)
    speech = speaker(tmp_path, broken, Voice("second"), clock=clock, told=told)
    before = failures("first", why)
    assert (await speech.speak("apple", "en")).provider == "second"
    assert "first could not speak" in caplog.text
    assert "apple" not in caplog.text
    await speech.speak("two", "en")
    assert len(broken.said) == 1
    clock.now += REST
    await speech.speak("three", "en")
    assert len(broken.said) == 2
    assert [who for who, _ in told] == ["first", "first"]
    assert all(says in said for _, said in told)
    assert failures("first", why) == before + 2


async def test_when_nobody_can_speak_a_chime_comes_in_time_and_it_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[tuple[str, str]] = []
    loop = asyncio.get_running_loop()
    began = loop.time()
    audio = await speaker(tmp_path, Child("first", HANGING), Child("second", KILLED), told=told).speak("hello", "en")
    assert loop.time() - began < 3 * DEADLINE
    assert audio.provider == "chime"
    assert [who for who, _ in told] == ["first", "second", "speech"]
    assert audio.seconds == pytest.approx(0.49, abs=0.02)
    assert "nobody could speak" in caplog.text


async def test_a_child_that_hangs_is_killed() -> None:
    """It holds a connection to us: the end of it is the end of the child."""
    called: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
    called = asyncio.get_running_loop().create_future()
    async with await asyncio.start_server(lambda *pair: called.set_result(pair), "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        script = f"import socket, time; line = socket.create_connection(('127.0.0.1', {port})); time.sleep(600)"
        child = asyncio.create_task(run([sys.executable, "-c", script], "text"))
        reader, writer = await called
        child.cancel()
        with pytest.raises(asyncio.CancelledError):
            await child
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()


async def test_the_cache_stays_within_its_bound_and_forgets_the_longest_unheard(tmp_path: Path) -> None:
    speech = speaker(tmp_path, Voice(), limit=40_000)
    paths = [(await speech.speak(f"text {each:04}", "en")).path for each in "abcdef"]
    assert size_of(tmp_path) <= 40_000
    assert paths[-1].exists()
    assert not paths[0].exists()


@pytest.mark.parametrize(
    ("text", "language"), [("Your ticket is open.", "en"), ("您的工单正在处理。", "zh"), ("", "en"), ("… ?!", "zh")]
)
async def test_the_real_voice_speaks_both_languages(tmp_path: Path, text: str, language: str) -> None:
    speech = Speaker([Espeak()], Cache(tmp_path, 10**7), 20.0, 1)
    audio = await speech.speak(text, language)
    sound = wav.read(audio.path)
    if any(sign.isalpha() for sign in text):
        assert audio.provider == "espeak"
        assert 0.8 < audio.seconds < 5
        assert np.sqrt((sound**2).mean()) > 1000
    assert np.abs(sound).max() < 32767


async def test_faster_is_shorter(tmp_path: Path) -> None:
    speech = Speaker([Espeak()], Cache(tmp_path, 10**7), 20.0, 1)
    slow, fast = [await speech.speak("Please hold the line a moment.", "en", rate=rate) for rate in (0.8, 1.6)]
    assert fast.seconds < slow.seconds * 0.7
