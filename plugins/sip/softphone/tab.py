"""One page's websocket: frames in, as many as an agent could need, and frames out, in order."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from pydantic import ValidationError

from hub.api import Closed, Json, WebSocket
from plugins.sip.softphone.words import LONGEST_FRAME, WORDS, OfCall, Session

FRAMES_A_SECOND: Final = 20
SESSIONS_A_MINUTE: Final = 12
MOST_WAITING: Final = 200
REPLACED, NOT_HEARD, TOO_LARGE, TOO_MANY = 4409, 4410, 1009, 4429


class Tab:
    """`run` lasts as long as the page does."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._leaving: asyncio.Queue[Mapping[str, Json] | int] = asyncio.Queue(MOST_WAITING)
        self._clock = asyncio.get_running_loop().time
        self._frames = _Rate(FRAMES_A_SECOND, 1, self._clock)
        self._sessions = _Rate(SESSIONS_A_MINUTE, 60, self._clock)

    def tell(self, frame: Mapping[str, Json]) -> None:
        """A page that takes nothing is let go: it comes again, and is told how things are then."""
        self._put(frame)

    def error(self, code: str, message: str) -> None:
        """Something cannot be."""
        self.tell({"error": code, "message": message})

    def replaced(self) -> None:
        """Another page of the agent's has their softphone now."""
        self.error("REPLACED", "another window has the softphone now")
        self._put(REPLACED)

    def anew(self) -> None:
        """It is not heard: it may come again, and begin a session of its own."""
        self.error("NOT_HEARD", "browser and hub do not hear each other")
        self._put(NOT_HEARD)

    async def run(self, begins: Callable[[Session], Awaitable[None]], does: Callable[[OfCall], None]) -> None:
        """Until either side ends it."""
        sending = asyncio.create_task(self._send())
        hearing = asyncio.create_task(self._hear(begins, does))
        try:
            await asyncio.wait({sending, hearing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sending.cancel()
            hearing.cancel()
            results = await asyncio.gather(sending, hearing, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception) and not isinstance(result, Closed):
                raise result

    async def _send(self) -> None:
        while True:
            frame = await self._leaving.get()
            if isinstance(frame, int):
                await self._socket.close(frame)
                return
            await self._socket.send(json.dumps(frame))

    async def _hear(self, begins: Callable[[Session], Awaitable[None]], does: Callable[[OfCall], None]) -> None:
        while True:
            text = await self._socket.receive()
            if len(text) > LONGEST_FRAME or not self._frames.allows():
                await self._socket.close(TOO_LARGE if len(text) > LONGEST_FRAME else TOO_MANY)
                return
            try:
                word = WORDS.validate_json(text)
            except ValidationError:
                self.error("NOT_UNDERSTOOD", "this is no word of the softphone's")
                continue
            if not isinstance(word, Session):
                does(word)
            elif self._sessions.allows():
                await begins(word)
            else:
                self.error("TOO_OFTEN", "wait a moment")

    def _put(self, what: Mapping[str, Json] | int) -> None:
        if self._leaving.full():
            while not self._leaving.empty():
                self._leaving.get_nowait()
            what = TOO_MANY
        self._leaving.put_nowait(what)


class _Rate:
    """At most so many within so many seconds."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float]) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._since, self._count = 0.0, 0

    def allows(self) -> bool:
        """Count one more."""
        now = self._clock()
        if now >= self._since + self._seconds:
            self._since, self._count = now, 0
        self._count += 1
        return self._count <= self._most
