"""Outgoing webhooks: signed, in order, tried until they are taken, and never to where they must not go."""

from __future__ import annotations

import asyncio
import hmac
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from hub.store import eventlog, webhooks
from hub.store.database import Store
from hub.web.app import create_app
from hub.web.services import Services
from hub.web.ssrf import ForbiddenTarget, checked_target, is_public
from hub.web.webhook_workers import WebhookWorkers
from tests.web.people import People, insert_people

RECEIVER = Path(__file__).with_name("receiver.py")


@pytest.fixture
async def people(services: Services) -> People:
    """People of a hub whose own workers do not run: each test runs its own."""
    return People(create_app(services), await services.store.write(insert_people))


@dataclass(frozen=True)
class FarSide:
    """Another system, as a process of its own."""

    port: int
    ledger: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def calls(self) -> list[dict[str, Any]]:
        """All calls so far."""
        lines = self.ledger.read_text().splitlines() if self.ledger.exists() else []
        return [json.loads(line) for line in lines]

    def events(self) -> list[dict[str, Any]]:
        """Every event it took."""
        return [event for call in self.calls() if call["taken"] for event in json.loads(call["body"])["events"]]


@asynccontextmanager
async def far_side(folder: Path, refusals: int = 0) -> AsyncIterator[FarSide]:
    ledger = folder / "ledger"
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(RECEIVER), str(ledger), str(refusals), stdout=PIPE
    )
    assert process.stdout is not None
    try:
        yield FarSide(int(await process.stdout.readline()), ledger)
    finally:
        process.kill()
        await process.communicate()


@asynccontextmanager
async def sending(store: Store, *, private_allowed: bool = True) -> AsyncIterator[None]:
    workers = WebhookWorkers(store, private_allowed=private_allowed, first_wait=0.01)
    task = asyncio.create_task(workers.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def hook(people: People, url: str, *events: str) -> tuple[int, str]:
    """A webhook's id and secret."""
    admin = await people.client("admin")
    made = await admin.post("/webhooks", json={"url": url, "events": list(events)})
    assert made.status_code == 201, made.text
    return made.json()["webhook"]["id"], made.json()["secret"]


async def happen(store: Store, *customers: int) -> None:
    for customer in customers:
        await store.write(lambda tx, customer=customer: tx.event("customer.changed", customer=customer))  # type: ignore[misc]  # a lambda with a default


async def until(store: Store, webhook_id: int, wanted: Any) -> webhooks.Webhook:
    """Wait until the webhook's row is as wanted."""
    async with asyncio.timeout(20):
        while True:
            row = await store.read(lambda conn: webhooks.get_webhook(conn, webhook_id))
            if wanted(row):
                return row
            await asyncio.sleep(0.01)


async def test_what_happens_is_sent_in_order_and_signed(people: People, store: Store, tmp_path: Path) -> None:
    async with far_side(tmp_path) as there, sending(store):
        webhook_id, secret = await hook(people, there.url, "customer.")
        await happen(store, 1, 2, 3)
        await store.write(lambda tx: tx.event("ticket.changed", ticket=9))
        await until(store, webhook_id, lambda row: len(there.events()) == 3)
        assert [event["customer"] for event in there.events()] == [1, 2, 3]
        for call in there.calls():
            moment, mac = (part.partition("=")[2] for part in call["signature"].split(","))
            assert mac == hmac.new(secret.encode(), f"{moment}.{call['body']}".encode(), sha256).hexdigest()


async def test_what_is_refused_is_sent_again_until_it_is_taken(people: People, store: Store, tmp_path: Path) -> None:
    async with far_side(tmp_path, refusals=3) as there, sending(store):
        webhook_id, _ = await hook(people, there.url, "customer.")
        await happen(store, 1, 2)
        await until(store, webhook_id, lambda row: len(there.events()) == 2 and not row.failures)
        assert [call["taken"] for call in there.calls()][:4] == [False, False, False, True]
        assert [event["customer"] for event in there.events()] == [1, 2]


async def test_a_failure_is_shown_to_administrators(people: People, store: Store, tmp_path: Path) -> None:
    async with far_side(tmp_path, refusals=10**6) as there, sending(store):
        webhook_id, _ = await hook(people, there.url, "customer.")
        await happen(store, 1)
        row = await until(store, webhook_id, lambda row: row.failures >= 2)
        assert row.last_error == "the far side answered 503" and row.retry_at is not None


async def test_what_happened_while_the_hub_was_down_is_sent_afterwards(
    people: People, store: Store, tmp_path: Path
) -> None:
    async with far_side(tmp_path) as there:
        webhook_id, _ = await hook(people, there.url, "customer.")
        await happen(store, 1, 2)
        written = await store.read(eventlog.last_number)
        async with sending(store):  # cut off before it notes what was taken, it would rightly send that again
            await until(store, webhook_id, lambda row: row.cursor == written)
        await happen(store, 3)
        async with sending(store):
            await until(store, webhook_id, lambda row: len(there.events()) == 3)
        assert [event["customer"] for event in there.events()] == [1, 2, 3]


async def test_a_neighbour_is_never_called_unless_the_site_allows_it(
    people: People, store: Store, tmp_path: Path
) -> None:
    async with far_side(tmp_path) as there, sending(store, private_allowed=False):
        webhook_id, _ = await hook(people, there.url, "customer.")
        await happen(store, 1)
        row = await until(store, webhook_id, lambda row: row.failures)
        assert row.last_error == ForbiddenTarget.line and there.calls() == []


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.1.1", "0.0.0.0", "::1", "fe80::1%eth0", "::ffff:127.0.0.1",
     "fd00::1", "2002:7f00:1::", "224.0.0.1", "100.64.0.1"],
)  # fmt: skip
def test_addresses_that_are_not_public_are_known(address: str) -> None:
    assert not is_public(address)


def test_public_addresses_are_let_through() -> None:
    assert is_public("93.184.216.34") and is_public("2606:4700::1111")


async def test_the_address_that_was_looked_at_is_the_one_that_is_called() -> None:
    target = await checked_target("http://localhost:81/a?b=c", private_allowed=True)
    assert target.url in ("http://127.0.0.1:81/a?b=c", "http://[::1]:81/a?b=c")
    assert target.headers == {"host": "localhost:81"} and target.host == "localhost"
