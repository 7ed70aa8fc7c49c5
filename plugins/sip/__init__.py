"""Telephone calls by SIP: trunks, the agents' phones, and what is said and heard on them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel

from hub.api import Channel, Command, Context, Panel, PluginRoutes, hookimpl
from plugins.sip import commands
from plugins.sip.channel import SipChannel
from plugins.sip.recordings.left_behind import hand_in
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
def hub_services(context: Context) -> Sequence[object]:
    """`hub.api.Telephony`."""
    return [_channel(context).telephony]


@hookimpl
async def hub_start(context: Context) -> None:
    """What a crash left of recordings is handed in; at the site's end agents' browsers are let go."""
    channel = _channel(context)
    try:
        await hand_in(context, channel.exchange.under_way)
        await asyncio.get_running_loop().create_future()
    except asyncio.CancelledError:
        await channel.softphone.stop()
        raise


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
    """Phones and trunks, in the administration; the agent's own telephone, in the bar."""
    phones, own = {"en": "Phones", "zh": "话机"}, {"en": "Telephone in this browser", "zh": "浏览器电话"}
    return [
        Panel("admin", "sip-phones", "/p/sip/static/phones.js", phones, permission="users.manage"),
        Panel("bar", "sip-softphone", "/p/sip/static/softphone.js", own, permission="interactions.reply"),
    ]


def _channel(context: Context) -> SipChannel:
    for known, channel in _channels:
        if known is context:
            return channel
    _channels.append((context, SipChannel(context)))
    return _channels[-1][1]
