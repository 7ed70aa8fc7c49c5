"""Self-service: one script, on every channel."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from pydantic import BaseModel

from hub.api import Command, Context, Flow, Panel, PluginRoutes, hookimpl
from plugins.self_service import commands, routes
from plugins.self_service.flow import ScriptedFlow
from plugins.self_service.library import Library
from plugins.self_service.settings import SelfServiceSettings
from plugins.self_service.world import HubWorld

_libraries: list[tuple[Context, Library]] = []
"""One a site: tests run several in one process."""


def _library(context: Context) -> Library:
    for known, library in _libraries:
        if known is context:
            return library
    library = Library(cast("SelfServiceSettings", context.settings).folder)
    _libraries.append((context, library))
    return library


@hookimpl
def hub_settings() -> type[BaseModel]:
    """Where the scripts are, and what they may reach."""
    return SelfServiceSettings


@hookimpl
def hub_migrations() -> Path:
    """Which flows are switched off."""
    return Path(__file__).parent / "migrations"


@hookimpl
def hub_flows(context: Context) -> Sequence[Flow]:
    """One a script."""
    library = _library(context)
    world = HubWorld(context, cast("SelfServiceSettings", context.settings))
    return [ScriptedFlow(name, library, world) for name in library.scripts]


@hookimpl
def hub_routes(context: Context) -> PluginRoutes:
    """The simulator and the switches."""
    return routes.routes(context, _library(context))


@hookimpl
def hub_panels() -> Sequence[Panel]:
    """A page of the administration."""
    titles = {"en": "Self-service flows", "zh": "自助服务流程"}
    module = "/p/self_service/static/flows.js"
    return [Panel("admin", "self-service-flows", module, titles, permission="queues.manage")]


@hookimpl
def hub_commands() -> Sequence[Command]:
    """`hub flow check`, `hub flow run`."""
    return [
        Command("check", "check scripts: every mistake with its line", commands.configure_check, commands.check),
        Command("run", "step through a script in text", commands.configure_run, commands.run),
    ]
