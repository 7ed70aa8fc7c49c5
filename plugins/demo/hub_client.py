"""The hub as the demo knows it: from outside, by its HTTP API and nothing else."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any

import httpx

PATIENCE, LOOK = 60.0, 0.1
NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # to read the world's authorities is 60 ms a client, four at a start


class Refused(Exception):
    """The API said no: status and code, never what was sent (it may name people)."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"the hub answered {status} {code}".rstrip())
        self.status, self.code = status, code


class HubClient:
    """One login of one user. `async with HubClient(url) as hub: await hub.log_in("admin", password)`."""

    def __init__(self, site: str) -> None:
        self._site = site
        trusted = True if site.startswith("https:") else NOBODY
        self._http = httpx.AsyncClient(base_url=f"{site}/api/v1", timeout=30, trust_env=False, verify=trusted)

    async def __aenter__(self) -> HubClient:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        await self._http.aclose()

    async def log_in(self, login: str, password: str) -> None:
        """Raises Refused(401) for a wrong password."""
        answer = await self.post("/login", {"login": login, "password": password})
        self._http.cookies.clear()  # the bearer token is enough, and needs no CSRF token
        self._http.headers["Authorization"] = f"Bearer {answer['token']}"

    async def log_out(self) -> None:
        """End the session, so that its user does not look present."""
        await self.post("/logout")

    async def get(self, path: str, **query: str | int) -> Any:
        """GET, parsed."""
        return _parsed(await self._http.get(path, params=query))

    async def post(self, path: str, body: Any = None) -> Any:
        """POST, parsed."""
        return _parsed(await self._http.post(path, json=body))

    async def patch(self, path: str, body: Any) -> Any:
        """PATCH, parsed."""
        return _parsed(await self._http.patch(path, json=body))

    async def put(self, path: str, body: Any) -> Any:
        """PUT, parsed."""
        return _parsed(await self._http.put(path, json=body))

    async def of_plugin(self, method: str, path: str, body: Any = None) -> Any:
        """What a plugin answers at /p{path}, parsed."""
        return _parsed(await self._http.request(method, f"{self._site}/p{path}", json=body))

    async def each(self, path: str, **query: str | int) -> AsyncIterator[Any]:
        """Every item of a paged list."""
        page = await self.get(path, limit=200, **query)
        while True:
            for item in page["items"]:
                yield item
            if not page["next"]:
                return
            page = await self.get(path, limit=200, cursor=page["next"], **query)

    async def mail_server(self) -> tuple[str, int]:
        """Where the hub takes mail, once it listens. Raises TimeoutError."""
        return await self.listener("smtp", PATIENCE)

    async def listener(self, scheme: str, patience: float) -> tuple[str, int]:
        """Where the hub listens for this, once it does. Raises TimeoutError after so many seconds."""
        async with asyncio.timeout(patience):
            while True:
                async for connection in self.each("/connections"):
                    spoken, _, place = connection["state_detail"].partition("://")
                    if connection["state"] == "RUNNING" and spoken == scheme:
                        host, _, port = place.rpartition(":")
                        return host, int(port)
                await asyncio.sleep(LOOK)

    async def addresses(self, scheme: str, channel: str = "") -> list[str]:
        """Under which addresses the site is reached, on this channel or any, the oldest first."""
        accounts = [each async for each in self.each("/accounts") if each["scheme"] == scheme]
        return [each["address"] for each in accounts if channel in {"", each["channel"]}]


def _parsed(answer: httpx.Response) -> Any:
    if answer.is_success:
        return answer.json() if answer.content else None
    try:
        code = str(answer.json()["error"]["code"])
    except (ValueError, KeyError, TypeError):
        code = ""
    raise Refused(answer.status_code, code)
