"""Customers: people and organisations, their addresses, and what happened with them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import Connection

from hub.model.customers import CustomerKind, NewCustomer, NewIdentity, Verification
from hub.model.permissions import Permission
from hub.plugin.migrations import with_tables
from hub.plugin.record import PluginState
from hub.store import access, customer_lists, customer_timeline, customers, erasing
from hub.store.customer_lists import Customer, CustomerFilter
from hub.store.customer_timeline import TimelineEntry
from hub.store.paging import Page
from hub.store.unit import Tx
from hub.web.call import Call
from hub.web.fields import Body, Count, FlatAttributes, Id, Language, Limit, Paging, Query, QueryId, Short, as_json
from hub.web.routing import Routes

routes = Routes("customers")
READ = Permission.CUSTOMERS_READ
WRITE = Permission.CUSTOMERS_WRITE
CustomerName = Annotated[str, Field(max_length=400)]
Notes = Annotated[str, Field(max_length=100_000)]
Version = Count


class CustomerQuery(Paging):
    """`q` finds by name, pinyin initials, number, address, attributes and assets."""

    q: Annotated[str, Field(max_length=200)] = ""
    kind: CustomerKind | Literal[""] = ""
    organisation: QueryId | None = None


class TimelineQuery(Query):
    """`channel` may be several."""

    channel: Annotated[list[Short], Field(max_length=20)] = Field(default_factory=list)
    cursor: Annotated[str, Field(pattern=r"^([0-9]{1,17}\.[0-9]{1,18})?(/([0-9]{1,17}\.[0-9]{1,18})?)?$")] = ""
    limit: Limit = 50


class IdentityBody(Body):
    """An address. A shared one (a switchboard) yields candidates, not a customer."""

    scheme: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,39}$")]
    value: Annotated[str, Field(min_length=1, max_length=400)]
    label: Annotated[str, Field(max_length=200)] = ""
    shared: bool = False
    verification: Verification = Verification.NONE


class IdentityChange(Body):
    """Only what is named changes."""

    label: Annotated[str, Field(max_length=200)] | None = None
    shared: bool | None = None
    verification: Verification | None = None


class CustomerBody(Body):
    """A new customer; everything may be missing."""

    name: CustomerName = ""
    kind: CustomerKind = CustomerKind.PERSON
    language: Language | Literal[""] = ""
    organisation: Id | None = None
    attributes: FlatAttributes = Field(default_factory=dict)
    notes: Notes = ""
    identities: Annotated[list[IdentityBody], Field(max_length=50)] = Field(default_factory=list)


class CustomerChange(Body):
    """Only what is named changes; `attributes` as a whole. With `version`, only if nobody was faster."""

    version: Version | None = None
    name: CustomerName | None = None
    kind: CustomerKind | None = None
    language: Language | Literal[""] | None = None
    short_code: Annotated[str, Field(max_length=40)] | None = None
    organisation: Id | None = None
    attributes: FlatAttributes | None = None
    notes: Notes | None = None


@routes.get("/customers", READ)
async def list_customers(call: Call, query: CustomerQuery) -> Page[Customer]:
    """Customers, newest first."""
    wanted = CustomerFilter(q=query.q, kind=query.kind, organisation_id=query.organisation)
    return await call.read(
        lambda conn: customer_lists.list_customers(conn, call.actor, wanted, query.cursor, query.limit)
    )


@routes.post("/customers", WRITE, status=201)
async def create_customer(call: Call, body: CustomerBody) -> Customer:
    """Record a customer; an address that is another's is a conflict naming them."""
    return await call.write(lambda tx: _create(call, tx, body))


@routes.get("/customers/{customer_id}", READ)
async def get_customer(call: Call, customer_id: int) -> Customer:
    """One customer; of one that was merged away, whom they became."""
    return await call.read(lambda conn: customer_lists.get_customer(conn, call.actor, customer_id))


@routes.patch("/customers/{customer_id}", WRITE)
async def change_customer(call: Call, customer_id: int, body: CustomerChange) -> Customer:
    """Change a customer."""
    return await call.write(lambda tx: _change(call, tx, customer_id, body))


