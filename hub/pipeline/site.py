"""A running site without its web server: store, plugins and the steps of the pipeline, started and stopped."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from hub.api import Event, Json, Overloaded, Signal
from hub.model.states import InteractionState
from hub.pipeline import assemble, conclude, ingest, presence, receipt, setup, thread
from hub.pipeline.calls import park
from hub.pipeline.calls.switchboard import Switchboard
from hub.pipeline.clock import Clock
from hub.pipeline.colleagues import into_box
from hub.pipeline.core import SIGNALS, PipelineCore
from hub.pipeline.directory import CHANGES, Directory
from hub.pipeline.erasing import Forgetting
from hub.pipeline.flows import flow_state
from hub.pipeline.flows.runner import FlowRunner
from hub.pipeline.ingest import Effect, Prepared
from hub.pipeline.intake import Intake
from hub.pipeline.node import Membership
from hub.pipeline.owner.router import Router
from hub.pipeline.promises import attempts, missed, own_box
from hub.pipeline.promises.dialling import Dialler
from hub.pipeline.promises.transcribing import Transcriber
from hub.pipeline.receive import Receiver
from hub.pipeline.send import Sender
from hub.plugin.background import Background
from hub.plugin.discovery import Plugins
from hub.plugin.health import Health
from hub.plugin.isolation import IsolatedChannel
from hub.plugin.listeners import Listeners
from hub.plugin.registry import Registry, compose
from hub.plugin.site_model import SiteFile
from hub.plugin.topics import Topics
from hub.plugin.watchdog import Watchdog, folders
from hub.store import interactions
from hub.store.database import Store
from hub.store.unit import Tx

log = logging.getLogger(__name__)
RESTART = 1.0
CANCELS, CANCEL_WITHIN = 3, 1.0


class _Channels:
    """The registry's channels, which are known only after the plugins were composed."""

    def __init__(self) -> None:
        self.registry: Registry | None = None

    def get(self, name: str) -> IsolatedChannel | None:
        return self.registry.channels.get(name) if self.registry else None


