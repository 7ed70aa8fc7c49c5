"""The site's ways to the outside: channels, connections, accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from hub.api import SendError
from hub.model.permissions import Permission
from hub.plugin.secret_fields import redact
from hub.store import admin_connections
from hub.store.admin_connections import Connection
from hub.store.details import CapabilitiesItem
from hub.store.paging import Page
from hub.store.unit import Tx
from hub.web.call import Call
from hub.web.capabilities import capabilities_item
from hub.web.channel_settings import channel_called, columns
from hub.web.fields import Body, Name, Paging, Settings
from hub.web.routing import Routes

routes = Routes("connections")
READ = Permission.INTERACTIONS_READ
MANAGE = Permission.CONNECTIONS_MANAGE
ChannelName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


@dataclass(frozen=True, slots=True)
class ChannelItem:
    """What a channel can do, and the JSON Schemas its connections and accounts are set up by."""

    name: str
    plugin: str
    capabilities: CapabilitiesItem
    connection_schema: dict[str, Any]
    account_schema: dict[str, Any]
    listens: bool


@dataclass(frozen=True, slots=True)
class ConnectionTest:
    """Whether a connection is in use and hears; `detail` says where, or why not."""

    ok: bool
    state: str
    detail: str


class NewConnection(Body):
    """`settings` as the channel's schema says, secrets among them."""

    channel: ChannelName
    name: Name
    settings: Settings = Field(default_factory=dict)
    enabled: bool = True


class ConnectionChange(Body):
    """Only what is named changes. `settings` as a whole, but a secret that is left out stays as it is."""

    name: Name | None = None
    settings: Settings | None = None
    enabled: bool | None = None


@routes.get("/channels", READ)
async def list_channels(call: Call) -> list[ChannelItem]:
    """What the site's plugins carry."""
    return [
        ChannelItem(
            name=name,
            plugin=channel.plugin.name,
            capabilities=capabilities_item(channel.capabilities),
            connection_schema=channel.connection_model.model_json_schema(),
            account_schema=channel.account_model.model_json_schema(),
            listens=channel.listens,
        )
        for name, channel in sorted(call.node.services.registry.channels.items())
    ]


@routes.get("/connections", MANAGE)
async def list_connections(call: Call, query: Paging) -> Page[Connection]:
    """All connections with how they fare."""
    return await call.read(lambda conn: admin_connections.list_connections(conn, query.cursor, query.limit))


@routes.post("/connections", MANAGE, status=201)
async def create_connection(call: Call, body: NewConnection) -> Connection:
    """Add a connection; it is used at once."""
    return await call.write(lambda tx: _create_connection(call, tx, body))


@routes.get("/connections/{connection_id}", MANAGE)
async def get_connection(call: Call, connection_id: int) -> Connection:
    """One connection, without its secrets."""
    return await call.read(lambda conn: admin_connections.get_connection(conn, connection_id))


@routes.patch("/connections/{connection_id}", MANAGE)
async def change_connection(call: Call, connection_id: int, body: ConnectionChange) -> Connection:
    """Change a connection; its listener starts anew."""
    return await call.write(lambda tx: _change_connection(call, tx, connection_id, body))


@routes.post("/connections/{connection_id}/enable", MANAGE)
async def enable_connection(call: Call, connection_id: int) -> Connection:
    """Use it."""
    return await call.write(lambda tx: _change_connection(call, tx, connection_id, ConnectionChange(enabled=True)))


@routes.post("/connections/{connection_id}/disable", MANAGE)
async def disable_connection(call: Call, connection_id: int) -> Connection:
    """Use it no longer; what was to be sent by it waits."""
    return await call.write(lambda tx: _change_connection(call, tx, connection_id, ConnectionChange(enabled=False)))


@routes.post("/connections/{connection_id}/test", MANAGE)
async def check_connection(call: Call, connection_id: int) -> ConnectionTest:
    """Whether its settings hold, it hears, and, where the channel can try, the far side lets it in."""
    row = await call.read(lambda conn: admin_connections.get_connection(conn, connection_id))
    directory = call.node.services.directory
    fault = directory.faults.get(f"connection {row.name}", "")
    connection = directory.connection(connection_id)
    if connection is None or fault or row.state == "FAILED":
        return ConnectionTest(False, row.state, fault or row.state_detail)
    try:
        found = await channel_called(call, row.channel).probe(connection)
    except SendError as error:
        return ConnectionTest(False, row.state, redact(error.detail or error.line, connection.settings))
    return ConnectionTest(True, row.state, found or row.state_detail)


def _create_connection(call: Call, tx: Tx, body: NewConnection) -> Connection:
    model = channel_called(call, body.channel).connection_model
    values = body.model_dump(exclude={"settings"}) | columns(model, call.node.services.store.vault, body.settings)
    made = admin_connections.insert_connection(tx, values)
    call.record(tx, "connection.created", "connection", made, channel=body.channel)
    return admin_connections.get_connection(tx.conn, made)


def _change_connection(call: Call, tx: Tx, connection_id: int, body: ConnectionChange) -> Connection:
    row = admin_connections.connection_row(tx.conn, connection_id)
    values = body.model_dump(exclude_none=True, exclude={"settings"})
    if body.settings is not None:
        model = channel_called(call, row["channel"]).connection_model
        values |= columns(model, call.node.services.store.vault, body.settings, row["secrets"])
    admin_connections.update_connection(tx, connection_id, values)
    call.record(tx, "connection.changed", "connection", connection_id, fields=sorted(values))
    return admin_connections.get_connection(tx.conn, connection_id)
