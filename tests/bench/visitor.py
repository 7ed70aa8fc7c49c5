"""A chat visitor of few bytes: docs/plugins/web_chat_protocol.md without a ledger and without coming back."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from tests.bench.light_socket import LightSocket, open_socket

PATH = "/c/web_chat/shop/ws"
READY_WITHIN = 30.0


class Visitor:
    """One open tab. `acked`: when (time.time()) each text was acknowledged; `spans`: seconds from sending to that."""

    def __init__(self) -> None:
        self.token = ""
        self.acked: dict[str, float] = {}
        self.spans: list[float] = []
        self.over = asyncio.Event()
        self._ready = asyncio.Event()
        self._sent: dict[str, float] = {}
        self._since: dict[str, Any] | None = None
        self._socket: LightSocket | None = None

    async def arrive(self, port: int) -> None:
        """Connect and wait for `ready`. Raises OSError, TimeoutError."""
        self._ready.clear()
        self.over.clear()
        try:
            async with asyncio.timeout(READY_WITHIN):
                self._socket = await open_socket(port, PATH, self._hear, self._end)
                self._say(self._hello())
                await self._ready.wait()
        except TimeoutError:
            self.leave()
            raise
        if self.over.is_set():
            raise ConnectionResetError("the visit ended before it began")

    def say(self, text: str) -> None:
        """One message; the text is its id too, so it must be [A-Za-z0-9_-]{1,64} and new."""
        self._sent[text] = time.time()
        self._say({"type": "message", "id": text, "text": text})

    def typing(self) -> None:
        """A sign of life."""
        self._say({"type": "typing", "typing": True, "text": "my car does not"})

    def leave(self) -> None:
        """Close the tab."""
        if self._socket is not None:
            self._socket.close()

    @property
    def unanswered(self) -> int:
        """Messages without an acknowledgement."""
        return len(self._sent)

    def _hello(self) -> dict[str, Any]:
        hello: dict[str, Any] = {"type": "hello", "version": 1}
        hello |= {"token": self.token} if self.token else {}
        return hello | ({"since": self._since} if self._since else {})

    def _say(self, frame: dict[str, Any]) -> None:
        assert self._socket is not None
        self._socket.send(json.dumps(frame).encode())

    def _hear(self, text: bytes) -> None:
        frame = json.loads(text)
        match frame["type"]:
            case "welcome":
                self.token = frame["token"]
            case "ready":
                self._ready.set()
            case "ack":
                self.acked[frame["id"]] = time.time()
                self.spans.append(self.acked[frame["id"]] - self._sent.pop(frame["id"]))
            case "messages":
                self._since = {"interaction": frame["interaction"], "position": frame["items"][-1]["position"]}

    def _end(self) -> None:
        self.over.set()
        self._ready.set()
