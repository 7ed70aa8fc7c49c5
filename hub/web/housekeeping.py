"""Forgets what nobody needs any more: sessions that have ended, uploads that were never sent."""

from __future__ import annotations

import asyncio
import logging

from hub.api import Overloaded
from hub.store import sessions, uploads
from hub.store.database import Store
from hub.store.unit import Tx

log = logging.getLogger(__name__)
EVERY = 3600.0


async def keep_house(store: Store) -> None:
    """Tidy up now and every hour, until cancelled."""
    while True:
        try:
            await store.write(_tidy)
        except Overloaded:
            log.warning("the database cannot be written now; tidying up waits")
        await asyncio.sleep(EVERY)


def _tidy(tx: Tx) -> None:
    sessions.delete_expired(tx)
    uploads.delete_forgotten(tx)
