"""Text messages as a channel of the hub: SMPP, CMPP, modems, Twilio and other gateways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from weakref import WeakKeyDictionary

from pydantic import BaseModel

from hub.api import Address, Channel, Command, Contact, Context, Json, Panel, PluginRoutes, Refusal, hookimpl
from plugins.sms import numbers, sessions
from plugins.sms.channel import SmsChannel
from plugins.sms.consent import confirming
from plugins.sms.hooked import Webhooks
from plugins.sms.pictures import lent
from plugins.sms.record import forgetting
from plugins.sms.routes import Routes
from plugins.sms.screens import panels
from plugins.sms.settings import SmsSettings

_channels: WeakKeyDictionary[Context, SmsChannel] = WeakKeyDictionary()


@hookimpl
def hub_settings() -> type[BaseModel]:
    """The country, and further words for STOP."""
    return SmsSettings


@hookimpl
def hub_channels(context: Context) -> Sequence[Channel]:
    """The one channel."""
    return [_channel(context)]


@hookimpl
def hub_migrations() -> Path:
    """The tables of parts and consents."""
    return Path(__file__).parent / "migrations"


@hookimpl
def hub_routes(context: Context) -> PluginRoutes:
    """Carriers' webhooks, and what screens ask for."""
    channel = _channel(context)
    called = [*Webhooks(context, channel).routes(), lent.Lent(context).route()]
    return [*called, *Routes(context, channel).routes(), *panels.routes(context, channel.providers)]


@hookimpl
def hub_panels() -> Sequence[Panel]:
    """The counter, the parts, the consent."""
    return panels.panels()


@hookimpl
def hub_commands() -> Sequence[Command]:
    """An SMSC to try a site with."""
    from plugins.sms.smsc.command import COMMAND

    return [COMMAND]


@hookimpl
async def hub_start(context: Context) -> None:
    """What is old is looked for every day."""
    await _channel(context).forgetting.plan()


@hookimpl
async def hub_veto_contact(contact: Contact, context: Context) -> Refusal | None:
    """STOP, and quiet hours."""
    return await _channel(context).gate.refusal(contact)


@hookimpl
async def hub_customer_merged(kept: int, gone: int, context: Context) -> None:
    """What was said is theirs."""
    await _channel(context).ledger.merge(kept, gone)


@hookimpl
async def hub_customer_erased(customer: int, addresses: Sequence[Address], context: Context) -> None:
    """Their numbers go from the record of consents, also from what was said of them before they were anybody's."""
    theirs = [address.value for address in addresses if address.scheme == numbers.SCHEME]
    await _channel(context).ledger.erase(customer, theirs)


@hookimpl
async def hub_timer(context: Context, name: str, payload: Mapping[str, Json]) -> None:
    """A session may be idle, a confirmation is due, or something may go."""
    channel = _channel(context)
    if name == lent.TIMER:
        await lent.Lent(context).due()
    elif name == forgetting.TIMER:
        await channel.forgetting.fire()
    elif name == sessions.TIMER:
        await channel.sessions.fire(payload)
    elif name == confirming.TIMER:
        await channel.confirmations.fire(payload)
    elif name.startswith("twilio."):
        from plugins.sms.twilio import media

        await media.due(context, name, payload)


def _channel(context: Context) -> SmsChannel:
    if context not in _channels:
        _channels[context] = SmsChannel(context)
    return _channels[context]
