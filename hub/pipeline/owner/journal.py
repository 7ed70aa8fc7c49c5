"""What the engine was told, when, and what it answered: enough to replay a day into a fresh engine, the same again.

Written behind the router's back, about once a second: a crash loses that second of the journal and nothing else, since
the next owner begins with a snapshot of its own.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from hub.api import Overloaded
from hub.pipeline.owner import recording
from hub.routing import events as facts
from hub.routing.decisions import Decision
from hub.routing.snapshots import Snapshot
from hub.store import journal_rows
from hub.store.database import Store

log = logging.getLogger(__name__)
FLUSH_SECONDS = 1.0
KEPT = timedelta(days=7)


class Journal:
    """One node's; written while it owns routing."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._cycles: list[tuple[datetime, Sequence[facts.Event], Sequence[Decision]]] = []
        self._flushing: asyncio.Task[None] | None = None

    def began(self, state: Snapshot, settings: Mapping[str, Any], now: datetime) -> None:
        """A new owner starts from this."""
        self._flushing = asyncio.create_task(self._run(state, dict(settings), now), name="hub-routing-journal")

    def note(self, now: datetime, heard: Sequence[facts.Event], decided: Sequence[Decision]) -> None:
        """One round of the router. One that changed nothing, time alone having passed, is left out."""
        if decided or any(type(fact) is not facts.Tick for fact in heard):
            self._cycles.append((now, heard, decided))

    async def close(self) -> None:
        """Write what is left."""
        task, self._flushing = self._flushing, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await self._flush()
        self._cycles.clear()

    async def _run(self, state: Snapshot, settings: Mapping[str, Any], now: datetime) -> None:
        body = await asyncio.to_thread(recording.snapshot_body, state, settings)
        await self._write("snapshot", now, body)
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await self._flush()

    async def _flush(self) -> None:
        cycles, self._cycles = self._cycles, []
        if cycles:
            body = await asyncio.to_thread(recording.cycles_body, cycles)
            await self._write("facts", cycles[0][0], body)

    async def _write(self, kind: str, at: datetime, body: bytes) -> None:
        row = {"node": self._store.node, "kind": kind, "at": at, "body": body}
        try:
            await self._store.write(lambda tx: journal_rows.add(tx, row, at - KEPT))
        except Overloaded:
            log.warning("the database cannot be written now: %d bytes of the routing journal are lost", len(body))
