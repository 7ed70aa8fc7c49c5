"""Finding plugins: entry points in the group "hub.plugins", narrowed by the site's allow-list.

What is not listed is never imported. A name that is unknown, an import that fails and a hook that is wrong are states
an administrator sees, never a crash.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.metadata import EntryPoint, EntryPoints, entry_points

import pluggy

from hub.api import hooks as specifications
from hub.plugin.record import CONTAINED, NAME, Plugin, PluginState, sentence

GROUP = "hub.plugins"
WORDS = "hub.commands"


class Plugins:
    """The plugins of a site by name, and the pluggy manager that knows the hooks of those at work."""

    def __init__(self) -> None:
        self.manager = pluggy.PluginManager(specifications.PROJECT)
        self.manager.add_hookspecs(specifications)
        self._records: dict[str, Plugin] = {}

    def __iter__(self) -> Iterator[Plugin]:
        return iter(self._records.values())

    def __getitem__(self, name: str) -> Plugin:
        return self._records[name]

    def __contains__(self, name: object) -> bool:
        return name in self._records

    @property
    def loaded(self) -> Sequence[Plugin]:
        """Those at work, in the order of the allow-list."""
        return [plugin for plugin in self if plugin.loaded]

    def add(self, plugin: Plugin) -> None:
        """Take note of a plugin; one at work has its hooks checked and registered."""
        self._records[plugin.name] = plugin
        if plugin.loaded:
            self._register(plugin)

    def fail(self, plugin: Plugin, error: str) -> None:
        """Take a plugin out of service: its hooks are not called again."""
        if self.manager.has_plugin(plugin.name):
            self.manager.unregister(name=plugin.name)
        plugin.fail(error)

    def implementations(self, hook: str) -> Iterator[tuple[Plugin, pluggy.HookImpl]]:
        """Who implements a hook, in the order of the allow-list; `tryfirst` and `trylast` go over that."""
        found = getattr(self.manager.hook, hook).get_hookimpls()
        for implementation in sorted(found, key=lambda each: each.trylast - each.tryfirst):
            yield self._records[implementation.plugin_name], implementation

    def declare(self, plugin: Plugin, hook: str, **arguments: object) -> object:
        """What this plugin itself returns from a declaring hook; None without one. Raises what it raises."""
        for owner, implementation in self.implementations(hook):
            if owner is plugin:
                return implementation.function(*(arguments[name] for name in implementation.argnames))
        return None

    def _register(self, plugin: Plugin) -> None:
        try:
            self.manager.register(plugin.target, plugin.name)
            problem = self._unusable(plugin)
        except (pluggy.PluginValidationError, ValueError) as error:
            problem = str(error)
        if problem:
            self.fail(plugin, problem)

    def _unusable(self, plugin: Plugin) -> str:
        for caller in self.manager.get_hookcallers(plugin.target) or ():
            if not caller.has_spec():
                return f"{caller.name} is not a hook of this hub"
            if any(i.wrapper or i.hookwrapper for i in caller.get_hookimpls() if i.plugin_name == plugin.name):
                return f"{caller.name} is a hook wrapper; plugins must not wrap each other"
        return ""


@cache  # each reading opens a file of every package there is, and a start asks five times
def entries(group: str) -> EntryPoints:
    """What the packages of this environment declare in this group."""
    return entry_points(group=group)


def discover(allowed: Sequence[str], installed: Iterable[EntryPoint] | None = None) -> Plugins:
    """Import what the site allows, in that order, then note what else is installed as DISABLED."""
    known: dict[str, list[EntryPoint]] = defaultdict(list)
    for entry in entries(GROUP) if installed is None else installed:
        known[entry.name].append(entry)
    plugins = Plugins()
    for name in dict.fromkeys(allowed):
        plugins.add(_load(name, known.get(name, [])))
    for name in sorted(known.keys() - set(allowed)):
        plugins.add(Plugin(name, PluginState.DISABLED, _version(known[name][0])))
    return plugins


def _load(name: str, entries: Sequence[EntryPoint]) -> Plugin:
    if not entries:
        return _failed(name, f"no installed package declares a plugin named {name!r}")
    if len({entry.value for entry in entries}) > 1:
        return _failed(name, f"several packages declare it: {', '.join(sorted(e.value for e in entries))}")
    if not NAME.fullmatch(name):
        return _failed(name, "a plugin's name is lower-case letters, digits and _ (at most 40)")
    return _import(entries[0])


def _import(entry: EntryPoint) -> Plugin:
    try:
        target = entry.load()
    except CONTAINED as error:
        return _failed(entry.name, f"import of {entry.value} failed: {sentence(error)}", _version(entry))
    return Plugin(entry.name, PluginState.LOADED, _version(entry), target=target)


def _failed(name: str, error: str, version: str = "") -> Plugin:
    plugin = Plugin(name, PluginState.FAILED, version)
    plugin.fail(error)
    return plugin


def _version(entry: EntryPoint) -> str:
    return entry.dist.version if entry.dist else ""
