"""Agents' screens without eyes: many streams in one process, which says when the last of them had a message.

python -m tests.bench.listeners PORT PATH TOKEN COUNT
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from functools import lru_cache

from tests.bench.crew import say, told
from tests.bench.light_socket import LightSocket, open_socket

CONNECTING = 50


class Listeners:
    """Counts how many had each message."""

    def __init__(self, port: int, path: str, token: str, count: int) -> None:
        self._where = port, path
        self._token = token
        self._count = count
        self._had: Counter[int] = Counter()
        self._greeted = 0
        self._turn = asyncio.Semaphore(CONNECTING)

    async def listen(self) -> list[LightSocket]:
        """Open all."""
        return await asyncio.gather(*(self._open() for _ in range(self._count)))

    async def _open(self) -> LightSocket:
        async with self._turn:
            socket = await open_socket(*self._where, self._hear)
            socket.send(json.dumps({"token": self._token}).encode())
            return socket

    def _hear(self, text: bytes) -> None:
        kind, ids = contents(text)
        if kind == "hello":
            self._greeted += 1
            if self._greeted == self._count:
                say(ready=self._count)
        for message in ids:
            self._had[message] += 1
            if self._had[message] == self._count:
                say(message=message, at=time.time())


@lru_cache(maxsize=1000)
def contents(frame: bytes) -> tuple[str, tuple[int, ...]]:
    """A frame's type and the messages it tells of; a thousand listeners get the same bytes, read once."""
    said = json.loads(frame)
    events = [event for event in said.get("items", []) if event["type"] == "interaction.message"]
    return said["type"], tuple(event["data"]["message"] for event in events)


async def main() -> None:
    """Listen until the bench closes its side."""
    port, path, token, count = sys.argv[1:]
    lines = await told()
    listeners = await Listeners(int(port), path, token, int(count)).listen()
    await lines.read()
    for one in listeners:
        one.close()


if __name__ == "__main__":
    asyncio.run(main())
