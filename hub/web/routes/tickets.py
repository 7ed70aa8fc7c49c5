"""Tickets: the matter behind interactions, and the one question a customer may ask about theirs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import Connection

from hub.model.errors import NotFound, TooMany
from hub.model.permissions import Permission
from hub.model.states import TicketStatus
from hub.model.tickets import DEFAULT_TYPE, NewTicket, TicketPriority
from hub.store import access, listing, ticket_history, ticket_lists, tickets
from hub.store.interaction_item import InteractionItem
from hub.store.listing import Wanted
from hub.store.paging import Page
from hub.store.ticket_history import HistoryEntry
from hub.store.ticket_lists import PublicStatus, Ticket, TicketFilter
from hub.store.unit import Tx
from hub.web.call import Call
from hub.web.fields import Attributes, Body, Count, Cursor, Id, IdCursor, Limit, Line, Paging, Query, QueryId, as_json
from hub.web.routing import Routes

routes = Routes("tickets")
READ = Permission.TICKETS_READ
WRITE = Permission.TICKETS_WRITE
Type = Annotated[str, Field(pattern=r"^\S(.{0,78}\S)?$", max_length=80)]
Version = Count


class TicketQuery(Paging):
    """`q` finds by serial, subject and fields; states and priorities may be several."""

    q: Annotated[str, Field(max_length=200)] = ""
    status: Annotated[list[TicketStatus | Literal[""]], Field(max_length=10)] = Field(default_factory=list)
    priority: Annotated[list[TicketPriority | Literal[""]], Field(max_length=10)] = Field(default_factory=list)
    assignee: QueryId | None = None
    department: QueryId | None = None
    customer: QueryId | None = None


class HistoryQuery(Query):
    """`cursor` is the id of the last entry seen."""

    cursor: IdCursor = ""
    limit: Limit = 50


class TicketBody(Body):
    """A new ticket; it gets its serial number by itself."""

    subject: Line = ""
    type: Type = DEFAULT_TYPE
    priority: TicketPriority = TicketPriority.NORMAL
    department: Id | None = None
    assignee: Id | None = None
    customer: Id | None = None
    asset: Id | None = None
    fields: Attributes = Field(default_factory=dict)


class TicketChange(Body):
    """Only what is named changes; null empties a reference. With `version`, only if nobody was faster."""

    version: Version | None = None
    subject: Line | None = None
    type: Type | None = None
    priority: TicketPriority | None = None
    status: TicketStatus | None = None
    department: Id | None = None
    assignee: Id | None = None
    customer: Id | None = None
    asset: Id | None = None
    fields: Attributes | None = None


class Link(Body):
    """The interaction to put under the ticket."""

    interaction: Id


class StatusQuestion(Body):
    """A serial number, and an address of its customer or the last four digits of their number."""

    serial: Annotated[str, Field(max_length=40)]
    proof: Annotated[str, Field(max_length=200)]


@routes.get("/tickets", READ)
async def list_tickets(call: Call, query: TicketQuery) -> Page[Ticket]:
    """Tickets, the last changed first."""
    wanted = TicketFilter(
        q=query.q,
        status=tuple(status for status in query.status if status),
        priority=tuple(priority for priority in query.priority if priority),
        assignee_id=query.assignee,
        department_id=query.department,
        customer_id=query.customer,
    )
    return await call.read(lambda conn: ticket_lists.list_tickets(conn, call.actor, wanted, query.cursor, query.limit))


@routes.post("/tickets", WRITE, status=201)
async def create_ticket(call: Call, body: TicketBody) -> Ticket:
    """Open a ticket; without a department it stands in one's own."""
    return await call.write(lambda tx: _create(call, tx, body))


@routes.get("/tickets/{ticket_id}", READ)
async def get_ticket(call: Call, ticket_id: int) -> Ticket:
    """One ticket."""
    return await call.read(lambda conn: ticket_lists.get_ticket(conn, call.actor, ticket_id))


@routes.patch("/tickets/{ticket_id}", WRITE)
async def change_ticket(call: Call, ticket_id: int, body: TicketChange) -> Ticket:
    """Change a ticket; every change of a field stands in its history."""
    return await call.write(lambda tx: _change(call, tx, ticket_id, body))


@routes.get("/tickets/{ticket_id}/history", READ)
async def get_ticket_history(call: Call, ticket_id: int, query: HistoryQuery) -> Page[HistoryEntry]:
    """Who changed what, newest first."""
    return await call.read(lambda conn: _history(call, conn, ticket_id, query))


