"""Customers as screens show them: one, a list, an organisation's members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, select, union_all

from hub.api import Json
from hub.model.actor import Actor
from hub.model.named import Named
from hub.model.states import TICKET_UNSOLVED
from hub.store import access
from hub.store.customers import current_id
from hub.store.paging import Order, Page, page
from hub.store.search_results import matching
from hub.store.tables import customers, identities, identity_candidates, tickets

ORDER = Order(customers.c.id, customers.c.id)


@dataclass(frozen=True, slots=True)
class Identity:
    """One address. A shared one stands with each of its candidates."""

    id: int
    scheme: str
    value: str
    label: str
    shared: bool
    verification: str


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer with their addresses. `open_tickets` counts the unsolved ones the viewer may see."""

    id: int
    kind: str
    name: str
    short_code: str
    language: str
    organisation: Named | None
    attributes: Mapping[str, Json]
    notes: str
    identities: tuple[Identity, ...]
    created_at: datetime
    updated_at: datetime
    version: int
    open_tickets: int


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    """What a list is narrowed to; empty means all. `q` is a search over name, pinyin, addresses, attributes, assets."""

    q: str = ""
    kind: str = ""
    organisation_id: int | None = None


def get_customer(conn: Connection, actor: Actor, customer_id: int) -> Customer:
    """One customer; of one that was merged away, the one it became. Raises NotFound."""
    row = conn.execute(_columns().where(customers.c.id == current_id(conn, customer_id))).mappings().one()
    return _shape(conn, actor, [row])[0]


def list_customers(
    conn: Connection, actor: Actor, wanted: CustomerFilter, cursor: str = "", limit: int = 50
) -> Page[Customer]:
    """Newest first."""
    found = page(conn, _narrowed(conn, wanted), ORDER, cursor, limit, lambda row: row)
    return Page(_shape(conn, actor, found.items), found.next)


def members(conn: Connection, actor: Actor, organisation_id: int, cursor: str = "", limit: int = 50) -> Page[Customer]:
    """Who belongs to the organisation, newest first. Raises NotFound."""
    mine = CustomerFilter(organisation_id=current_id(conn, organisation_id))
    return list_customers(conn, actor, mine, cursor, limit)


def _columns() -> Select[Any]:
    organisation = customers.alias("organisation")
    columns = select(customers, organisation.c.name.label("organisation_name"))
    return columns.outerjoin(organisation, organisation.c.id == customers.c.organisation_id)


def _narrowed(conn: Connection, wanted: CustomerFilter) -> Select[Any]:
    found = _columns().where(customers.c.merged_into.is_(None), customers.c.erased_at.is_(None))
    if wanted.kind:
        found = found.where(customers.c.kind == wanted.kind)
    if wanted.organisation_id is not None:
        found = found.where(customers.c.organisation_id == wanted.organisation_id)
    return found.where(customers.c.id.in_(matching(conn, "customer", wanted.q))) if wanted.q.strip() else found


def _shape(conn: Connection, actor: Actor, rows: Sequence[RowMapping]) -> list[Customer]:
    ids = [row["id"] for row in rows]
    addresses, counts = _identities(conn, ids), _open_tickets(conn, actor, ids)
    return [_customer(row, addresses.get(row["id"], ()), counts.get(row["id"], 0)) for row in rows]


def _customer(row: RowMapping, addresses: Sequence[Identity], open_tickets: int) -> Customer:
    organisation = row["organisation_id"]
    return Customer(
        id=row["id"],
        kind=row["kind"],
        name=row["name"],
        short_code=row["short_code"],
        language=row["language"],
        organisation=Named(organisation, row["organisation_name"]) if organisation is not None else None,
        attributes=row["attributes"],
        notes=row["notes"],
        identities=tuple(addresses),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        version=row["version"],
        open_tickets=open_tickets,
    )


def _identities(conn: Connection, ids: Sequence[int]) -> dict[int, list[Identity]]:
    if not ids:
        return {}
    i, shares = identities.c, identity_candidates.c
    columns = (i.id, i.scheme, i.value, i.label, i.shared, i.verification)
    own = select(i.customer_id.label("owner"), *columns).where(i.customer_id.in_(ids))
    shared = select(shares.customer_id.label("owner"), *columns).join(identities, i.id == shares.identity_id)
    found: dict[int, list[Identity]] = {}
    for row in conn.execute(union_all(own, shared.where(shares.customer_id.in_(ids))).order_by("id")):
        found.setdefault(row.owner, []).append(Identity(*row[1:]))
    return found


def _open_tickets(conn: Connection, actor: Actor, ids: Sequence[int]) -> dict[int, int]:
    if not ids:
        return {}
    c = tickets.c
    mine = (c.customer_id.in_(ids), c.status.in_(TICKET_UNSOLVED), access.visible_tickets(actor))
    counted = conn.execute(select(c.customer_id, func.count()).where(*mine).group_by(c.customer_id))
    return {row[0]: row[1] for row in counted}
