"""Everything that happened with one customer, on every channel, as far as the viewer may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, select

from hub.model.actor import Actor
from hub.store import access
from hub.store.customers import current_id
from hub.store.paging import Order, Page, window
from hub.store.tables import interactions, messages, tickets

SNIPPET = 200
BY_INTERACTION = Order(interactions.c.created_at, interactions.c.id)
BY_TICKET = Order(tickets.c.created_at, tickets.c.id)


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One interaction or one ticket. `state` is the interaction's state or the ticket's status; `text` the beginning
    of the last message; `ticket` the one an interaction belongs to; `serial` the ticket's own."""

    kind: str
    id: int
    at: datetime
    channel: str
    state: str
    subject: str
    serial: str = ""
    text: str = ""
    ticket: int | None = None
    messages: int = 0


def timeline(
    conn: Connection, actor: Actor, customer_id: int, channels: tuple[str, ...] = (), cursor: str = "", limit: int = 50
) -> Page[TimelineEntry]:
    """Newest first, of these channels or all. Raises NotFound."""
    current = current_id(conn, customer_id)
    after_interaction, _, after_ticket = cursor.partition("/")
    spoken = window(_interactions(actor, current, channels), BY_INTERACTION, after_interaction, limit)
    opened = window(_tickets(actor, current, channels), BY_TICKET, after_ticket, limit)
    found = [_interaction(row) for row in conn.execute(spoken).mappings()]
    found += [_ticket(row) for row in conn.execute(opened).mappings()]
    found.sort(key=lambda entry: (entry.at, entry.kind, entry.id), reverse=True)
    return Page(found[:limit], _next(found[:limit], cursor) if len(found) > limit else None)


def _next(shown: list[TimelineEntry], cursor: str) -> str:
    """Where each of the two lists goes on: behind what was shown of it."""
    places = dict(zip(("interaction", "ticket"), cursor.partition("/")[::2], strict=True))
    for entry in shown:
        places[entry.kind] = BY_TICKET.cursor(entry.at, entry.id)
    return f"{places['interaction']}/{places['ticket']}"


def _interactions(actor: Actor, customer_id: int, channels: tuple[str, ...]) -> Select[Any]:
    text = func.substr(messages.c.text, 1, SNIPPET).label("text")
    joined = select(interactions, text).outerjoin(messages, messages.c.id == interactions.c.last_message_id)
    found = joined.where(interactions.c.customer_id == customer_id, access.visible_interactions(actor))
    return found.where(interactions.c.channel.in_(channels)) if channels else found


def _tickets(actor: Actor, customer_id: int, channels: tuple[str, ...]) -> Select[Any]:
    found = select(tickets).where(tickets.c.customer_id == customer_id, access.visible_tickets(actor))
    return found.where(tickets.c.channel.in_(channels)) if channels else found


def _interaction(row: RowMapping) -> TimelineEntry:
    return TimelineEntry(
        kind="interaction",
        id=row["id"],
        at=row["created_at"],
        channel=row["channel"],
        state=row["state"],
        subject=row["subject"],
        text=row["text"] or "",
        ticket=row["ticket_id"],
        messages=row["messages"],
    )


def _ticket(row: RowMapping) -> TimelineEntry:
    return TimelineEntry(
        "ticket", row["id"], row["created_at"], row["channel"], row["status"], row["subject"], row["serial"]
    )
