"""The demo: a living site to look at, and a desk at which the newcomer is the customer; sockets only."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel

from hub.api import Command, Context, PluginRoutes, hookimpl
from plugins.demo import site, traffic
from plugins.demo.demo import Demo
from plugins.demo.routes import routes
from plugins.demo.settings import DemoSettings

_demos: list[Demo] = []
"""One a site: tests run several in one process."""


def _demo(context: Context) -> Demo:
    for demo in _demos:
        if demo.context is context:
            return demo
    _demos.append(Demo(context))
    return _demos[-1]


@hookimpl
def hub_settings() -> type[BaseModel]:
    """Where the customers' mail server listens, and where the demo's password is."""
    return DemoSettings


@hookimpl
def hub_migrations() -> Path:
    """The customers' mails."""
    return Path(__file__).parent / "migrations"


@hookimpl
def hub_routes(context: Context) -> PluginRoutes:
    """The customers' desk."""
    return routes(_demo(context))


@hookimpl
async def hub_start(context: Context) -> None:
    """The customers' mail server, and the filling of the site."""
    await _demo(context).run()


@hookimpl
def hub_commands() -> Sequence[Command]:
    """`hub demo init`, `hub demo traffic`."""
    return [
        Command("init", "write a demo site into a folder", site.configure, site.run),
        Command("traffic", "let simulated customers write to the running demo", traffic.configure, traffic.run),
    ]
