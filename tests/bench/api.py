"""The HTTP API as the bench's agents use it."""

from __future__ import annotations

from typing import Any

import httpx

from tests.chaos.site import PASSWORD


async def log_in(base: str, login: str) -> httpx.AsyncClient:
    """A client with the user's token."""
    client = httpx.AsyncClient(base_url=f"{base}/api/v1", timeout=30)
    answer = await call(client, "POST", "/login", {"login": login, "password": PASSWORD})
    client.cookies.clear()
    client.headers["Authorization"] = f"Bearer {answer['token']}"
    return client


async def agent_ready(base: str, login: str) -> None:
    """Log in and take work."""
    client = await log_in(base, login)
    await call(client, "PUT", "/me/presence", {"state": "READY"})
    await client.aclose()


async def call(client: httpx.AsyncClient, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """The answer as JSON. Raises HTTPStatusError."""
    answer = await client.request(method, path, json=body)
    answer.raise_for_status()
    return answer.json() if answer.content else None
