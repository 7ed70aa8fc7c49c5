"""How the connections fare, written to their rows and into the event log without holding anybody up."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from hub.plugin.supervision import ConnectionState
from hub.store import settings_rows
from hub.store.database import Store

logger = logging.getLogger(__name__)
RETRY = 1.0


class Health:
    """Keeps the newest state of each connection until it is written; a database that is away is tried again."""

    def __init__(self, store: Store, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._store = store
        self._sleep = sleep
        self._unwritten: dict[int, tuple[ConnectionState, str]] = {}
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._keep_writing(), name="connection health")

    def note(self, connection: int, state: ConnectionState, detail: str) -> None:
        """Take note of a change."""
        logger.info("connection %s: %s", connection, state)
        self._unwritten[connection] = (state, detail)
        self._news.set()

    async def close(self) -> None:
        """Write what is left and stop."""
        self._task.cancel()
        await asyncio.wait([self._task])
        await self._write_all()

    async def _keep_writing(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            if not await self._write_all():
                self._news.set()
                await self._sleep(RETRY)

    async def _write_all(self) -> bool:
        for connection, noted in list(self._unwritten.items()):
            try:
                await self._write(connection, *noted)
            except Exception as error:  # noqa: BLE001 - the database may fail in any way; a state is no reason to die
                logger.warning("connection %s: its state could not be written (%s)", connection, type(error).__name__)
                return False
            if self._unwritten.get(connection) == noted:
                del self._unwritten[connection]
        return True

    async def _write(self, connection: int, state: ConnectionState, detail: str) -> None:
        await self._store.write(lambda tx: settings_rows.connection_state(tx, connection, state, detail))
