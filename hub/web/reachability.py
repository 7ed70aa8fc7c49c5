"""An agent whose screens are all gone cannot be offered work: after a while they are NOT_READY (UNREACHABLE)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from hub.model.states import NotReadyReason, Presence
from hub.pipeline import presence
from hub.pipeline.errands import Errands
from hub.store import presences, sessions
from hub.store.database import Store
from hub.store.unit import Tx

GRACE = 75.0  # seconds: a network may be away for a minute, and a session in use says so once a minute


class Reachability:
    """Told when a stream ends; asks again after the grace. Who uses the API elsewhere meanwhile is reachable."""

    def __init__(self, store: Store, connected: Callable[[int], bool], grace: float = GRACE) -> None:
        self._store = store
        self._connected = connected
        self._grace = grace
        self._waits = Errands(self._wait, "the screens of user")

    def gone(self, user_id: int) -> None:
        """One stream of this user has ended."""
        if not self._connected(user_id):
            self._waits.ask(user_id)

    async def close(self) -> None:
        """Wait for nobody any more: after a restart everybody has a while to come back."""
        await self._waits.close()

    async def _wait(self, user_id: int) -> None:
        since = datetime.now(UTC)
        await asyncio.sleep(self._grace)
        if not self._connected(user_id):
            await self._store.write(lambda tx: _unreachable(tx, user_id, since))


def _unreachable(tx: Tx, user_id: int, since: datetime) -> None:
    if sessions.used_since(tx.conn, user_id, since):
        return
    if presences.locked(tx, user_id)["state"] == Presence.READY:
        presence.put(tx, user_id, Presence.NOT_READY, NotReadyReason.UNREACHABLE)
