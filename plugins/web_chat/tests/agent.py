"""A site with a shop, and Mei who answers there: the real hub, reached as anybody reaches it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from tests.support.hub_process import HubProcess

PASSWORD = "correct horse"
SITE = """
[site]
plugins = ["web_chat"]

[[queues]]
key = "chat"
name = "Chat"

[[queues]]
key = "night"
name = "Never open"
hours = { zone = "UTC", week = { mon = [] } }

[[users]]
login = "mei"
name = "Mei Lin"
password = "correct horse"
roles = ["supervisor", "agent"]
queues = ["chat", "night"]
capacity = { LIVE_TEXT = 5 }

[[accounts]]
name = "Shop"
channel = "web_chat"
address = "widget:shop"
queue = "chat"
settings = { customer_secret = "s3cret", away_seconds = 10 }

[[accounts]]
name = "Night"
channel = "web_chat"
address = "widget:night"
queue = "night"
settings = { rating = false }

[[accounts]]
name = "Form"
channel = "web_chat"
address = "widget:form"
queue = "chat"
settings = { form = [{ kind = "name", required = true }, { kind = "mailto", required = true }] }
"""


class Agent:
    """Mei, at the API, with the stream open as in the inbox."""

    def __init__(self, hub: HubProcess) -> None:
        self.hub = hub
        self.web = httpx.AsyncClient(timeout=20)
        self._stream: ClientConnection | None = None

    async def __aenter__(self) -> Agent:
        login = await self.call("POST", "/login", {"login": "mei", "password": PASSWORD})
        self.web.headers["Authorization"] = f"Bearer {login['token']}"
        self.web.cookies.clear()
        self._stream = await connect(f"{self.hub.http.replace('http', 'ws', 1)}/api/v1/stream", proxy=None)
        await self._stream.send(json.dumps({"token": login["token"]}))
        await self.call("PUT", "/me/presence", {"state": "READY"})
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._stream:
            await self._stream.close()
        await self.web.aclose()

    async def call(self, method: str, path: str, body: object = None) -> Any:
        answer = await self.web.request(method, f"{self.hub.http}/api/v1{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def until(self, look: Callable[[], Awaitable[Any]], within: float = 15.0) -> Any:
        """What `look` finds, looked for anew with every frame of the stream."""
        assert self._stream is not None
        async with asyncio.timeout(within):
            while not (found := await look()):
                await self._stream.recv()
            return found

    async def signal(self) -> dict[str, Any]:
        """The next signal on the stream."""
        assert self._stream is not None
        async with asyncio.timeout(15):
            while True:
                frame: dict[str, Any] = json.loads(await self._stream.recv())
                if frame["type"] == "signal":
                    return frame

    async def accept(self) -> int:
        """Wait for an offer, and take it."""
        (offer, *_) = await self.until(self._offers)
        taken: int = (await self.call("POST", f"/offers/{offer['id']}/accept"))["interaction"]
        return taken

    async def write(self, interaction: int, text: str, **more: Any) -> None:
        await self.call("POST", f"/interactions/{interaction}/messages", {"kind": "TEXT", "text": text, **more})

    async def upload(self, name: str, content: bytes, media_type: str) -> int:
        """Put a file where a message can take it from; its id."""
        answer = await self.web.post(f"{self.hub.http}/api/v1/uploads", files={"file": (name, content, media_type)})
        assert answer.is_success, answer.text
        uploaded: int = answer.json()["id"]
        return uploaded

    async def messages(self, interaction: int) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await self.call("GET", f"/interactions/{interaction}/messages"))["items"]
        return items

    async def until_delivered(self, interaction: int, state: str) -> None:
        async def delivered() -> bool:
            return bool((await self.messages(interaction))[-1]["delivery"]["state"] == state)

        await self.until(delivered)

    async def tickets(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await self.call("GET", "/tickets"))["items"]
        return items

    async def _offers(self) -> list[dict[str, Any]]:
        offers: list[dict[str, Any]] = (await self.call("GET", "/offers"))["items"]
        return offers