@routes.get("/tickets/{ticket_id}/interactions", READ)
async def list_ticket_interactions(call: Call, ticket_id: int, query: Paging) -> Page[InteractionItem]:
    """The conversations in this matter, as far as one may see them."""
    return await call.read(lambda conn: _interactions(call, conn, ticket_id, query.cursor, query.limit))


@routes.post("/tickets/{ticket_id}/interactions", WRITE)
async def link_interaction(call: Call, ticket_id: int, body: Link) -> Ticket:
    """Put an interaction under this ticket."""
    return await call.write(lambda tx: _link(call, tx, ticket_id, body.interaction))


@routes.post("/public/ticket-status", public=True, raises=(NotFound, TooMany))
async def ask_ticket_status(call: Call, body: StatusQuestion) -> PublicStatus:
    """What became of a ticket, for whoever knows its serial number and one address of its customer.

    Ten wrong answers in a quarter of an hour are enough for one client, five for one serial number.
    """
    by_client, by_serial = call.node.questions_by_client, call.node.questions_by_serial
    by_client.check(call.client)
    by_serial.check(body.serial)
    try:
        return await call.read(lambda conn: ticket_lists.public_status(conn, body.serial, body.proof))
    except NotFound:
        by_client.count(call.client)
        by_serial.count(body.serial)
        raise


def _create(call: Call, tx: Tx, body: TicketBody) -> Ticket:
    references = body.model_dump(include=_REFERENCES)
    _require(call, tx.conn, references)
    new = NewTicket(
        subject=body.subject,
        type=body.type,
        priority=body.priority,
        department_id=body.department if body.department is not None else _own_department(call, tx.conn),
        assignee_id=body.assignee,
        customer_id=body.customer,
        asset_id=body.asset,
        fields=as_json(body.fields),
    )
    return ticket_lists.get_ticket(tx.conn, call.actor, tickets.create_ticket(tx, call.actor, new))


def _change(call: Call, tx: Tx, ticket_id: int, body: TicketChange) -> Ticket:
    tickets.locked_for(tx, call.actor, ticket_id)
    said = body.model_dump(exclude_unset=True, exclude={"version"})
    _require(call, tx.conn, said)
    changes = {f"{name}_id" if name in _REFERENCES else name: value for name, value in said.items()}
    changes = {name: value for name, value in changes.items() if value is not None or name.endswith("_id")}
    tickets.change_ticket(tx, call.actor, ticket_id, changes, body.version)
    return ticket_lists.get_ticket(tx.conn, call.actor, ticket_id)


_REFERENCES = {"department", "assignee", "customer", "asset"}


def _require(call: Call, conn: Connection, said: dict[str, Any]) -> None:
    """Raises NotFound for a reference that is not there, or a department that is not the actor's."""
    if said.get("department") is not None:
        access.require_department(conn, call.actor, said["department"])
    if said.get("assignee") is not None:
        access.require_enabled_user(conn, said["assignee"])
    if said.get("customer") is not None:
        access.require_customer(conn, said["customer"])
    if said.get("asset") is not None:
        access.require_asset(conn, said["asset"])


def _own_department(call: Call, conn: Connection) -> int | None:
    return access.department_of(conn, call.actor.user_id)


def _history(call: Call, conn: Connection, ticket_id: int, query: HistoryQuery) -> Page[HistoryEntry]:
    ticket_lists.get_ticket(conn, call.actor, ticket_id)
    before = int(query.cursor) if query.cursor else None
    found = ticket_history.history(conn, ticket_id, before, query.limit + 1)
    following = str(found[query.limit - 1].id) if len(found) > query.limit else None
    return Page(found[: query.limit], following)


def _interactions(call: Call, conn: Connection, ticket_id: int, cursor: Cursor, limit: int) -> Page[InteractionItem]:
    ticket_lists.get_ticket(conn, call.actor, ticket_id)
    return listing.list_interactions(conn, call.actor, Wanted(ticket=ticket_id), cursor, limit)


def _link(call: Call, tx: Tx, ticket_id: int, interaction_id: int) -> Ticket:
    tickets.link_interaction(tx, call.actor, ticket_id, interaction_id)
    return ticket_lists.get_ticket(tx.conn, call.actor, ticket_id)