@routes.delete("/customers/{customer_id}", Permission.CUSTOMERS_ERASE)
async def erase_customer(call: Call, customer_id: int) -> None:
    """Forget a customer for good, what was said included; a conflict while anything of theirs is open."""
    await call.write(lambda tx: _erase(call, tx, customer_id))


@routes.get("/customers/{customer_id}/timeline", READ)
async def get_timeline(call: Call, customer_id: int, query: TimelineQuery) -> Page[TimelineEntry]:
    """What happened with them on every channel, as far as one may see it, newest first."""
    channels = tuple(channel for channel in query.channel if channel)
    return await call.read(
        lambda conn: customer_timeline.timeline(conn, call.actor, customer_id, channels, query.cursor, query.limit)
    )


@routes.get("/customers/{customer_id}/members", READ)
async def list_members(call: Call, customer_id: int, query: Paging) -> Page[Customer]:
    """Who belongs to an organisation."""
    return await call.read(
        lambda conn: customer_lists.members(conn, call.actor, customer_id, query.cursor, query.limit)
    )


@routes.post("/customers/{customer_id}/identities", WRITE, status=201)
async def add_identity(call: Call, customer_id: int, body: IdentityBody) -> Customer:
    """Give the customer one more address."""
    return await call.write(lambda tx: _add_identity(call, tx, customer_id, body))


@routes.patch("/customers/{customer_id}/identities/{identity_id}", WRITE)
async def change_identity(call: Call, customer_id: int, identity_id: int, body: IdentityChange) -> Customer:
    """Label, share or verify an address."""
    return await call.write(lambda tx: _change_identity(call, tx, customer_id, identity_id, body))


@routes.delete("/customers/{customer_id}/identities/{identity_id}", WRITE)
async def remove_identity(call: Call, customer_id: int, identity_id: int) -> None:
    """Say that the address is not theirs."""
    await call.write(lambda tx: customers.remove_identity(tx, call.actor, customer_id, identity_id))


def _create(call: Call, tx: Tx, body: CustomerBody) -> Customer:
    _require_organisation(tx.conn, body.organisation)
    new = NewCustomer(
        name=body.name,
        kind=body.kind,
        language=body.language,
        organisation_id=body.organisation,
        attributes=as_json(body.attributes),
        notes=body.notes,
        identities=tuple(NewIdentity(**identity.model_dump()) for identity in body.identities),
    )
    made = customers.create_customer(tx, call.actor, new)
    return customer_lists.get_customer(tx.conn, call.actor, made)


def _change(call: Call, tx: Tx, customer_id: int, body: CustomerChange) -> Customer:
    customers.locked(tx, customer_id)
    said: dict[str, Any] = body.model_dump(exclude_unset=True, exclude={"version", "organisation"})
    changes = {name: value for name, value in said.items() if value is not None}
    if "organisation" in body.model_fields_set:
        _require_organisation(tx.conn, body.organisation)
        changes["organisation_id"] = body.organisation
    customers.change_customer(tx, call.actor, customer_id, changes, body.version)
    return customer_lists.get_customer(tx.conn, call.actor, customer_id)


def _erase(call: Call, tx: Tx, customer_id: int) -> None:
    """Plugins hear of it that are the site's, and those that have left tables here."""
    listed = {plugin.name for plugin in call.node.services.registry.plugins if plugin.state != PluginState.DISABLED}
    erasing.erase_customer(tx, call.actor, customer_id, listed | with_tables(tx.conn), call.client)


def _require_organisation(conn: Connection, organisation: int | None) -> None:
    if organisation is not None:
        access.require_organisation(conn, organisation)


def _add_identity(call: Call, tx: Tx, customer_id: int, body: IdentityBody) -> Customer:
    customers.add_identity(tx, call.actor, customer_id, NewIdentity(**body.model_dump()))
    return customer_lists.get_customer(tx.conn, call.actor, customer_id)


def _change_identity(call: Call, tx: Tx, customer_id: int, identity_id: int, body: IdentityChange) -> Customer:
    changes = body.model_dump(exclude_none=True)
    customers.change_identity(tx, call.actor, customer_id, identity_id, changes)
    return customer_lists.get_customer(tx.conn, call.actor, customer_id)