class Site:
    """One node of a site at work."""

    def __init__(self, file: SiteFile, store: Store, plugins: Plugins) -> None:
        self.file = file
        self.store = store
        self.topics = Topics(store.node, store if store.postgres else None)
        store.hear(self.topics.heard)
        channels = _Channels()
        self.directory = Directory(store, channels)
        self.core = PipelineCore(store, self.directory, self.topics, file.data)
        self.registry = channels.registry = compose(plugins, self.core)
        self.hooks = self.core.hooks = self.registry.hooks
        self.intake = Intake(store, self.directory, self.hooks, self._effect)
        self.receiver = self.core.receiver = Receiver(store, self.directory, self.intake.hand_on, self.intake.waiting)
        self.sender = Sender(store, self.directory, self.hooks)
        self.flows = FlowRunner(store, self.registry.flows, self.directory)
        self.router = Router(store)
        self.switchboard = Switchboard(store, self.directory, self.topics)
        self.dialler = Dialler(store, self.directory, self.hooks)
        self.forgetting = Forgetting(store, self.hooks)
        self.transcriber = Transcriber(store, self.registry.services)
        self.clock = Clock(store, self._core_timers(), self._plugin_timer)
        self.membership = Membership(store, self.intake, self.sender, self._hold)
        self.watchdog = Watchdog(folders(plugins))
        self._tasks: list[asyncio.Task[Any]] = []
        self._open = False

    async def set_up(self, hashes: Mapping[str, str]) -> bool:
        """Take the site file over on the first start; returns whether it was one."""
        models = {
            name: (channel.connection_model, channel.account_model) for name, channel in self.registry.channels.items()
        }
        return await self.store.write(lambda tx: setup.first_start(tx, self.file, self.store.vault, models, hashes))

    async def start(self) -> None:
        """Begin to work: everything but listening."""
        await self.directory.refresh()
        for what, why in self.directory.faults.items():
            log.error("%s is not in use: %s", what, why)
        self.watchdog.start()
        self.health = Health(self.store)
        self.listeners = Listeners(self.registry, self.core, self.health)
        self.background = Background(self.registry)
        self.intake.start()
        await self.membership.join()
        await self.flows.recover()
        since = self.store.tail.last
        runs = [self.sender.run, self.router.run, self.clock.run, self.membership.run, self.switchboard.run]
        runs += [self.transcriber.run, self.forgetting.run]
        self._tasks = [asyncio.create_task(_keep(run), name=run.__qualname__) for run in runs]
        self._tasks.append(asyncio.create_task(self._observe(since), name="hub-observe"))

    async def open(self, url: str) -> None:
        """Open the doors: the site is reachable at `url`, listeners and the plugins' background work begin."""
        self.core.site_url = url
        self.background.start()
        self._open = True
        await self._hold(self.membership.held)

    async def stop(self) -> None:
        """Close the doors first, then finish what is in hand."""
        self._open = False
        await asyncio.gather(self.listeners.stop(), self.background.stop())
        await end(self._tasks)
        await self.flows.close()
        await self.dialler.close()
        await self.switchboard.close()
        await self.intake.close()
        await self.sender.close()
        await self.health.close()
        self.watchdog.stop()
        self.registry.close()
        with contextlib.suppress(Overloaded):  # the leases run out by themselves
            await self.membership.leave()

    async def signal(self, interaction_id: int, kind: str, data: Mapping[str, Json]) -> bool:
        """Carry typing and the like to the customer, best effort; whether it went."""
        row = await self.store.read(lambda conn: interactions.get(conn, interaction_id))
        account = self.directory.account(row["account_id"]) if row else None
        if row is None or account is None:
            return False
        return await self.directory.channel_of(account).signal(account, Signal(row["thread"], kind, data))

    async def _hold(self, held: Collection[int]) -> None:
        """Listen on, and send over, just the connections that are this node's."""
        self.sender.held = held
        await self.switchboard.hold(held)
        await self.dialler.hold(held)
        if self._open:
            mine = [each for each in self.directory.connections() if each[1].id in held]
            await self.listeners.reconcile(mine)

    def _effect(self, effect: Effect) -> None:
        if effect.signal is not None:
            log.debug("a signal came in as raw input; signals are emitted, not stored")

    async def _observe(self, since: int) -> None:
        """Everything that follows from a change: the outbox wakes, flows step, the directory is read again."""
        async for batch in self.store.tail.batches(since):
            try:
                await self._follow(batch)
            except Exception:  # whoever observes must not stop the others from observing
                log.exception("what follows from events up to %d was cut short", batch[-1].seq)

    async def _follow(self, batch: Sequence[Event]) -> None:
        self._wake(batch)
        if any(event.type in CHANGES for event in batch):
            await self.directory.refresh()
            await self.membership.beat()
            await self._hold(self.membership.held)
        self.dialler.observe(batch)
        self.transcriber.observe(batch)
        self.forgetting.observe(batch)
        await self.switchboard.observe(batch)
        for event in batch:
            await self._tell(event)
        over = {event.interaction_id for event in batch if event.data.get("state") == InteractionState.CLOSED}
        await self._part([number for number in over if number is not None])

    def _wake(self, batch: Sequence[Event]) -> None:
        if any(event.type == "delivery.state" or event.data.get("direction") == "OUTBOUND" for event in batch):
            self.sender.wake()
        for event in batch:
            self.flows.observe(event)

    async def _tell(self, event: Event) -> None:
        await self.hooks.event(event)
        if event.type == "customer.merged":
            await self.hooks.customer_merged(int(str(event.data["kept"])), int(str(event.data["gone"])))

    async def _part(self, over: Sequence[int]) -> None:
        """Tell live channels that these conversations are over; calls are the switchboard's."""
        rows = await self.store.read(lambda conn: interactions.among(conn, over)) if over else ()
        for row in rows:
            account = self.directory.account(row["account_id"])
            if account is not None and not row["call"] and self.directory.channel_of(account).live:
                await self.directory.channel_of(account).end(account, row["thread"], "closed")

    def _core_timers(self) -> dict[str, Any]:
        return {
            conclude.WRAP_UP: lambda tx, payload: conclude.wrap_up_over(tx, payload["interaction"]),
            conclude.SNOOZE: lambda tx, payload: conclude.snooze_over(tx, payload["interaction"]),
            own_box.TIMER: into_box.time_is_up,
            park.TIMER: lambda tx, payload: park.over(tx, payload["interaction"]),
            flow_state.TIMER: lambda tx, payload: flow_state.timed_out(tx, payload["interaction"], payload["version"]),
            assemble.TIMER: self._parts_given_up,
            receipt.TIMER: receipt.again,
            attempts.TIMER: lambda tx, payload: attempts.due(tx, payload[attempts.KIND]),
            missed.FREED: lambda tx, payload: presence.work_ended(tx, payload["user"]),
        }

    def _parts_given_up(self, tx: Tx, payload: Mapping[str, Any]) -> None:
        account = self.directory.account(payload["account"])
        given_up = assemble.given_up(tx, payload["account"], payload["key"])
        if account is None or given_up is None:
            return
        inbound, raw_id = given_up
        can = self.directory.channel_of(account).capabilities
        row = self.directory.row(account.id)
        prepared = Prepared(raw_id, account, row, can, (inbound,), (None,))
        ingest.take(tx, prepared, inbound, None, thread.scope_of(row, can.dedup_scope))

    async def _plugin_timer(self, owner: str, name: str, payload: Mapping[str, Any]) -> None:
        plugin = self.registry.plugins[owner]
        await self.hooks.timer(plugin, self.registry.contexts[owner], name, payload)


async def _keep(run: Callable[[], Awaitable[None]]) -> None:
    """Run a part of the site for ever: what stops it is logged, and it goes on from what the store says."""
    while True:
        try:
            await run()
        except Exception:  # whatever it was: a part that stays down would leave customers waiting
            log.exception("%s was interrupted", run.__qualname__)
        await asyncio.sleep(RESTART)


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel until they have ended: one cancellation can be lost to an error on the way out, or to `asyncio.wait_for`
    before Python 3.12, and a hub that waited for such a task would never end."""
    left = set(tasks)
    for _ in range(CANCELS):
        for task in left:
            task.cancel()
        if left:
            _, left = await asyncio.wait(left, timeout=CANCEL_WITHIN)
    if left:
        log.error("did not end, and are left behind: %s", ", ".join(sorted(task.get_name() for task in left)))


__all__ = ["SIGNALS", "Site", "end"]
