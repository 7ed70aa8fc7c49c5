"""What a channel's author says of it, so that the suite can hold it to that."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from pydantic import BaseModel

from hub.api import AnyAccount, AnyConnection, Channel, Outbound, Raw
from hub.plugin.discovery import Plugins
from hub.plugin.record import Plugin, PluginState
from hub.testing.context import FakeContext


@dataclass(frozen=True)
class Requirements:
    """One channel of one plugin, with examples of what it hears and says.

    plugin        the plugin's module, as its entry point names it
    channel       the channel's name
    account       an account the examples are for
    examples      inputs that are good: addressed to the account, let in, and understood
    settings      the plugin's own settings model, filled; None when it has none
    forged        inputs that must be refused as Unauthenticated
    malformed     inputs that must be quarantined as Malformed
    connection    a connection on which nothing can be sent (the far side is not there): `send` must raise a SendError
    outbound      a message the channel could carry
    """

    plugin: ModuleType
    channel: str
    account: AnyAccount
    examples: Sequence[Raw]
    settings: BaseModel | None = None
    forged: Sequence[Raw] = ()
    malformed: Sequence[Raw] = ()
    connection: AnyConnection | None = None
    outbound: Outbound | None = None

    @property
    def name(self) -> str:
        """The plugin's name: the last part of its module's."""
        return self.plugin.__name__.rpartition(".")[2]

    def load(self) -> Plugins:
        """The plugin as the hub would load it."""
        plugins = Plugins()
        plugins.add(Plugin(self.name, PluginState.LOADED, target=self.plugin, settings=self.settings))
        return plugins

    def build(self) -> Channel:
        """The channel, fresh, behind a fake context. Raises AssertionError when the plugin does not give it."""
        plugins = self.load()
        folder = plugins.declare(plugins[self.name], "hub_migrations")
        migrations = folder if isinstance(folder, Path) else None
        context = FakeContext(self.name, self.settings, accounts=[self.account], migrations=migrations)
        declared = plugins.declare(plugins[self.name], "hub_channels", context=context)
        given = list(declared) if isinstance(declared, Sequence) else []
        named = {channel.name: channel for channel in given}
        assert self.channel in named, f"hub_channels of {self.name} gives {sorted(named)}, not {self.channel}"
        channel: Channel = named[self.channel]
        return channel
