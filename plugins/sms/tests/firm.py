"""A firm that is written to by text, as the real process: its agent by the API, its carrier as the test brings one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import httpx

from tests.support.hub_process import HubProcess

T = TypeVar("T")
PASSWORD = "a-password-for-tests"
WITHIN = 30.0
SITE = """
[site]
name = "Firm"
plugins = ["sms"]

[[departments]]
name = "Service"

[[queues]]
key = "service"
name = "Service"
department = "Service"

[[connections]]
name = "carrier"
channel = "sms"
[connections.settings]
kind = "{kind}"
{connection}

[[accounts]]
name = "Texts"
channel = "sms"
connection = "carrier"
address = "tel:{number}"
queue = "service"
department = "Service"
opens_ticket = true
[accounts.settings]
confirm_stop = false
{account}

[[users]]
login = "ann"
name = "Ann"
password = "{password}"
roles = ["admin"]
department = "Service"
queues = ["service"]
capacity = {{ DEFERRED = 50 }}
"""


def write_site(folder: Path, kind: str, number: str, connection: str, account: str = "") -> None:
    """`connection` is TOML: the tables of the connection's settings; `account` are further settings of the account."""
    text = SITE.format(kind=kind, number=number, connection=connection, account=account, password=PASSWORD)
    (folder / "hub.toml").write_text(text, encoding="utf-8")


class Firm:
    """The hub as its agent sees it."""

    def __init__(self, hub: HubProcess) -> None:
        self.hub = hub
        self.client = httpx.AsyncClient(base_url=f"{hub.http}/api/v1", timeout=30)

    async def __aenter__(self) -> Firm:
        answer = await self.client.post("/login", json={"login": "ann", "password": PASSWORD})
        self.client.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['token']}"
        self.client.cookies.clear()
        (await self.client.put("/me/presence", json={"state": "READY"})).raise_for_status()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.aclose()

    async def get(self, path: str) -> Any:
        """JSON of a GET."""
        return (await self.client.get(path)).raise_for_status().json()

    async def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """JSON of a POST."""
        return (await self.client.post(path, json=body)).raise_for_status().json()

    async def interaction(self, text: str) -> dict[str, Any]:
        """The interaction in which this was said, as soon as it was."""

        async def look() -> dict[str, Any] | None:
            for item in (await self.get("/interactions?limit=100"))["items"]:
                if any(message["text"] == text for message in await self.messages(item["id"])):
                    return dict(item)
            return None

        found = await self.until(look, bool)
        assert found is not None
        return found

    async def messages(self, interaction: int) -> list[dict[str, Any]]:
        """What was said in it, notes left out."""
        items = (await self.get(f"/interactions/{interaction}/messages"))["items"]
        return [item for item in items if item["direction"] != "INTERNAL"]

    async def take(self, interaction: int) -> None:
        """Ann takes what she is offered, until this one is hers."""

        async def accept() -> bool:
            for offer in (await self.get("/offers"))["items"]:
                with suppress(httpx.HTTPStatusError):  # another of Ann's hands has taken it already
                    await self.post(f"/offers/{offer['id']}/accept")
            return bool((await self.get(f"/interactions/{interaction}"))["state"] == "CONNECTED")

        await self.until(accept, bool)

    async def reply(self, interaction: int, text: str) -> None:
        """Ann writes."""
        body = {"kind": "TEXT", "text": text, "idempotency_key": text[:30], "fields": {}}
        await self.post(f"/interactions/{interaction}/messages", body)

    async def delivered(self, interaction: int, text: str, state: str) -> dict[str, Any]:
        """What Ann wrote, once its delivery is in this state."""

        async def look() -> dict[str, Any]:
            said = [each for each in await self.messages(interaction) if each["text"] == text]
            return said[0] if said else {"delivery": None}

        return await self.until(look, lambda message: f"'{state}'" in str(message["delivery"]))

    async def until(self, look: Callable[[], Awaitable[T]], good: Callable[[T], bool]) -> T:
        """What `look` gives as soon as it is good; what happens in another process can only be looked for."""
        found = await look()
        try:
            async with asyncio.timeout(WITHIN):
                while not good(found):
                    await asyncio.sleep(0.05)
                    found = await look()
        except TimeoutError:
            raise AssertionError(f"after {WITHIN} s: {found}") from None
        return found
