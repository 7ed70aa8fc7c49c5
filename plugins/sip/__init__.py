"""Telephone calls by SIP: trunks, the agents' phones, and what is said and heard on them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel

from hub.api import Channel, Command, Context, Panel, PluginRoutes, hookimpl
from plugins.sip import commands
from plugins.sip.channel import SipChannel
from plugins.sip.routes import routes
from plugins.sip.settings import SipSettings

_channels: list[tuple[Context, SipChannel]] = []
"""One a site: the channel and its routes must speak of the same calls. Tests run several sites in one process."""


@hookimpl
def hub_settings() -> type[BaseModel]:
    """Where SIP binds (HUB_SIP_PORT)."""
    return SipSettings


@hookimpl
def hub_channels(context: Context) -> Sequence[Channel]:
    """The one channel."""
    return [_channel(context)]


@hookimpl
def hub_migrations() -> Path:
    """The tables of phones."""
    return Path(__file__).parent / "migrations"


@hookimpl
def hub_routes(context: Context) -> PluginRoutes:
    """Phones for agents, and what the exchange sees."""
    return routes(_channel(context))


@hookimpl
def hub_commands() -> Sequence[Command]:
    """`hub sip phone`."""
    return [Command("phone", "give agents phones, see where they are", commands.configure, commands.run)]


@hookimpl
def hub_panels() -> Sequence[Panel]:
    """Phones and trunks, in the administration."""
    titles = {"en": "Phones", "zh": "话机"}
    return [Panel("admin", "sip-phones", "/p/sip/static/phones.js", titles, permission="users.manage")]


def _channel(context: Context) -> SipChannel:
    for known, channel in _channels:
        if known is context:
            return channel
    _channels.append((context, SipChannel(context)))
    return _channels[-1][1]
