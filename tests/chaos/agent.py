"""An agent at the HTTP API who accepts every offer and answers every message with `re:` and what it said."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx

from tests.chaos.site import PASSWORD

POLL = 0.05
LOST = (httpx.TransportError, httpx.HTTPStatusError)


class Agent:
    """Works as long as it is told to; a hub that is away is waited for. `base` says where the hub is now."""

    def __init__(self, login: str, base: Callable[[], str]) -> None:
        self._login = login
        self._base = base
        self._client = httpx.AsyncClient(timeout=10)
        self._read: dict[int, int] = {}
        self._answered: set[str] = set()

    async def work(self) -> None:
        """Until cancelled."""
        try:
            while True:
                with suppress(*LOST):
                    await self._log_in()
                    while True:
                        await self._turn()
                        await asyncio.sleep(POLL)
                await asyncio.sleep(POLL)
        finally:
            await self._client.aclose()

    async def _log_in(self) -> None:
        self._client.headers.pop("Authorization", None)
        answer = await self._call("POST", "/login", {"login": self._login, "password": PASSWORD})
        self._client.headers["Authorization"] = f"Bearer {answer['token']}"
        self._client.cookies.clear()

    async def _turn(self) -> None:
        if (await self._call("GET", "/me"))["presence"]["state"] != "READY":  # an offer ran out on us
            await self._call("PUT", "/me/presence", {"state": "READY"})
        for offer in (await self._call("GET", "/offers"))["items"]:
            await self._call("POST", f"/offers/{offer['id']}/accept")
        for item in (await self._call("GET", "/interactions?view=mine&limit=200"))["items"]:
            if self._read.get(item["id"]) != item["messages"]:
                await self._answer(item["id"])
                self._read[item["id"]] = item["messages"]

    async def _answer(self, interaction: int) -> None:
        messages = (await self._call("GET", f"/interactions/{interaction}/messages"))["items"]
        for message in messages:
            said = message["text"].strip()
            if message["direction"] == "INBOUND" and said not in self._answered:
                reply = {"kind": "TEXT", "text": f"re:{said}", "idempotency_key": f"re-{message['id']}"}
                await self._call("POST", f"/interactions/{interaction}/messages", reply)
                self._answered.add(said)

    async def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = await self._client.request(method, f"{self._base()}/api/v1{path}", json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None
