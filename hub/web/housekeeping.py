"""Forgets what nobody needs any more: sessions that have ended, uploads that were never sent, inputs that were no
message."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from functools import partial

from hub.api import Overloaded
from hub.store import raw_retention, sessions, uploads
from hub.store.database import Store
from hub.store.unit import Tx

log = logging.getLogger(__name__)
EVERY = 3600.0


async def keep_house(store: Store, input_days: int) -> None:
    """Tidy up now and every hour, until cancelled."""
    while True:
        try:
            await store.write(_tidy)
            await forget_inputs(store, datetime.now(UTC) - timedelta(days=input_days))
        except Overloaded:
            log.warning("the database cannot be written now; tidying up waits")
        await asyncio.sleep(EVERY)


def _tidy(tx: Tx) -> None:
    sessions.delete_expired(tx)
    uploads.delete_forgotten(tx)


async def forget_inputs(store: Store, before: datetime) -> None:
    """Page by page: they are looked for beside the writer, which has to do with no more than a page at a time."""
    last = 0
    while page := await store.read(partial(raw_retention.loose, after=last)):
        ids = [row["id"] for row in page]
        last = ids[-1]
        await store.write(partial(raw_retention.forget, ids=ids, before=before))
        if page[-1]["received_at"] >= before:
            return
