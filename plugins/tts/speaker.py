"""The service: text or SSML in, a wav file out, whatever happens to those who speak."""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
import wave
from collections.abc import Callable, Sequence
from pathlib import Path

from hub.api import Audio
from plugins.tts import wav
from plugins.tts.cache import Cache
from plugins.tts.counters import FAILURES, PROMPTS
from plugins.tts.providers import Provider
from plugins.tts.providers.provider import CannotSpeak
from plugins.tts.segments import Pause, Segment, Words
from plugins.tts.ssml import segments

log = logging.getLogger(__name__)
CHIME = "chime"
SPEECH = "speech"
LONGEST_TEXT = 4_000
REST = 30.0  # seconds a provider that failed is left alone
SLOWEST, FASTEST = 0.5, 2.0
FAULTS = (CannotSpeak, OSError, wave.Error, EOFError, ValueError)


class Speaker:
    """`hub.api.Speech`. `fault(who, why)` is told of each provider that failed, and of SPEECH when all have."""

    def __init__(
        self,
        providers: Sequence[Provider],
        cache: Cache,
        deadline: float,
        at_once: int,
        fault: Callable[[str, Exception], None] = lambda _who, _why: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._providers = providers
        self._cache = cache
        self._deadline = deadline
        self._at_once = asyncio.Semaphore(at_once)
        self._fault = fault
        self._clock = clock
        self._resting: dict[str, float] = {}
        self._under_way: dict[Path, asyncio.Task[Audio]] = {}

    async def speak(self, text: str, language: str, voice: str = "", rate: float = 1.0) -> Audio:
        """As `hub.api.Speech`: never raises, never longer than the deadline. The same words at once are spoken once."""
        wanted = segments(text[:LONGEST_TEXT], language)
        rate = min(max(rate, SLOWEST), FASTEST)
        try:
            async with asyncio.timeout(self._deadline):
                return await self._first(wanted, voice, rate)
        except (TimeoutError, *FAULTS) as error:
            log.error("nobody could speak a prompt of %d pieces: %s", len(wanted), _reason(error))
            self._fault(SPEECH, CannotSpeak(_reason(error)))
            PROMPTS.labels(CHIME).inc()
            return await asyncio.to_thread(self._chime)

    async def _first(self, wanted: Sequence[Segment], voice: str, rate: float) -> Audio:
        """By the first provider that can. Each has its share of the time, so that one that hangs leaves some."""
        able = [provider for provider in self._providers if _able(provider, wanted)]
        for provider in able:
            place = self._cache.place(provider.name, voice, rate, wanted)
            if self._cache.find(place):
                PROMPTS.labels("cache").inc()
                return Audio(place, wav.length(place), provider.name)
            if self._clock() < self._resting.get(provider.name, 0.0):
                continue
            try:
                async with asyncio.timeout(self._deadline * (0.9 if provider is able[-1] else 0.5)):
                    audio = await self._once(provider, wanted, voice, rate, place)
                    PROMPTS.labels(provider.name).inc()
                    return audio
            except (TimeoutError, *FAULTS) as error:
                self._failed(provider, error)
        raise CannotSpeak("no provider is left")

    async def _once(self, provider: Provider, wanted: Sequence[Segment], voice: str, rate: float, place: Path) -> Audio:
        """Whoever waits for the same prompt waits for the same child; one who goes away does not stop it for others."""
        task = self._under_way.get(place)
        if task is None:
            task = asyncio.create_task(self._make(provider, wanted, voice, rate, place), name="tts")
            self._under_way[place] = task
            task.add_done_callback(lambda done: self._made(place, done))
        return await asyncio.shield(task)

    def _made(self, place: Path, done: asyncio.Task[Audio]) -> None:
        del self._under_way[place]
        if not done.cancelled():
            done.exception()  # whoever waited has it; if nobody did, it is no news

    async def _make(self, provider: Provider, wanted: Sequence[Segment], voice: str, rate: float, place: Path) -> Audio:
        async with self._at_once, asyncio.timeout(self._deadline):
            with tempfile.TemporaryDirectory(dir=place.parent) as folder:
                parts = [Path(folder, f"{number}.wav") for number, _ in enumerate(wanted)]
                for segment, part in zip(wanted, parts, strict=True):
                    if isinstance(segment, Words):
                        await provider.speak(segment, voice, rate, part)
                seconds = await asyncio.to_thread(self._join, wanted, parts, place)
        return Audio(place, seconds, provider.name)

    def _join(self, wanted: Sequence[Segment], parts: Sequence[Path], place: Path) -> float:
        sounds = [
            wav.silence(segment.seconds) if isinstance(segment, Pause) else wav.read(part)
            for segment, part in zip(wanted, parts, strict=True)
        ]
        whole = parts[0].with_name("whole.wav") if parts else place.with_suffix(".empty")
        seconds = wav.write(sounds, whole)
        self._cache.keep(whole, place)
        return seconds

    def _failed(self, provider: Provider, error: Exception) -> None:
        FAILURES.labels(provider.name, "hung" if isinstance(error, TimeoutError) else "died").inc()
        self._fault(provider.name, CannotSpeak(_reason(error)))
        self._resting[provider.name] = self._clock() + REST
        log.error("%s could not speak, and is left alone for %.0f s: %s", provider.name, REST, _reason(error))

    def _chime(self) -> Audio:
        place = self._cache.place(CHIME)
        if not self._cache.find(place):
            fresh = place.with_suffix(".new")
            wav.write([wav.chime()], fresh)
            self._cache.keep(fresh, place)
        return Audio(place, wav.length(place), CHIME)


def _able(provider: Provider, wanted: Sequence[Segment]) -> bool:
    return all(provider.speaks(segment.language) for segment in wanted if isinstance(segment, Words))


def _reason(error: BaseException) -> str:
    return "no time is left" if isinstance(error, TimeoutError) else f"{type(error).__name__} {error}".strip()
