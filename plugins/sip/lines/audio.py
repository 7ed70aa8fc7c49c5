"""The media engine at work, as long as any connection is, and what it tells handed to the lines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol

from plugins.sip.calls.call import Call
from plugins.sip.lines.speaking import Speaking
from plugins.sip.media.engine import Digit, Event, Gone, MediaEngine, MediaError, Played, Silence, Tone, ToneKind
from plugins.sip.media.relay import RelayEngine
from plugins.sip.media.settings import MediaSettings
from plugins.sip.media.workers import WorkerEngine


class Owner(Protocol):
    """Who is told of a leg's audio: a line, or two callers that were joined."""

    @property
    def speaking(self) -> Speaking | None: ...

    def call_of(self, leg: str) -> Call | None: ...

    def pressed(self, leg: str, key: str) -> None: ...

    def heard(self, leg: str, tone: ToneKind) -> None: ...

    def lost(self, leg: str) -> None: ...


class Audio:
    """`find` gives whose a leg of audio is."""

    def __init__(self, settings: MediaSettings, find: Callable[[str], Owner | None]) -> None:
        self._settings = settings
        self._find = find
        self._engine: WorkerEngine | RelayEngine | None = None
        self._hearing: asyncio.Task[None] | None = None
        self._users = 0
        self._turn = asyncio.Lock()

    @property
    def engine(self) -> MediaEngine:
        """Raises MediaError while no connection is at work."""
        if self._engine is None:
            raise MediaError("no connection is at work")
        return self._engine

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """The first to come starts it, the last to go stops it."""
        async with self._turn:
            if self._users == 0:
                await self._start()
            self._users += 1
        try:
            yield
        finally:
            async with self._turn:
                self._users -= 1
                if self._users == 0:
                    await self._stop()

    async def _start(self) -> None:
        engine = RelayEngine(self._settings) if self._settings.rtpengine else WorkerEngine(self._settings)
        await engine.__aenter__()
        self._engine = engine
        self._hearing = asyncio.create_task(self._hear(engine))

    async def _stop(self) -> None:
        engine, self._engine = self._engine, None
        if self._hearing is not None:
            self._hearing.cancel()
        if engine is not None:
            await engine.__aexit__(None, None, None)

    async def _hear(self, engine: MediaEngine) -> None:
        async for event in engine.events():
            if owner := self._find(event.leg):
                _tell(owner, event)


def _tell(owner: Owner, event: Event) -> None:
    if isinstance(event, Digit):
        owner.pressed(event.leg, event.digit)
    elif isinstance(event, Played) and owner.speaking is not None:
        owner.speaking.played(event.play)
    elif isinstance(event, Silence):
        if call := owner.call_of(event.leg):
            call.fell_silent()
    elif isinstance(event, Tone):
        owner.heard(event.leg, event.kind)
    elif isinstance(event, Gone):
        owner.lost(event.leg)
