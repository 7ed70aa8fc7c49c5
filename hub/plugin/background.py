"""The plugins' own background work (`hub_start`), supervised like the listeners."""

import asyncio
import inspect
import logging

from hub.api import Ready
from hub.plugin.record import Plugin
from hub.plugin.registry import Registry
from hub.plugin.supervision import ConnectionState, Supervised

logger = logging.getLogger(__name__)


class Background:
    """Runs every plugin's `hub_start` until the site stops: one that returns is done, one that raises is restarted."""

    def __init__(self, registry: Registry) -> None:
        self._running = [
            self._supervised(registry, plugin) for plugin, _ in registry.plugins.implementations("hub_start")
        ]

    def start(self) -> None:
        """Start them all: the site serves now."""
        for work in self._running:
            work.start()

    async def stop(self) -> None:
        """Stop them all; each has its deadline."""
        await asyncio.gather(*(work.stop() for work in self._running))

    def states(self) -> dict[str, ConnectionState]:
        """How each plugin's background work stands."""
        return {work.plugin.name: work.state for work in self._running}

    def _supervised(self, registry: Registry, plugin: Plugin) -> Supervised:
        async def work(ready: Ready) -> None:
            ready("")
            started = registry.plugins.declare(plugin, "hub_start", context=registry.contexts[plugin.name])
            if inspect.isawaitable(started):
                await started

        def told(state: ConnectionState, detail: str) -> None:
            logger.info("background work of %s: %s", plugin.name, state)

        return Supervised(plugin, "hub_start", work, told, finite=True)
