"""Sends the event log to the site's webhooks: each in order, nothing left out, tried until it is taken."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from hub.api import Event, HubError
from hub.store import timers, webhooks
from hub.store.database import Store
from hub.store.webhooks import Webhook
from hub.web import metrics
from hub.web.webhook_call import NotTaken, body_of, call, client, signature

if TYPE_CHECKING:
    import httpx

log = logging.getLogger(__name__)
MOST_AT_ONCE = 100
KEEP_EVERY = 500  # events passed over before the cursor is written down without a call
FIRST_WAIT = 1.0
LONGEST_WAIT = 300.0
LEASE = 60.0
PROBLEMS = (NotTaken, HubError, OSError, UnicodeError)


class WebhookWorkers:
    """One worker a webhook. On several nodes, the one that holds a webhook's lease sends."""

    def __init__(self, store: Store, *, private_allowed: bool, first_wait: float = FIRST_WAIT) -> None:
        self._store = store
        self._private_allowed = private_allowed
        self._first_wait = first_wait
        self._tasks: dict[int, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Keep the workers in line with the webhooks, until cancelled."""
        since = self._store.tail.last
        try:
            self._start(await self._store.read(webhooks.list_webhooks))
            async for batch in self._store.tail.batches(since):
                await self._changed(batch)
        finally:
            await self._stop(list(self._tasks))

    async def _changed(self, batch: Sequence[Event]) -> None:
        changed = {int(str(event.data["webhook"])) for event in batch if event.type == "webhook.changed"}
        if changed:
            await self._stop(list(changed))
            rows = await self._store.read(webhooks.list_webhooks)
            self._start([row for row in rows if row.id in changed])

    def _start(self, rows: Sequence[Webhook]) -> None:
        for row in rows:
            if row.enabled:
                self._tasks[row.id] = asyncio.create_task(self._work(row.id), name=f"webhook {row.id}")

    async def _stop(self, ids: Sequence[int]) -> None:
        stopped = [self._tasks.pop(number) for number in ids if number in self._tasks]
        for task in stopped:
            task.cancel()
        await asyncio.gather(*stopped, return_exceptions=True)

    async def _work(self, webhook_id: int) -> None:
        await self._hold(webhook_id)
        async with client() as through:
            await self._send(through, webhook_id)

    async def _send(self, through: httpx.AsyncClient, webhook_id: int) -> None:
        row = await self._store.read(lambda conn: webhooks.get_webhook(conn, webhook_id))
        secret = await self._secret(webhook_id)
        kept = row.cursor
        async for batch in self._store.tail.batches(row.cursor):
            for start in range(0, len(batch), MOST_AT_ONCE):
                some = batch[start : start + MOST_AT_ONCE]
                wanted = [event for event in some if wants(row, event)]
                if wanted:
                    await self._deliver(through, row, secret, wanted)
                if wanted or some[-1].seq - kept >= KEEP_EVERY:
                    kept = some[-1].seq
                    await self._keep(webhook_id, kept)

    async def _keep(self, webhook_id: int, cursor: int) -> None:
        await self._store.write(lambda tx: webhooks.advance(tx, webhook_id, cursor))

    async def _deliver(self, through: httpx.AsyncClient, row: Webhook, secret: str, wanted: Sequence[Event]) -> None:
        """Send until it is taken, ever more slowly."""
        body = body_of(wanted)
        failures = 0
        while True:
            await self._hold(row.id)
            signed = signature(secret, int(time.time()), body)
            try:
                await call(through, row.url, body, signed, private_allowed=self._private_allowed)
            except PROBLEMS as error:
                metrics.WEBHOOK_CALLS.labels("failed").inc()
                await self._failed(row.id, error, failures)
                failures += 1
            else:
                metrics.WEBHOOK_CALLS.labels("taken").inc()
                return

    async def _failed(self, webhook_id: int, error: Exception, failures: int) -> None:
        wait = min(LONGEST_WAIT, self._first_wait * 2.0 ** min(failures, 16))
        reason = str(error) or type(error).__name__
        log.info("webhook %s: %s; again in %.0f s", webhook_id, reason, wait)
        await self._store.write(lambda tx: webhooks.note_failure(tx, webhook_id, reason, timedelta(seconds=wait)))
        await asyncio.sleep(wait)

    async def _secret(self, webhook_id: int) -> str:
        hidden = await self._store.read(lambda conn: webhooks.secret_of(conn, webhook_id))
        return str(self._store.vault.decrypt(hidden)["secret"])

    async def _hold(self, webhook_id: int) -> None:
        """Wait until this node may send: two would break the order."""
        node, name = self._store.node, f"webhook:{webhook_id}"
        while not await self._store.write(lambda tx: timers.hold(tx, name, node, LEASE)):  # noqa: ASYNC110  # polls the database
            await asyncio.sleep(LEASE / 4)


def wants(row: Webhook, event: Event) -> bool:
    """Whether the webhook asked for this type, or for all."""
    return not row.events or any(event.type.startswith(name) for name in row.events)
