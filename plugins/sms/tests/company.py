"""A company with a short code and an agent, as the real process, behind an SMSC that nobody of ours wrote."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import httpx

from plugins.sms.text import gsm0338
from tests.farside.smsc import PASSWORD as SECRET
from tests.farside.text_center import TextCenter
from tests.support.hub_process import HubProcess

T = TypeVar("T")
PASSWORD = "a-password-for-tests"
CODE, MENU = "10690001", "10690002"
FLOW = """
flow: menu
languages: [en]
start: menu
nodes:
  menu:
    do: menu
    say: { en: "Garage." }
    choices:
      - { key: 1, label: { en: "Opening hours" }, words: [hours], go: hours }
      - { key: 0, label: { en: "A person" }, go: agent }
    otherwise: agent
  hours: { do: end, say: { en: "From 8 to 18." } }
  agent: { do: queue }
"""
SITE = """
[site]
name = "Company"
plugins = ["sms", "self_service"]

[plugins.self_service]
folder = '{folder}'

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
kind = "smpp"
[connections.settings.smpp]
host = "127.0.0.1"
port = {port}
system_id = "company"
password = "{secret}"
{smpp}

[[accounts]]
name = "Texts"
channel = "sms"
connection = "carrier"
address = "tel:{code}"
queue = "service"
department = "Service"
opens_ticket = true
[accounts.settings]
{account}

[[accounts]]
name = "Menu"
channel = "sms"
connection = "carrier"
address = "tel:{menu}"
queue = "service"
department = "Service"
flow = "menu"

[[users]]
login = "ann"
name = "Ann"
password = "{password}"
roles = ["admin"]
department = "Service"
queues = ["service"]
capacity = {{ DEFERRED = 50 }}
"""


def write_site(folder: Path, port: int, smpp: str = "", account: str = "") -> None:
    """Put the site file where the hub will look for it."""
    given = {"port": port, "secret": SECRET, "code": CODE, "menu": MENU, "password": PASSWORD, "folder": folder}
    text = SITE.format(**given, smpp=smpp, account=account)
    (folder / "menu.yaml").write_text(FLOW, encoding="utf-8")
    (folder / "hub.toml").write_text(text, encoding="utf-8")


class Company:
    """The hub as handsets and its agent see it."""

    def __init__(self, hub: HubProcess, center: TextCenter) -> None:
        self.hub, self.center = hub, center
        self._client = httpx.AsyncClient(base_url=f"{hub.http}/api/v1", timeout=20)
        self._tokens = 0

    async def __aenter__(self) -> Company:
        answer = await self._client.post("/login", json={"login": "ann", "password": PASSWORD})
        self._client.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['token']}"
        self._client.cookies.clear()
        await self.call("PUT", "/me/presence", {"state": "READY"})
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """JSON of the API's answer; a path that begins with /p/ is a plugin's."""
        url = f"{self.hub.http}{path}" if path.startswith("/p/") else path
        answer = (await self._client.request(method, url, json=body)).raise_for_status()
        return answer.json() if answer.content else None

    async def text(self, sender: str, said: str, **fields: Any) -> str:
        """A handset sends a text; returns once the SMSC heard that we have it."""
        octets = gsm0338.encode(said)
        coding = {"data_coding": 0} if octets is not None else {"data_coding": 8}
        return await self.octets(sender, octets if octets is not None else said.encode("utf-16-be"), **coding, **fields)

    async def octets(self, sender: str, octets: bytes, **fields: Any) -> str:
        """The same in octets; the status we answered with, in hexadecimal."""
        self._tokens += 1
        token = f"said {self._tokens}"
        self.center.say(token, sender, fields.pop("to", CODE), octets, **fields)
        (found,) = await self.until(lambda: self._answers(token), bool)
        return f"{found['status']:02X}"

    async def _answers(self, token: str) -> list[dict[str, Any]]:
        return [line for line in self.center.noted("answered") if line["token"] == token][-1:]

    async def conversation(self, sender: str, messages: int = 1) -> dict[str, Any]:
        """The newest interaction with a number, once it has so many messages that are not notes."""

        async def read() -> dict[str, Any]:
            items = (await self.call("GET", "/interactions?limit=100"))["items"]
            mine = [item for item in items if item["identity"]["value"] == sender]
            if not mine:
                return {"said": []}
            newest = max(mine, key=lambda item: int(item["id"]))
            said = (await self.call("GET", f"/interactions/{newest['id']}/messages"))["items"]
            return {**newest, "said": [each for each in said if each["direction"] != "INTERNAL"]}

        return await self.until(read, lambda found: len(found["said"]) >= messages)

    async def answer(self, interaction: int, text: str) -> None:
        """Ann takes what she is offered and replies."""

        async def accept() -> bool:
            for offer in (await self.call("GET", "/offers"))["items"]:
                await self.call("POST", f"/offers/{offer['id']}/accept")
            return bool((await self.call("GET", f"/interactions/{interaction}"))["state"] == "CONNECTED")

        await self.until(accept, bool)
        reply = {"kind": "TEXT", "text": text, "idempotency_key": text[:60]}
        await self.call("POST", f"/interactions/{interaction}/messages", reply)

    async def submitted(self, to: str, count: int = 1) -> list[dict[str, Any]]:
        """What the SMSC was handed for a number, once it is so much."""

        async def read() -> list[dict[str, Any]]:
            return [line for line in self.center.noted("submit") if line["to"] == to.removeprefix("+")]

        return await self.until(read, lambda lines: len(lines) >= count)

    async def delivered(self, sender: str, text: str, *states: str) -> dict[str, Any]:
        """Our message with this text, once its delivery is in one of these states."""

        async def read() -> dict[str, Any]:
            said = (await self.conversation(sender))["said"]
            return next((each for each in said if each["text"] == text and _state(each) in states), {})

        return await self.until(read, bool)

    async def until(self, look: Callable[[], Awaitable[T]], good: Callable[[T], bool]) -> T:
        """What `look` gives as soon as it is good; what happens in another process can only be looked for."""
        async with asyncio.timeout(30):
            while not good(found := await look()):  # noqa: ASYNC110 - no event of ours is set over there
                await asyncio.sleep(0.05)
        return found


def _state(message: dict[str, Any]) -> str:
    delivery = message.get("delivery") or {}
    return str(delivery.get("state", "") if isinstance(delivery, dict) else delivery)
