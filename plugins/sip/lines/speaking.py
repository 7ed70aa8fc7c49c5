"""What a caller is told: prompts one after another, cut off by a key, and music with announcements while they wait."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hub.api import Context, Speech
from plugins.sip.media.engine import MediaEngine, MediaError

log = logging.getLogger(__name__)
LONGEST_PROMPT: Final = 300.0
SLACK: Final = 1.0


@dataclass(frozen=True, slots=True)
class Words:
    """Text or SSML in a language, or a `recording` of it (WAV); `then` is done when they are over and nothing has come
    between."""

    text: str
    language: str
    then: Callable[[], Awaitable[None]] | None = None
    recording: bytes = b""


class Speaking:
    """One leg's. Whatever fails, the call goes on: a prompt that cannot be spoken is left out."""

    def __init__(self, context: Context, engine: MediaEngine, leg: str) -> None:
        self._context = context
        self._engine = engine
        self._leg = leg
        self._waiting: deque[Words] = deque()
        self._work: asyncio.Task[None] | None = None
        self._playing = 0
        self._over = asyncio.Event()
        self._background: Path | bytes | None = None
        self._heard = asyncio.Event()

    @property
    def busy(self) -> bool:
        """Whether anything is said or still to be said."""
        return self._work is not None and not self._work.done()

    def begin(self) -> None:
        """The far side can hear from now on; what was to be said before has waited."""
        self._heard.set()

    def say(self, words: Words) -> None:
        """After what is being said."""
        self._waiting.append(words)
        if not self.busy:
            self._work = asyncio.get_running_loop().create_task(self._run())

    def cut(self) -> None:
        """Say no more of what is waiting (a key was pressed; the engine cut off what was heard)."""
        self._waiting.clear()
        self._over.set()

    def played(self, play: int) -> None:
        """The engine says that something is over."""
        if play == self._playing:
            self._over.set()

    async def tone(self, sound: bytes, seconds: float) -> None:
        """This short sound, of so many seconds, heard out. Raises MediaError."""
        with contextlib.suppress(TimeoutError):  # nobody waits for a word that the media has lost
            async with asyncio.timeout(seconds + SLACK):
                await self._hear_out(sound)

    async def background(self, music: Path | bytes | None) -> None:
        """What is heard when nothing is said; None: silence."""
        self._background = music
        if self._heard.is_set() and not self.busy:
            await self._resume_background()

    async def finished(self, within: float) -> None:
        """Wait until all is said."""
        if self._work is not None:
            await asyncio.wait([self._work], timeout=within)

    async def close(self) -> None:
        """The leg is gone."""
        self._waiting.clear()
        if self._work is not None and self._work is not asyncio.current_task():
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

    async def _run(self) -> None:
        await self._heard.wait()
        try:
            while self._waiting:
                words = self._waiting.popleft()
                await self._speak(words)
                if words.then is not None and not self._waiting:
                    await words.then()
            await self._resume_background()
        except MediaError as error:
            log.info("a prompt could not be played: %s", error)

    async def _speak(self, words: Words) -> None:
        sound = words.recording or await self._spoken(words)
        if sound:
            async with asyncio.timeout(LONGEST_PROMPT):
                await self._hear_out(sound)

    async def _spoken(self, words: Words) -> Path | None:
        speech = self._context.service(Speech)  # type: ignore[type-abstract]  # a protocol is asked for, by design
        if speech is None or not words.text.strip():
            return None
        return (await speech.speak(words.text, words.language)).path

    async def _hear_out(self, sound: Path | bytes) -> None:
        self._over.clear()
        self._playing = await self._engine.play(self._leg, sound)
        await self._over.wait()

    async def _resume_background(self) -> None:
        if self._background is not None:
            await self._engine.play(self._leg, self._background, loop=True, interruptible=False)
        else:
            await self._engine.stop(self._leg)
