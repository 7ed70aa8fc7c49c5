"""A company with two mailboxes and an agent, as the real process: mail in by SMTP, answers out to a far server."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import httpx

from plugins.email.parse import Mail, parse
from tests.farside.processes import SmtpSink
from tests.support.hub_process import HubProcess

T = TypeVar("T")
PASSWORD = "a-password-for-tests"
SITE = """
[site]
name = "Company"
plugins = ["email"]

[[departments]]
name = "Service"

[[queues]]
key = "service"
name = "Service"
department = "Service"

[[connections]]
name = "mail"
channel = "email"
[connections.settings]
listen = true
relay_host = "127.0.0.1"
relay_port = {relay_port}
relay_security = "none"
{imap}

[[accounts]]
name = "Support"
channel = "email"
connection = "mail"
address = "mailto:support@demo.test"
queue = "service"
department = "Service"
opens_ticket = true
[accounts.settings]
signature = "Company"

[[accounts]]
name = "Sales"
channel = "email"
connection = "mail"
address = "mailto:sales@demo.test"
queue = "service"
department = "Service"
opens_ticket = true
[accounts.settings]
acknowledge = true

[[users]]
login = "ann"
name = "Ann"
password = "{password}"
roles = ["admin"]
department = "Service"
queues = ["service"]
capacity = {{ DEFERRED = 50 }}
"""


def write_site(folder: Path, relay_port: int, imap: str = "") -> None:
    """Put the site file where the hub will look for it."""
    text = SITE.format(relay_port=relay_port, password=PASSWORD, imap=imap)
    (folder / "hub.toml").write_text(text, encoding="utf-8")


class Company:
    """The hub as its customers and its agent see it."""

    def __init__(self, hub: HubProcess, sink: SmtpSink) -> None:
        self._hub, self._sink = hub, sink
        self._client = httpx.AsyncClient(base_url=f"{hub.http}/api/v1", timeout=20)

    async def __aenter__(self) -> Company:
        answer = await self._client.post("/login", json={"login": "ann", "password": PASSWORD})
        self._client.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['token']}"
        self._client.cookies.clear()
        await self.put("/me/presence", {"state": "READY"})
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def get(self, path: str) -> Any:
        """JSON of a GET."""
        return (await self._client.get(path)).raise_for_status().json()

    async def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """JSON of a POST."""
        return (await self._client.post(path, json=body)).raise_for_status().json()

    async def put(self, path: str, body: dict[str, Any]) -> None:
        """A PUT."""
        (await self._client.put(path, json=body)).raise_for_status()

    async def write(self, raw: bytes, *to: str, sender: str = "bob@c.d") -> None:
        """A customer's server delivers a mail."""

        def work() -> None:
            with smtplib.SMTP("127.0.0.1", self._hub.port_of("mail"), timeout=20) as client:
                client.sendmail(sender, to or ("support@demo.test",), raw)

        await asyncio.to_thread(work)

    async def interactions(self, *subjects: str) -> list[dict[str, Any]]:
        """All that have one of these subjects, once each subject has one, in the order of the subjects."""

        async def read() -> list[dict[str, Any]]:
            items = (await self.get("/interactions?limit=100"))["items"]
            return sorted((i for i in items if i["subject"] in subjects), key=lambda i: subjects.index(i["subject"]))

        return await self.until(read, lambda items: {item["subject"] for item in items} == set(subjects))

    async def messages(self, interaction: int, count: int) -> list[dict[str, Any]]:
        """An interaction's messages that are not notes, once there are so many."""

        async def read() -> list[dict[str, Any]]:
            items = (await self.get(f"/interactions/{interaction}/messages"))["items"]
            return [item for item in items if item["direction"] != "INTERNAL"]

        return await self.until(read, lambda items: len(items) >= count)

    async def received(self, recipient: str, count: int) -> list[Mail]:
        """What the far server has taken for a recipient, once it is so much."""

        async def read() -> list[Mail]:
            taken = [mail for mail in self._sink.mails() if mail["to"] == [recipient]]
            return [parse(mail["body"].encode("latin-1")) for mail in taken]

        return await self.until(read, lambda mails: len(mails) >= count)

    async def answer(self, interaction: int, text: str, **fields: Any) -> Mail:
        """Ann takes what she is offered and replies; the mail as the far server has written it down."""
        already = len(self._sink.mails())

        async def accept() -> bool:
            for offer in (await self.get("/offers"))["items"]:
                await self.post(f"/offers/{offer['id']}/accept")
            return bool((await self.get(f"/interactions/{interaction}"))["state"] == "CONNECTED")

        await self.until(accept, bool)
        reply = {"kind": "TEXT", "text": text, "idempotency_key": text, "fields": fields}
        await self.post(f"/interactions/{interaction}/messages", reply)

        async def sent() -> list[dict[str, Any]]:
            return self._sink.mails()[already:]

        return parse((await self.until(sent, bool))[0]["body"].encode("latin-1"))

    async def until(self, look: Callable[[], Awaitable[T]], good: Callable[[T], bool]) -> T:
        """What `look` gives as soon as it is good; what happens in another process can only be looked for."""
        async with asyncio.timeout(20):
            while not good(found := await look()):  # noqa: ASYNC110 - no event of ours is set over there
                await asyncio.sleep(0.05)
        return found
