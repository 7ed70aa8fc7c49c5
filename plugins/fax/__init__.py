"""Fax as a channel of the hub: T.30 on G.711 and T.38, pages in and out."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel

from hub.api import Address, Channel, Command, Contact, Context, Event, Panel, PluginRoutes, Refusal, hookimpl
from plugins.fax.machine.command import COMMAND
from plugins.fax.settings import SCHEME, FaxSettings

if TYPE_CHECKING:
    from plugins.fax.channel import FaxChannel

_channels: list[tuple[Context, FaxChannel]] = []
"""One a site: the channel, its calls and its routes must speak of the same faxes. Tests run several in one process."""


@hookimpl
def hub_settings() -> type[BaseModel]:
    """How faxes are tried again, and how many processes fax."""
    return FaxSettings


@hookimpl
def hub_channels(context: Context) -> Sequence[Channel]:
    """The one channel."""
    return [_channel(context)]


@hookimpl
def hub_services(context: Context) -> Sequence[object]:
    """The channel again: it takes the calls to its numbers (`hub.api.TakesCalls`)."""
    return [_channel(context)]


@hookimpl
def hub_migrations() -> Path:
    """Documents, what is to be sent, the log, lists of recipients."""
    return Path(__file__).parent / "migrations"


@hookimpl
def hub_routes(context: Context) -> PluginRoutes:
    """How faxes fare, reports, the log of each number."""
    from plugins.fax.routes import routes
    from plugins.fax.screens import arriving, preview

    channel = _channel(context)
    return [*routes(channel), *preview.routes(context, channel.office.printer), *arriving.routes(channel.office)]


@hookimpl
def hub_panels() -> Sequence[Panel]:
    """Pages in the timeline and beside the composer."""
    from plugins.fax.screens import panels

    return panels()


@hookimpl
def hub_needs() -> Sequence[str]:
    """The library that fax machines are made of."""
    from plugins.fax.terminal import spandsp

    return [] if spandsp.available() else [spandsp.INSTALL]


@hookimpl
def hub_commands() -> Sequence[Command]:
    """`hub fax machine`."""
    return [COMMAND]


@hookimpl
async def hub_start(context: Context) -> None:
    """What a crash left is handed in; what is due is sent, until the site stops."""
    from plugins.fax import housekeeping
    from plugins.fax.incoming.left_behind import hand_in

    channel = _channel(context)
    if channel.office.lacks:
        context.fault("library", ModuleNotFoundError(channel.office.lacks))
    try:
        await hand_in(channel.office)
        async with asyncio.TaskGroup() as work:
            work.create_task(channel.broadcasts.run())
            work.create_task(channel.office.arriving.run())
            work.create_task(housekeeping.run(channel.office))
            work.create_task(channel.sending.run())
    except asyncio.CancelledError:  # the site stops; after a failure the same channel goes on: others hold it
        await channel.office.close()
        _channels.remove((context, channel))
        raise


@hookimpl
async def hub_event(event: Event, context: Context) -> None:
    """What became of a broadcast's messages that never became a fax; whose a fax is that came in."""
    for known, channel in _channels:
        if known is context:  # none is made anew for a site that stops
            await channel.office.people.observe(event)
            await channel.broadcasts.observe(event)


@hookimpl
async def hub_veto_contact(contact: Contact, context: Context) -> Refusal | None:
    """Nothing is refused: whose a number is, is noted."""
    await _channel(context).office.people.asked(contact)
    return None


@hookimpl
async def hub_customer_merged(kept: int, gone: int, context: Context) -> None:
    """Numbers are theirs."""
    await _channel(context).office.people.merge(kept, gone)


@hookimpl
async def hub_customer_erased(customer: int, addresses: Sequence[Address], context: Context) -> None:
    """Their numbers go from the log, what was sent, and the lists."""
    numbers = [each.value for each in addresses if each.scheme == SCHEME]
    await _channel(context).office.people.erase(customer, numbers)


def _channel(context: Context) -> FaxChannel:
    from plugins.fax.channel import FaxChannel

    for known, channel in _channels:
        if known is context:
            return channel
    _channels.append((context, FaxChannel(context)))
    return _channels[-1][1]
