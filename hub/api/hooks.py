"""The whole extension surface: every hook with its exact signature. Hooks declare and observe; objects do.

A plugin is a module (or object) named in the entry-point group "hub.plugins"; it marks functions with `@hookimpl`.
A hook that may return an Awaitable may be a coroutine function; a plain one runs on the event loop and must be quick.
"""

# Specifications have signatures, not bodies:
# mypy: disable-error-code="empty-body"

import argparse
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pluggy
from pydantic import BaseModel

from hub.api.channel import AnyAccount, Channel
from hub.api.context import Contact, Context, Refusal
from hub.api.flow import Flow
from hub.api.messages import Address, Inbound, Json
from hub.api.web import Panel, PluginRoutes

PROJECT = "hub"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the event log: ids and states, never content."""

    seq: int
    at: datetime
    type: str
    interaction_id: int | None
    ticket_id: int | None
    customer_id: int | None
    user_id: int | None
    queue_id: int | None
    department_id: int | None
    data: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class CustomerRef:
    """A customer the identify hook recognised."""

    customer_id: int


@dataclass(frozen=True, slots=True)
class Command:
    """A sub-command `hub <plugin> <name>`, or `hub <word> <name>` where the package says so in its entry-point group
    "hub.commands" (`word = "the.plugin.module"`); `run` gets the parsed arguments and returns the exit code."""

    name: str
    help: str
    configure: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


@hookspec
def hub_settings() -> type[BaseModel]:
    """The plugin's settings model; filled from [plugins.<name>] of hub.toml and the environment (field extra "env")."""


@hookspec
def hub_channels(context: Context) -> Sequence[Channel]:
    """The channels this plugin carries."""


@hookspec
def hub_services(context: Context) -> Sequence[object]:
    """Services (speech, telephony, knowledge) others may ask for by protocol."""


@hookspec
def hub_flows(context: Context) -> Sequence[Flow]:
    """Self-service flows an account may lead to, by name."""


@hookspec
def hub_migrations() -> Path:
    """The plugin's Alembic folder; its tables carry its prefix, its version table is alembic_version_<plugin>."""


@hookspec
def hub_routes(context: Context) -> PluginRoutes:
    """HTTP and websocket routes and static files."""


@hookspec
def hub_panels() -> Sequence[Panel]:
    """Panels that fill slots of the inbox."""


@hookspec
def hub_needs() -> Sequence[str]:
    """What this machine lacks for the plugin's work, a sentence each that says what to type; `hub doctor` tells it."""


@hookspec
def hub_commands() -> Sequence[Command]:
    """Sub-commands of `hub`."""


@hookspec
def hub_start(context: Context) -> Awaitable[None]:
    """Called once the site serves; a coroutine that runs until the site stops (background work), supervised."""


@hookspec
def hub_identify(inbound: Inbound, account: AnyAccount) -> CustomerRef | Awaitable[CustomerRef | None] | None:
    """Recognise the customer by the plugin's own knowledge. First result wins. Fails open: an error is passed over."""


@hookspec
def hub_veto_contact(contact: Contact, context: Context) -> Refusal | Awaitable[Refusal | None] | None:
    """Refuse a contact (do-not-contact, quiet hours). Fails closed: an error refuses it."""


@hookspec
def hub_event(event: Event, context: Context) -> Awaitable[None] | None:
    """Observe the event log. Errors are logged, never fatal."""


@hookspec
def hub_timer(context: Context, name: str, payload: Mapping[str, Json]) -> Awaitable[None]:
    """A timer this plugin scheduled is due. Raising makes it due again with back-off, five times."""


@hookspec
def hub_customer_merged(kept: int, gone: int, context: Context) -> Awaitable[None] | None:
    """Two customers became one; move what the plugin's own tables say of `gone`."""


@hookspec
def hub_customer_erased(customer: int, addresses: Sequence[Address], context: Context) -> Awaitable[None] | None:
    """A customer was erased, who had these addresses (theirs alone, as the hub writes them); remove personal data from
    the plugin's own tables. Promised in the commit that erased them: called until it returns, so perhaps twice, and
    perhaps long after, when the plugin was not at work then."""
