"""The agents' side: a supervisor's stream tells of every offer, and the agent it is for accepts and closes it."""

from __future__ import annotations

import asyncio
import json
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from tests.bench.crowd import Crowd
from tests.bench.light_http import LightHttp
from tests.bench.light_socket import LightSocket, open_socket
from tests.bench.row import Unfinished

DONE_WITHIN = 20.0


class Desk:
    """All working agents of the crowd, for as long as `async with` lasts."""

    def __init__(self, base: str, people: Crowd) -> None:
        self._port = urlsplit(base).port or 80
        self._people = people
        self._http = LightHttp(base)
        self._tasks: set[asyncio.Task[None]] = set()
        self._socket: LightSocket | None = None
        self.refused = 0

    async def __aenter__(self) -> Desk:
        self._socket = await open_socket(self._port, "/api/v1/stream", self._hear)
        self._socket.send(json.dumps({"token": self._people.admin}).encode())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        assert self._socket is not None
        self._socket.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.__aexit__(None)

    async def done(self) -> None:
        """Until nothing is in hand. Raises Unfinished."""
        try:
            async with asyncio.timeout(DONE_WITHIN):
                while self._tasks:
                    await asyncio.wait(self._tasks)
        except TimeoutError:
            raise Unfinished(f"{len(self._tasks)} pieces of work were not done in time") from None

    def _hear(self, text: bytes) -> None:
        frame = json.loads(text)
        for event in frame.get("items", []):
            if event["type"] == "offer.created" and event["user"] in self._people.agents:
                task = asyncio.create_task(self._work(event))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _work(self, event: dict[str, Any]) -> None:
        token, offer = self._people.agents[event["user"]], event["data"]["offer"]
        status, _ = await self._http.call("POST", f"/api/v1/offers/{offer}/accept", token)
        if status == 200:
            status, _ = await self._http.call("POST", f"/api/v1/interactions/{event['interaction']}/close", token, {})
        self.refused += status >= 400
