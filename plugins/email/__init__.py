"""E-mail as a channel of the hub: SMTP and IMAP in, SMTP out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel

from hub.api import Address, Channel, Context, Json, hookimpl
from plugins.email import addresses as spelt
from plugins.email.acknowledge import TIMER
from plugins.email.channel import EmailChannel
from plugins.email.settings import EmailSettings


@hookimpl
def hub_settings() -> type[BaseModel]:
    """Where SMTP listeners bind by default (HUB_SMTP_PORT)."""
    return EmailSettings


@hookimpl
def hub_channels(context: Context) -> Sequence[Channel]:
    """The one channel."""
    return [_channel(context)]


@hookimpl
def hub_migrations() -> Path:
    """The table of automatic answers."""
    return Path(__file__).parent / "migrations"


@hookimpl
async def hub_timer(context: Context, name: str, payload: Mapping[str, Json]) -> None:
    """An automatic confirmation is due."""
    if name == TIMER:
        await _channel(context).acknowledgements.fire(payload)


@hookimpl
async def hub_customer_erased(addresses: Sequence[Address], context: Context) -> None:
    """That they were answered by itself goes with them."""
    theirs = [each.value for each in addresses if each.scheme == spelt.SCHEME]
    await _channel(context).acknowledgements.forget(theirs)


def _channel(context: Context) -> EmailChannel:
    return EmailChannel(context)
