"""This process among the others of the site: its heartbeat, its connections, and the leftovers of those that died."""

import logging
from asyncio import sleep
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

from hub.pipeline import lives
from hub.pipeline.intake import Intake
from hub.pipeline.send import Sender
from hub.store import settings_rows, timers
from hub.store.database import Store
from hub.store.unit import Tx

log = logging.getLogger(__name__)
NODE, CONNECTION = "node:", "connection:"


@dataclass(frozen=True, slots=True)
class Standing:
    """Who is alive, and which connections are this node's to hold."""

    living: list[str]
    held: frozenset[int]


class Membership:
    """Keeps this node's leases, and adopts the unfinished work of nodes whose lease has run out.

    `on_held` is told which connections are this node's whenever that changes.
    """

    def __init__(
        self,
        store: Store,
        intake: Intake,
        sender: Sender,
        on_held: Callable[[Collection[int]], Awaitable[None]],
    ) -> None:
        self._store = store
        self._intake = intake
        self._sender = sender
        self._on_held = on_held
        self._life = timers.life(store.postgres)
        self.held: frozenset[int] = frozenset()

    async def join(self) -> None:
        """Be known as alive, and take over what is left from before: all of it before anything new is heard, so that
        who goes on writing after a restart is read in order. SQLite has one process: nobody else lives."""
        if not self._store.postgres:
            await self._store.write(timers.forget_leases)
        await self.beat()

    async def run(self) -> None:
        """Stay known as alive; look after the others' leftovers."""
        while True:
            await sleep(self._life / 4)
            await self.beat()

    async def leave(self) -> None:
        """Let go of every lease, so that others need not wait for them to run out."""
        await self._store.write(lambda tx: timers.let_go(tx, self._store.node))

    async def beat(self) -> None:
        """Renew the leases and act on what changed."""
        standing = await self._store.write(self._renew)
        if standing.held != self.held:
            await self._on_held(standing.held)
            self.held = standing.held  # only now: what could not be done is done at the next beat
        adopted = await self._intake.adopt(standing.living)
        if adopted:
            log.info("took over %d stored inputs", adopted)
        await self._sender.recover(standing.living)

    def _renew(self, tx: Tx) -> Standing:
        node = self._store.node
        for holder in lives.ended(timers.holders(tx, NODE)):
            timers.let_go(tx, holder)  # however long its lease would have lasted
        timers.hold(tx, f"{NODE}{node}", node, self._life)
        held = [row["id"] for row in settings_rows.enabled_connections(tx.conn) if self._hold(tx, row["id"])]
        for connection_id in set(held) - self.held:
            settings_rows.connection_state(tx, connection_id, "STARTING", "")
        return Standing(timers.holders(tx, NODE), frozenset(held))

    def _hold(self, tx: Tx, connection_id: int) -> bool:
        return timers.hold(tx, f"{CONNECTION}{connection_id}", self._store.node, self._life)
