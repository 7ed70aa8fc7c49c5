"""Search as screens use it: hits over customers, tickets and messages, and the filter `q` of their lists."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select

from hub.model.actor import Actor
from hub.model.permissions import Permission
from hub.model.serial import format_serial
from hub.model.snippet import snippet
from hub.store import access
from hub.store.paging import Page
from hub.store.search_newest import NEVER, Wanted, matches, newest
from hub.store.search_schema import INDEXES, KINDS
from hub.store.tables import customers, identities, interactions, messages, tickets

FEW = 5_000  # tickets or conversations one may see, up to which it is quicker to look at just those
MOST = 2_000  # newest messages, and newest interactions of a customer or ticket, that a narrowed list can show
MOST_ABOUT = 200  # newest customers and tickets that it is narrowed to
_PERMISSIONS = {
    "customer": Permission.CUSTOMERS_READ,
    "ticket": Permission.TICKETS_READ,
    "message": Permission.INTERACTIONS_READ,
}


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found. `interaction` is where a message stands; `at` when it was made (a ticket: last changed)."""

    kind: str
    id: int
    title: str
    snippet: str
    interaction: int | None
    at: datetime


def search(conn: Connection, actor: Actor, query: str, kinds: Collection[str] = KINDS, limit: int = 50) -> list[Hit]:
    """Customers first, then tickets, then messages: of each kind the newest, at most `limit`, as the actor may see."""
    allowed = [kind for kind in KINDS if kind in kinds and actor.may(_PERMISSIONS[kind])]
    return [hit for kind in allowed for hit in find(conn, actor, kind, query, limit=limit).items]


def find(conn: Connection, actor: Actor, kind: str, query: str, cursor: str = "", limit: int = 50) -> Page[Hit]:
    """Things of one kind, newest first; `cursor` is the id of the last one seen."""
    before = int(cursor) if cursor else NEVER
    ids = newest(conn, _wanted(actor, kind, query, limit + 1, before))
    hits = _HITS[kind](conn, ids[:limit], query)
    return Page(hits, str(ids[limit - 1]) if len(ids) > limit else None)


def matching(conn: Connection, kind: str, query: str) -> Select[int]:
    """The ids of all customers or tickets that the query finds, to narrow a list with."""
    return select(INDEXES[kind].c.rowid).where(matches(conn, kind, query))


def matching_interactions(conn: Connection, actor: Actor, query: str) -> list[int]:
    """Interactions found by what was said in them, by their customer or by their ticket: the newest of each."""
    said = newest(conn, _wanted(actor, "message", query, MOST))
    found = (
        set(conn.execute(select(messages.c.interaction_id).where(messages.c.id.in_(said))).scalars()) if said else set()
    )
    for kind, column in (("customer", interactions.c.customer_id), ("ticket", interactions.c.ticket_id)):
        about = newest(conn, _wanted(actor, kind, query, MOST_ABOUT))
        theirs = select(interactions.c.id).where(column.in_(about)).order_by(interactions.c.id.desc()).limit(MOST)
        found |= set(conn.execute(theirs).scalars()) if about else set()
    return sorted(found, reverse=True)


def _wanted(actor: Actor, kind: str, query: str, limit: int, before: int = NEVER) -> Wanted:
    """Customers are the whole site's; the others are looked for among what the actor may see."""
    if actor.departments is None or kind == "customer":
        return Wanted(kind, query, limit, before)
    if kind == "ticket":
        own = select(tickets.c.id).where(access.visible_tickets(actor))
        return Wanted(kind, query, limit, before, own, lambda conn: _few(conn, own))
    seen = select(interactions.c.id).where(access.visible_interactions(actor))
    own = seen.with_only_columns(messages.c.id).join(messages, messages.c.interaction_id == interactions.c.id)
    return Wanted(kind, query, limit, before, own, lambda conn: _few_messages(conn, seen))


def _few(conn: Connection, own: Select[int]) -> list[int] | None:
    ids = list(conn.execute(own.limit(FEW + 1)).scalars())
    return ids if len(ids) <= FEW else None


def _few_messages(conn: Connection, seen: Select[int]) -> list[int] | None:
    """In two steps: no planner guesses how little somebody may see."""
    where = _few(conn, seen)
    if where is None:
        return None
    return _few(conn, select(messages.c.id).where(messages.c.interaction_id.in_(where)))


def _rows(conn: Connection, statement: Select[Any], ids: Sequence[int]) -> list[RowMapping]:
    """The rows of these ids, in their order."""
    found = {row["id"]: row for row in conn.execute(statement).mappings()}
    return [found[each] for each in ids if each in found]


def _customer_hits(conn: Connection, ids: Sequence[int], query: str) -> list[Hit]:
    if not ids:
        return []
    mine = select(identities.c.customer_id, identities.c.value).where(identities.c.customer_id.in_(ids))
    addresses: dict[int, list[str]] = {}
    for owner, value in conn.execute(mine.order_by(identities.c.id)):
        addresses.setdefault(owner, []).append(value)
    rows = _rows(conn, select(customers).where(customers.c.id.in_(ids)), ids)
    return [_customer_hit(row, addresses.get(row["id"], []), query) for row in rows]


def _customer_hit(row: RowMapping, addresses: list[str], query: str) -> Hit:
    said = " · ".join([*addresses, *map(str, row["attributes"].values())])
    return Hit("customer", row["id"], row["name"], snippet(said, query), None, row["created_at"])


def _ticket_hits(conn: Connection, ids: Sequence[int], query: str) -> list[Hit]:
    if not ids:
        return []
    rows = _rows(conn, select(tickets).where(tickets.c.id.in_(ids)), ids)
    return [_ticket_hit(row, query) for row in rows]


def _ticket_hit(row: RowMapping, query: str) -> Hit:
    said = " · ".join([format_serial(row["serial"]), *map(str, row["fields"].values())])
    return Hit("ticket", row["id"], row["subject"], snippet(said, query), None, row["updated_at"])


def _message_hits(conn: Connection, ids: Sequence[int], query: str) -> list[Hit]:
    if not ids:
        return []
    names = (interactions.c.subject, customers.c.name.label("customer"))
    joined = select(messages.c.id, messages.c.interaction_id, messages.c.text, messages.c.created_at, *names)
    joined = joined.join(interactions, interactions.c.id == messages.c.interaction_id)
    joined = joined.outerjoin(customers, customers.c.id == interactions.c.customer_id)
    rows = _rows(conn, joined.where(messages.c.id.in_(ids)), ids)
    return [_message_hit(row, query) for row in rows]


def _message_hit(row: RowMapping, query: str) -> Hit:
    title = row["subject"] or row["customer"] or ""
    return Hit("message", row["id"], title, snippet(row["text"], query), row["interaction_id"], row["created_at"])


_HITS: Mapping[str, Callable[[Connection, Sequence[int], str], list[Hit]]] = {
    "customer": _customer_hits,
    "ticket": _ticket_hits,
    "message": _message_hits,
}
