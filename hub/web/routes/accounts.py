"""The site's own addresses on its channels, and where what comes in by them goes."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Connection as SqlConnection

from hub.model.errors import NotFound
from hub.store import access, admin_connections, admin_queues
from hub.store.admin_connections import Account
from hub.store.identities import normalised
from hub.store.paging import Page
from hub.store.unit import Tx
from hub.web.call import Call
from hub.web.capabilities import account_capabilities
from hub.web.channel_settings import channel_called, columns
from hub.web.fields import Body, Id, Language, Name, Paging, Settings, Short
from hub.web.routes.connections import MANAGE, READ, ChannelName
from hub.web.routing import Routes

routes = Routes("connections")
Scheme = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,39}$")]
Address = Annotated[str, Field(min_length=1, max_length=400)]


class AccountQuery(Paging):
    """Accounts of one channel, if asked."""

    channel: Short = ""


class NewAccount(Body):
    """`address` is the site's own; what comes in goes to `flow` or `queue`, with a ticket if `opens_ticket`."""

    channel: ChannelName
    name: Name
    scheme: Scheme
    address: Address
    connection: Id | None = None
    settings: Settings = Field(default_factory=dict)
    queue: Id | None = None
    department: Id | None = None
    flow: Short = ""
    opens_ticket: bool = False
    language: Language = "en"
    enabled: bool = True


class AccountChange(Body):
    """Only what is named changes; null empties a reference."""

    name: Name | None = None
    address: Address | None = None
    connection: Id | None = None
    settings: Settings | None = None
    queue: Id | None = None
    department: Id | None = None
    flow: Short | None = None
    opens_ticket: bool | None = None
    language: Language | None = None
    enabled: bool | None = None


@routes.get("/accounts", READ)
async def list_accounts(call: Call, query: AccountQuery) -> Page[Account]:
    """The site's addresses, as far as one sees them."""
    found = await call.read(
        lambda conn: admin_connections.list_accounts(conn, call.actor, query.cursor, query.limit, query.channel)
    )
    return Page([_shown(call, account) for account in found.items], found.next)


@routes.post("/accounts", MANAGE, status=201)
async def create_account(call: Call, body: NewAccount) -> Account:
    """Add an address of the site."""
    return await call.write(lambda tx: _create_account(call, tx, body))


@routes.get("/accounts/{account_id}", READ)
async def get_account(call: Call, account_id: int) -> Account:
    """One address of the site."""
    return _shown(call, await call.read(lambda conn: admin_connections.get_account(conn, call.actor, account_id)))


@routes.patch("/accounts/{account_id}", MANAGE)
async def change_account(call: Call, account_id: int, body: AccountChange) -> Account:
    """Change an address of the site."""
    return await call.write(lambda tx: _change_account(call, tx, account_id, body))


def _shown(call: Call, account: Account) -> Account:
    settings = account.settings if call.actor.may(MANAGE) else {}
    return replace(
        account, settings=settings, capabilities=account_capabilities(account.id, call.node.services.directory)
    )


def _create_account(call: Call, tx: Tx, body: NewAccount) -> Account:
    model = channel_called(call, body.channel).account_model
    _require(call, tx.conn, body.model_dump(include=_REFERENCES))
    values = body.model_dump(exclude={"settings", *_REFERENCES}) | _references(body)
    values["address"] = _address(body.scheme, body.address)
    values |= columns(model, call.node.services.store.vault, body.settings)
    made = admin_connections.insert_account(tx, values)
    call.record(tx, "account.created", "account", made, channel=body.channel)
    return admin_connections.get_account(tx.conn, call.actor, made)


def _change_account(call: Call, tx: Tx, account_id: int, body: AccountChange) -> Account:
    row = access.require_account(tx.conn, call.actor, account_id)
    _require(call, tx.conn, body.model_dump(include=_REFERENCES & body.model_fields_set))
    values = body.model_dump(exclude_none=True, exclude={"settings", *_REFERENCES})
    values |= {name: value for name, value in _references(body).items() if name[:-3] in body.model_fields_set}
    if body.address is not None:
        values["address"] = _address(row["scheme"], body.address)
    if body.settings is not None:
        model = channel_called(call, row["channel"]).account_model
        values |= columns(model, call.node.services.store.vault, body.settings, row["secrets"])
    admin_connections.update_account(tx, row, values)
    call.record(tx, "account.changed", "account", account_id, fields=sorted(values))
    return admin_connections.get_account(tx.conn, call.actor, account_id)


_REFERENCES = {"connection", "queue", "department"}


def _references(body: NewAccount | AccountChange) -> dict[str, int | None]:
    return {"connection_id": body.connection, "queue_id": body.queue, "department_id": body.department}


def _require(call: Call, conn: SqlConnection, said: dict[str, Any]) -> None:
    """Raises NotFound for a reference that is not there, or not the actor's."""
    if "department" in said:
        access.require_department(conn, call.actor, said["department"])
    if said.get("connection") is not None:
        admin_connections.get_connection(conn, said["connection"])
    if said.get("queue") is not None:
        admin_queues.get_queue(conn, call.actor, said["queue"])


def _address(scheme: str, written: str) -> str:
    """The one spelling of an address. Raises NotFound for one nobody can have."""
    value = normalised(scheme, written)
    if value is None:
        raise NotFound("There can be no such address.")
    return value
