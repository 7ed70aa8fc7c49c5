"""What the site's plugins declare, gathered: channels, services, flows, routes, panels, commands.

A plugin is taken in whole or not at all: what it declares is checked first, and a mistake makes it FAILED.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel

from hub.api import Channel, Command, Context, Flow, Panel, PluginRoutes
from hub.api.web import Files, Route, WebSocketRoute
from hub.plugin.channels import problem_with
from hub.plugin.context import PluginContext
from hub.plugin.core import Core
from hub.plugin.discovery import Plugins
from hub.plugin.hooks import Hooks
from hub.plugin.isolation import IsolatedChannel
from hub.plugin.record import CONTAINED, Plugin, sentence
from hub.plugin.workers import Workers

T = TypeVar("T")


class NoSettings(BaseModel):
    """For a plugin that declares none."""


@dataclass(frozen=True, slots=True)
class Declared:
    """Everything one plugin declares."""

    context: Context
    channels: Sequence[Channel]
    services: Sequence[object]
    flows: Sequence[Flow]
    routes: PluginRoutes
    panels: Sequence[Panel]


@dataclass(slots=True)
class Registry:
    """The site's plugins at work, by what they gave."""

    plugins: Plugins
    hooks: Hooks
    contexts: dict[str, Context] = field(default_factory=dict)
    channels: dict[str, IsolatedChannel] = field(default_factory=dict)
    services: list[object] = field(default_factory=list)
    flows: dict[str, Flow] = field(default_factory=dict)
    routes: dict[str, PluginRoutes] = field(default_factory=dict)
    panels: dict[str, Sequence[Panel]] = field(default_factory=dict)
    workers: dict[str, Workers] = field(default_factory=dict)

    def take(self, plugin: Plugin, declared: Declared) -> None:
        """Add one plugin's declarations, already checked."""
        workers = self.workers[plugin.name] = Workers(plugin.name)
        self.contexts[plugin.name] = declared.context
        self.channels |= {channel.name: IsolatedChannel(plugin, channel, workers) for channel in declared.channels}
        self.services += declared.services
        self.flows |= {flow.name: flow for flow in declared.flows}
        self.routes[plugin.name] = declared.routes
        self.panels[plugin.name] = declared.panels

    def close(self) -> None:
        """Let the plugins' threads end."""
        for workers in self.workers.values():
            workers.close()


def compose(plugins: Plugins, core: Core) -> Registry:
    """Ask every plugin at work what it declares, in the order of the allow-list."""
    registry = Registry(plugins, Hooks(plugins))
    registry.hooks.contexts = registry.contexts
    for plugin in plugins.loaded:
        try:
            declared = _declared(plugins, plugin, core, registry)
            _check(declared, registry)
        except CONTAINED as error:
            plugins.fail(plugin, sentence(error))
        else:
            registry.take(plugin, declared)
    return registry


def commands(plugins: Plugins) -> dict[str, Sequence[Command]]:
    """The sub-commands of `hub`, by plugin; they need no running site."""
    found: dict[str, Sequence[Command]] = {}
    for plugin in plugins.loaded:
        try:
            found[plugin.name] = _listed(plugins.declare(plugin, "hub_commands"), Command)
        except CONTAINED as error:
            plugins.fail(plugin, sentence(error))
    return found


def _declared(plugins: Plugins, plugin: Plugin, core: Core, registry: Registry) -> Declared:
    context = PluginContext(plugin, plugin.settings or NoSettings(), core, registry.services)
    return Declared(
        context,
        channels=_listed(plugins.declare(plugin, "hub_channels", context=context), object),
        services=_listed(plugins.declare(plugin, "hub_services", context=context), object),
        flows=_listed(plugins.declare(plugin, "hub_flows", context=context), Flow),
        routes=_listed(plugins.declare(plugin, "hub_routes", context=context), Route, WebSocketRoute, Files),
        panels=_listed(plugins.declare(plugin, "hub_panels"), Panel),
    )


def _check(declared: Declared, registry: Registry) -> None:
    taken = {name: channel.plugin.name for name, channel in registry.channels.items()}
    for channel in declared.channels:
        if problem := problem_with(channel):
            raise ValueError(f"channel {getattr(channel, 'name', channel)!r}: {problem}")
        if channel.name in taken:
            raise ValueError(f"the channel {channel.name!r} is already carried by the plugin {taken[channel.name]}")
        taken[channel.name] = declared.context.plugin
    for flow in declared.flows:
        if flow.name in registry.flows:
            raise ValueError(f"there is already a flow named {flow.name!r}")


def _listed(values: Any, *wanted: type[Any]) -> Any:
    listed = tuple(values or ())
    for value in listed:
        if not isinstance(value, wanted):
            raise TypeError(f"{value!r} is no {' or '.join(kind.__name__ for kind in wanted)}")
    return listed
