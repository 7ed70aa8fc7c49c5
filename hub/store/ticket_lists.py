"""Tickets as screens show them: one, a list, and what a customer may ask about theirs by its serial number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select, union

from hub.api import Json
from hub.model.actor import Actor
from hub.model.errors import NotFound
from hub.model.identity import knows_identity
from hub.model.named import Named
from hub.model.serial import parse_serial
from hub.store import access
from hub.store.paging import Order, Page, page
from hub.store.search_results import matching
from hub.store.tables import assets, customers, departments, identities, interactions, tickets, users

ORDER = Order(tickets.c.updated_at, tickets.c.id)
_REFERENCES = {
    "department": (departments, departments.c.name),
    "assignee": (users, users.c.name),
    "customer": (customers, customers.c.name),
    "asset": (assets, assets.c.label),
}


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket with the names of what it points at."""

    id: int
    serial: str
    subject: str
    type: str
    priority: str
    status: str
    department: Named | None
    assignee: Named | None
    customer: Named | None
    asset: Named | None
    channel: str
    fields: Mapping[str, Json]
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """What a list is narrowed to; empty means all. `q` finds by serial, subject and fields."""

    q: str = ""
    status: tuple[str, ...] = ()
    priority: tuple[str, ...] = ()
    assignee_id: int | None = None
    department_id: int | None = None
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class PublicStatus:
    """All that somebody learns who knows a serial number and one address of its customer."""

    serial: str
    status: str
    subject: str
    updated_at: datetime


def get_ticket(conn: Connection, actor: Actor, ticket_id: int) -> Ticket:
    """One ticket. Raises NotFound, also for one that is not theirs to see."""
    row = conn.execute(_columns(actor).where(tickets.c.id == ticket_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"ticket {ticket_id}")
    return _shape(row)


def list_tickets(
    conn: Connection, actor: Actor, wanted: TicketFilter, cursor: str = "", limit: int = 50
) -> Page[Ticket]:
    """The last changed first."""
    return page(conn, _narrowed(conn, actor, wanted), ORDER, cursor, limit, _shape)


def public_status(conn: Connection, serial: str, proof: str) -> PublicStatus:
    """What became of the ticket, for whoever also knows an address of its customer (or a number's last four digits).

    A wrong serial and a wrong proof raise the same NotFound. The caller limits how often one may try.
    """
    digits = parse_serial(serial)
    row = conn.execute(select(tickets).where(tickets.c.serial == (digits or ""))).mappings().one_or_none()
    known = _addresses(conn, row) if row is not None else []
    if not knows_identity(proof, known) or row is None:
        raise NotFound("ticket")
    return PublicStatus(row["serial"], row["status"], row["subject"], row["updated_at"])


def _addresses(conn: Connection, row: RowMapping) -> list[tuple[str, str]]:
    """The customer's, and those that wrote in the matter: a colleague may ask, too."""
    i = identities.c
    own = select(i.scheme, i.value).where(i.customer_id == row["customer_id"])
    wrote = select(i.scheme, i.value).join(interactions, interactions.c.identity_id == i.id)
    both = union(own, wrote.where(interactions.c.ticket_id == row["id"]))
    return [(found.scheme, found.value) for found in conn.execute(both)]


def _columns(actor: Actor) -> Select[Any]:
    names = [column.label(f"{name}_name") for name, (_, column) in _REFERENCES.items()]
    joined = select(tickets, *names).where(access.visible_tickets(actor))
    for name, (table, _) in _REFERENCES.items():
        joined = joined.outerjoin(table, table.c.id == tickets.c[f"{name}_id"])
    return joined


def _narrowed(conn: Connection, actor: Actor, wanted: TicketFilter) -> Select[Any]:
    found = _columns(actor)
    if wanted.status:
        found = found.where(tickets.c.status.in_(wanted.status))
    if wanted.priority:
        found = found.where(tickets.c.priority.in_(wanted.priority))
    for name in ("assignee_id", "department_id", "customer_id"):
        value = getattr(wanted, name)
        if value is not None:
            found = found.where(tickets.c[name] == value)
    return found.where(tickets.c.id.in_(matching(conn, "ticket", wanted.q))) if wanted.q.strip() else found


def _shape(row: RowMapping) -> Ticket:
    named: dict[str, Any] = {name: _named(row, name) for name in _REFERENCES}
    plain = {each: row[each] for each in Ticket.__dataclass_fields__ if each not in named}
    return Ticket(**plain, **named)


def _named(row: RowMapping, name: str) -> Named | None:
    identifier = row[f"{name}_id"]
    return Named(identifier, row[f"{name}_name"] or "") if identifier is not None else None
