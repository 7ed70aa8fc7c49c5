"""This process among the others of the site: its heartbeat, and taking over from those that have died."""

import asyncio
import logging
import os
import secrets
import socket

from hub.api import Overloaded
from hub.pipeline.intake import Intake
from hub.pipeline.send import Sender
from hub.store import timers
from hub.store.database import Store
from hub.store.unit import Tx

log = logging.getLogger(__name__)
PREFIX = "node:"
TTL = 15.0
BEAT = 5.0


def name() -> str:
    """A name no other life of any node has."""
    return f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(4)}"


class Membership:
    """Keeps this node's lease, and adopts the unfinished work of nodes whose lease has run out."""

    def __init__(self, store: Store, intake: Intake, sender: Sender) -> None:
        self._store = store
        self._intake = intake
        self._sender = sender

    async def join(self) -> None:
        """Be known as alive, and take over what is left from before."""
        await self._recover()

    async def run(self) -> None:
        """Stay known as alive; look after the others' leftovers."""
        while True:
            await asyncio.sleep(BEAT)
            try:
                await self._recover()
            except Overloaded:
                log.warning("the database cannot be written now")

    async def leave(self) -> None:
        """Let go of every lease, so that others need not wait for them to run out."""
        await self._store.write(lambda tx: timers.let_go(tx, self._store.node))

    async def _recover(self) -> None:
        living = await self._store.write(self._beat)
        adopted = await self._intake.adopt(living)
        if adopted:
            log.info("took over %d stored inputs", adopted)
        await self._sender.recover(living)

    def _beat(self, tx: Tx) -> list[str]:
        node = self._store.node
        timers.hold(tx, f"{PREFIX}{node}", node, TTL)
        living = timers.holders(tx, PREFIX)
        return living if self._store.postgres else [node]
