"""A chat visitor who speaks the documented wire protocol (docs/plugins/web_chat_protocol.md): says something, waits
for an agent, answers once, and goes.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

ANSWER_WITHIN = 20.0


class NotTaken(Exception):
    """The hub did not take what was said; the code of the protocol."""


class Visitor:
    """One visit to one widget. Raises NotTaken, or what websockets and sockets raise."""

    def __init__(self, socket: ClientConnection, language: str) -> None:
        self._socket, self._language = socket, language

    @staticmethod
    def arrive(site: str, account: str) -> connect:
        """`async with Visitor.arrive(site, "shop") as socket`."""
        return connect(f"{site.replace('http', 'ws', 1)}/c/web_chat/{account}/ws", compression=None)

    async def enter(self) -> None:
        """hello … ready."""
        await self._send(type="hello", version=1, language=self._language)
        await self._hear("ready")

    async def say(self, own_id: str, text: str, answers: dict[str, str]) -> None:
        """A message, until it is stored."""
        await self._send(type="message", id=own_id, text=text, answers=answers, language=self._language)
        await self._hear("ack")

    async def answered(self, within: float) -> bool:
        """Whether an agent wrote something in that time; READ is told then."""
        try:
            async with asyncio.timeout(within):
                while True:
                    frame = await self._hear("messages")
                    if theirs := [item["id"] for item in frame["items"] if not item["own"]]:
                        await self._send(type="receipt", state="READ", ids=theirs)
                        return True
        except TimeoutError:
            return False

    async def _send(self, **frame: object) -> None:
        await self._socket.send(json.dumps(frame, ensure_ascii=False))

    async def _hear(self, kind: str) -> dict[str, Any]:
        """The next frame of this kind; an agent's words in between are heard by `answered` alone, which comes last."""
        while True:
            frame: dict[str, Any] = json.loads(await self._socket.recv())
            if frame["type"] == "error":
                raise NotTaken(frame["code"])
            if frame["type"] == kind:
                return frame
