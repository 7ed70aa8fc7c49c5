"""The site's connections on this node: a supervised listener for each, restarted when its settings change."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace

from hub.api import Accepted, AnyConnection, Emit, Raw, Ready
from hub.plugin.core import Core
from hub.plugin.health import Health
from hub.plugin.isolation import IsolatedChannel
from hub.plugin.registry import Registry
from hub.plugin.secret_fields import redact
from hub.plugin.supervision import ConnectionState, Supervised
from hub.store import settings_rows


@dataclass(frozen=True, slots=True)
class Held:
    """A connection held by this node, and the work that holds it."""

    channel: str
    connection: AnyConnection
    listener: Supervised | None = None

    def same_as(self, channel: str, connection: AnyConnection) -> bool:
        """Whether nothing changed that needs a restart; the cursor moves by itself and does not count."""
        mine = replace(self.connection, cursor=None)
        return self.channel == channel and mine == replace(connection, cursor=None)


class Listeners:
    """Brings what runs in line with the connections this node is to hold."""

    def __init__(self, registry: Registry, core: Core, health: Health) -> None:
        self._registry = registry
        self._core = core
        self._health = health
        self._held: dict[int, Held] = {}
        self._turn = asyncio.Lock()

    async def reconcile(self, wanted: Iterable[tuple[str, AnyConnection]]) -> None:
        """Stop what is no longer wanted or has changed, then start what is missing: (channel's name, connection)."""
        async with self._turn:
            wanted_by_id = {connection.id: (channel, connection) for channel, connection in wanted}
            stale = [key for key, held in self._held.items() if not _still(held, wanted_by_id.get(key))]
            await asyncio.gather(*(self._let_go(key) for key in stale))
            for key, (channel, connection) in wanted_by_id.items():
                if key not in self._held:
                    self._held[key] = self._hold(channel, connection)

    async def stop(self) -> None:
        """Stop them all; each has its deadline."""
        await self.reconcile([])

    def state(self, connection: int) -> ConnectionState:
        """How the listener of this connection stands on this node."""
        held = self._held.get(connection)
        return held.listener.state if held and held.listener else ConnectionState.STOPPED

    async def _let_go(self, key: int) -> None:
        held = self._held.pop(key)
        if held.listener is not None:
            await held.listener.stop()

    def _hold(self, name: str, connection: AnyConnection) -> Held:
        channel = self._registry.channels.get(name)
        if channel is None:
            self._health.note(connection.id, ConnectionState.FAILED, f"No plugin at work carries the channel {name}.")
            return Held(name, connection)
        channel.breakers.reset(connection.id)
        listener = self._listener(channel, connection)
        listener.start()
        return Held(name, connection, listener)

    def _listener(self, channel: IsolatedChannel, connection: AnyConnection) -> Supervised:
        async def work(ready: Ready) -> None:
            if channel.listens:
                await channel.listen(await self._fresh(connection), self._emit(channel.name, connection), ready)
            else:
                ready("")  # nothing to hear by itself: webhooks and routes do the hearing
                await asyncio.Event().wait()

        def told(state: ConnectionState, detail: str) -> None:
            self._health.note(connection.id, state, redact(detail, connection.settings))

        return Supervised(channel.plugin, f"listen {channel.name}", work, told)

    def _emit(self, channel: str, connection: AnyConnection) -> Emit:
        async def emit(raw: Raw, cursor: str | None = None) -> Accepted:
            return await self._core.accept(channel, raw, account=None, connection=connection, cursor=cursor)

        return emit

    async def _fresh(self, connection: AnyConnection) -> AnyConnection:
        """With the cursor that was committed last, so that a restarted listener goes on where it was."""
        row = await self._core.store.read(lambda conn: settings_rows.connection(conn, connection.id))
        return replace(connection, cursor=row["cursor"]) if row else connection


def _still(held: Held, wanted: tuple[str, AnyConnection] | None) -> bool:
    return wanted is not None and held.same_as(*wanted)
