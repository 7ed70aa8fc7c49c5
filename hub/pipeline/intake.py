"""Reads what is stored: normalises each raw input and takes it into the record, in order, several to a commit.

Inputs of one account keep their order: an account has its lane. What cannot be read is tried three times and then
quarantined, without ever holding up what came after it.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from hub.api import (
    AnyAccount,
    CustomerRef,
    HubError,
    Inbound,
    Malformed,
    Normalised,
    Overloaded,
    Raw,
    UnknownAccount,
    crash_point,
)
from hub.pipeline.directory import Directory
from hub.pipeline.group import Applied, Failure, take_each, take_together
from hub.pipeline.ingest import Effect, Prepared
from hub.pipeline.receive import Stored
from hub.plugin.hooks import Hooks
from hub.store import raws
from hub.store.database import Store
from hub.store.unit import Tx

log = logging.getLogger(__name__)
LANES = 8
GROUP = 32
LARGE = 256_000  # bytes: what is larger is read back from the store instead of waiting in memory
LOOK, BUSY = 2.0, 1000  # seconds between two looks for what nobody holds; held inputs that are enough to do
PAUSE = 0.5


class Intake:
    """The workers between the raw store and the queue. `effect` is told what became of each input, after the commit."""

    def __init__(self, store: Store, directory: Directory, hooks: Hooks, effect: Callable[[Effect], None]) -> None:
        self._store = store
        self._directory = directory
        self._hooks = hooks
        self._effect = effect
        self._lanes: list[asyncio.Queue[Stored]] = [asyncio.Queue() for _ in range(LANES)]
        self._tasks: list[asyncio.Task[None]] = []
        self._held: set[int] = set()  # in a lane, or in a lane's hand
        self._loose: set[int] = set()  # stored, and nobody's when we looked last
        self.processed = 0

    def start(self) -> None:
        """Begin to read."""
        self._tasks = [asyncio.create_task(self._work(lane), name="hub-intake") for lane in self._lanes]
        self._tasks.append(asyncio.create_task(self._recollect(), name="hub-intake-forgotten"))

    async def close(self) -> None:
        """Stop; what is not read stays stored and is read after the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def waiting(self) -> int:
        """How many inputs have not been read yet."""
        return sum(lane.qsize() for lane in self._lanes)

    def hand_on(self, stored: Stored) -> None:
        """Queue a stored input to be read, unless it is held already."""
        if stored.raw_id in self._held:
            return
        self._held.add(stored.raw_id)
        if len(stored.raw.body) > LARGE:
            stored = Stored(stored.raw_id, stored.account_id, Raw(b"", {"large": True}))
        self._lanes[stored.account_id % LANES].put_nowait(stored)

    async def adopt(self, living: Sequence[str]) -> int:
        """Take over what other nodes, or an earlier life of this one, stored and never read; returns how many."""
        ids = await self._store.write(lambda tx: raws.adopt(tx, self._store.node, living))
        await self.load(ids)
        return len(ids)

    async def load(self, raw_ids: Sequence[int]) -> None:
        """Queue inputs that are in the store only (adopted, replayed, or due for another attempt)."""
        for start in range(0, len(raw_ids), 200):
            some = raw_ids[start : start + 200]
            rows = await self._store.read(partial(raws.bodies, ids=some))
            for row in rows:
                self.hand_on(Stored(row["id"], row["account_id"], Raw(row["body"], row["meta"])))

    async def look(self) -> None:
        """Take up what this node has stored and nobody holds: it failed and may succeed now, the answer to its commit
        was lost, or it could not be loaded. Seen so twice, for what was just committed is nobody's for an instant."""
        waiting = await self._store.read(partial(raws.waiting, node=self._store.node))
        loose = [raw_id for raw_id in waiting if raw_id not in self._held]
        again = [raw_id for raw_id in loose if raw_id in self._loose]
        self._loose = set(loose)
        await self.load(again)

    async def _recollect(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            if len(self._held) > BUSY:
                continue
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001  # whatever it was, this look must not be the last
                log.warning("stored inputs could not be looked for: %s", type(error).__name__)

    async def _work(self, lane: asyncio.Queue[Stored]) -> None:
        while True:
            group = [await lane.get()]
            while len(group) < GROUP and not lane.empty():
                group.append(lane.get_nowait())
            held: Sequence[Stored] = group
            while not await self._settled(held):
                await asyncio.sleep(PAUSE)
                held = await self._unread(held)
            self._held.difference_update(stored.raw_id for stored in group)

    async def _settled(self, group: Sequence[Stored]) -> bool:
        """Whether the store has heard what became of them. While it is away they stay in hand, and so in order."""
        try:
            await self._taken(group)
        except Exception as error:  # noqa: BLE001  # whatever the store fails with, a lane must outlive it
            log.warning("the store is away (%s): %d inputs wait for it", type(error).__name__, len(group))
            return False
        return True

    async def _taken(self, group: Sequence[Stored]) -> None:
        try:
            await self._take(group)
        except Overloaded:
            raise
        except Exception:  # what the lane held is read again, and counted
            log.exception("a group of %d inputs could not be taken in", len(group))
            for stored in group:
                await self._failed(stored.raw_id, Failure(HubError.code, "unexpected"))

    async def _unread(self, group: Sequence[Stored]) -> Sequence[Stored]:
        """Those that still have to be read: a commit whose answer was lost may have happened."""
        wanted = [stored.raw_id for stored in group]
        try:
            rows = await self._store.read(partial(raws.bodies, ids=wanted))
        except Exception:  # noqa: BLE001  # still away
            return group
        known = {row["id"] for row in rows}
        return [stored for stored in group if stored.raw_id in known]

    async def _take(self, group: Sequence[Stored]) -> None:
        prepared: list[Prepared] = []
        for stored in group:
            read = await self._prepare(stored)
            if isinstance(read, Failure):
                await self._failed(stored.raw_id, read)
            elif read is not None:
                crash_point("after_parse")
                prepared.append(read)
        if not prepared:
            return
        results = await self._applied(prepared)
        self.processed += len(prepared)
        for raw_id, result in results:
            if isinstance(result, Failure):
                await self._failed(raw_id, result)
            else:
                for effect in result:
                    self._effect(effect)

    async def _applied(self, prepared: Sequence[Prepared]) -> list[Applied]:
        try:
            return await self._store.write(lambda tx: take_together(tx, prepared))
        except Overloaded:
            raise
        except Exception as error:  # noqa: BLE001  # which of them it was shows when each is applied alone
            log.debug("a group of %d inputs is taken in one by one: %s", len(prepared), type(error).__name__)
        return await self._store.write(lambda tx: take_each(tx, prepared))

    async def _prepare(self, stored: Stored) -> Prepared | Failure | None:
        raw = await self._whole(stored)
        account = self._directory.account(stored.account_id)
        if raw is None:
            return None
        if account is None:
            return Failure(UnknownAccount.code, "the account is switched off or gone", retry=False)
        try:
            channel = self._directory.channel_of(account)
            items = await channel.normalise(account, raw)
        except HubError as error:
            return Failure(error.code, error.detail, retry=not isinstance(error, Malformed))
        recognised = [await self._recognise(item, account) for item in items]
        row = self._directory.row(account.id)
        return Prepared(stored.raw_id, account, row, channel.capabilities, items, recognised)

    async def _recognise(self, item: Normalised, account: AnyAccount) -> CustomerRef | None:
        return await self._hooks.identify(item, account) if isinstance(item, Inbound) else None

    async def _whole(self, stored: Stored) -> Raw | None:
        if "large" not in stored.raw.meta:
            return stored.raw
        row = await self._store.read(lambda conn: raws.get(conn, stored.raw_id))
        return Raw(row["body"], row["meta"]) if row else None

    async def _failed(self, raw_id: int, failure: Failure) -> None:
        """Count it, in the store; what may still succeed is found by one of the next looks."""
        log.warning("raw input %s could not be taken in: %s", raw_id, failure.code)

        def count(tx: Tx) -> bool:
            again = tx.now + timedelta(seconds=LOOK) if failure.retry else None
            return raws.failed(tx, raw_id, failure.code, failure.detail, again)

        await self._store.write(count)
