"""The demo: a living site to look at, and a desk at which the newcomer is the customer; sockets only."""

from collections.abc import Sequence

from pydantic import BaseModel

from hub.api import Command, hookimpl
from plugins.demo import site
from plugins.demo.settings import DemoSettings


@hookimpl
def hub_settings() -> type[BaseModel]:
    """Where the customers' mail server listens, and where the demo's password is."""
    return DemoSettings


@hookimpl
def hub_commands() -> Sequence[Command]:
    """`hub demo init`."""
    return [Command("init", "write a demo site into a folder", site.configure, site.run)]
