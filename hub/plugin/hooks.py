"""Typed ways to call the hooks, one plugin at a time: an exception or a missed deadline is that plugin's alone.

The failure policy is per hook: `identify` fails open, `veto` fails closed, observers are logged and passed over.
A hook may be a plain function (it runs on the event loop, so it must be quick) or a coroutine function with a deadline.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, TypeVar

import pluggy

from hub.api import Address, AnyAccount, Contact, Context, CustomerRef, Event, Inbound, Json, Refusal
from hub.plugin.discovery import Plugins
from hub.plugin.record import CONTAINED, Plugin

DEADLINE = 5.0
TIMER_DEADLINE = 60.0

T = TypeVar("T")


class Hooks:
    """The observing and deciding hooks of the site's plugins."""

    def __init__(self, plugins: Plugins, deadline: float = DEADLINE) -> None:
        self._plugins = plugins
        self._deadline = deadline
        self.contexts: Mapping[str, Context] = {}

    async def identify(self, inbound: Inbound, account: AnyAccount) -> CustomerRef | None:
        """The first plugin that recognises the customer wins; one that raises is passed over."""
        for plugin, implementation in self._plugins.implementations("hub_identify"):
            try:
                found = await self._call(implementation, inbound=inbound, account=account)
                if found is not None:
                    return _checked(found, CustomerRef)
            except CONTAINED as error:  # fails open
                plugin.fault("hub_identify", error)
        return None

    async def veto(self, contact: Contact) -> Refusal | None:
        """The first refusal wins; a plugin that raises refuses, for a gate that is broken is shut."""
        for plugin, implementation in self._plugins.implementations("hub_veto_contact"):
            try:
                refusal = await self._call(implementation, contact=contact, context=self.contexts.get(plugin.name))
                if refusal is not None:
                    return _checked(refusal, Refusal)
            except CONTAINED as error:  # fails closed
                plugin.fault("hub_veto_contact", error)
                return Refusal(f"The contact check of the plugin {plugin.name} failed.", "VETO_FAILED")
        return None

    async def event(self, event: Event) -> None:
        """Tell the observers; their errors are counted and logged."""
        await self._tell("hub_event", event=event)

    async def customer_merged(self, kept: int, gone: int) -> None:
        """Tell that two customers became one."""
        await self._tell("hub_customer_merged", kept=kept, gone=gone)

    async def customer_erased(self, name: str, customer: int, addresses: Sequence[Address]) -> bool:
        """Tell this plugin that a customer is to be forgotten; whether it has done so, or has nothing to forget."""
        if name not in self._plugins or not self._plugins[name].loaded:
            return False
        hook = "hub_customer_erased"
        for plugin, implementation in self._plugins.implementations(hook):
            if plugin.name == name:
                return await self._told(plugin, implementation, hook, customer=customer, addresses=addresses)
        return True

    async def timer(self, plugin: Plugin, context: Context, name: str, payload: Mapping[str, Json]) -> None:
        """A timer of this plugin is due. Raises what the plugin raises, so that it becomes due again."""
        for owner, implementation in self._plugins.implementations("hub_timer"):
            if owner is plugin:
                await self._timer(plugin, implementation, context=context, name=name, payload=payload)

    async def _timer(self, plugin: Plugin, implementation: pluggy.HookImpl, **arguments: object) -> None:
        try:
            async with asyncio.timeout(TIMER_DEADLINE):
                await _run(implementation, arguments)
        except CONTAINED as error:
            plugin.fault("hub_timer", error)
            raise

    async def _tell(self, hook: str, **arguments: object) -> None:
        for plugin, implementation in self._plugins.implementations(hook):
            await self._told(plugin, implementation, hook, **arguments)

    async def _told(self, plugin: Plugin, implementation: pluggy.HookImpl, hook: str, **arguments: object) -> bool:
        try:
            await self._call(implementation, **arguments, context=self.contexts.get(plugin.name))
        except CONTAINED as error:
            plugin.fault(hook, error)
            return False
        return True

    async def _call(self, implementation: pluggy.HookImpl, **arguments: object) -> Any:
        result = _run(implementation, arguments)
        return await self._in_time(result) if inspect.isawaitable(result) else result

    async def _in_time(self, result: Awaitable[object]) -> object:
        async with asyncio.timeout(self._deadline):
            return await result


def _run(implementation: pluggy.HookImpl, arguments: Mapping[str, object]) -> Any:
    return implementation.function(*(arguments[name] for name in implementation.argnames))


def _checked(result: object, wanted: type[T]) -> T:
    if not isinstance(result, wanted):
        raise TypeError(f"expected {wanted.__name__} or None, got {type(result).__name__}")
    return result
