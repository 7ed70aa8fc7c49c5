"""One interaction as lists show it: its columns, and the item they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, case, func, select

from hub.api import MessageKind
from hub.model.actor import Actor
from hub.model.named import Named
from hub.model.states import InteractionState
from hub.store.call_parties import PartyItem, parties_in
from hub.store.tables import (
    accounts,
    attachments,
    customers,
    departments,
    identities,
    interactions,
    messages,
    queues,
    tickets,
    users,
)

PREVIEW = 200
_i = interactions.c


@dataclass(frozen=True, slots=True)
class AccountRef:
    """The site's address it came in by."""

    id: int
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class IdentityRef:
    """The customer's address."""

    scheme: str
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class TicketRef:
    """The matter it belongs to."""

    id: int
    serial: str
    status: str


@dataclass(frozen=True, slots=True)
class QueueRef:
    """Where it waits, or waited."""

    id: int
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class LastMessage:
    """The newest message; `text` is its beginning, `file` the name of its first file when it has no words (and is no
    recording)."""

    id: int
    direction: str
    kind: str
    text: str
    file: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class InteractionItem:
    """One interaction as lists show it. `unread` counts the customer's messages its agent has not seen; `recording` of
    a call is ON, PAUSED or OFF, `parties` are who is in it besides the customer."""

    id: int
    channel: str
    medium: str
    account: AccountRef
    state: InteractionState
    subject: str
    customer: Named | None
    identity: IdentityRef | None
    ticket: TicketRef | None
    agent: Named | None
    queue: QueueRef | None
    department: Named | None
    priority: int
    language: str
    unread: int
    messages: int
    created_at: datetime
    enqueued_at: datetime | None
    connected_at: datetime | None
    updated_at: datetime
    snoozed_until: datetime | None
    closed_at: datetime | None
    disposition: str
    recording: str
    parties: list[PartyItem]
    last_message: LastMessage | None


REFERENCES = (
    (customers, _i.customer_id),
    (identities, _i.identity_id),
    (tickets, _i.ticket_id),
    (users, _i.agent_id),
    (queues, _i.queue_id),
    (departments, _i.department_id),
    (messages, _i.last_message_id),
)
_OWN = (
    "id", "channel", "medium", "state", "subject", "priority", "language", "unread", "messages", "created_at",
    "enqueued_at", "connected_at", "updated_at", "snoozed_until", "closed_at", "disposition",
)  # fmt: skip
_FIRST_FILE = (
    select(attachments.c.name)
    .where(attachments.c.message_id == messages.c.id)
    .order_by(attachments.c.id)
    .limit(1)
    .scalar_subquery()
)
COLUMNS = (
    *(_i[name] for name in _OWN),
    _i.call,
    _i.audio,
    accounts.c.id.label("account_id"),
    accounts.c.name.label("account_name"),
    accounts.c.address.label("account_address"),
    customers.c.id.label("customer_id"),
    customers.c.name.label("customer_name"),
    identities.c.scheme,
    identities.c.value,
    identities.c.label,
    tickets.c.id.label("ticket_id"),
    tickets.c.serial,
    tickets.c.status,
    users.c.id.label("agent_id"),
    users.c.name.label("agent_name"),
    queues.c.id.label("queue_id"),
    queues.c.key.label("queue_key"),
    queues.c.name.label("queue_name"),
    departments.c.id.label("department_id"),
    departments.c.name.label("department_name"),
    messages.c.id.label("last_id"),
    messages.c.direction,
    messages.c.kind,
    func.substr(messages.c.text, 1, PREVIEW).label("text"),
    case(((messages.c.kind != MessageKind.RECORDING) & (messages.c.text == ""), _FIRST_FILE)).label("last_file"),
    messages.c.created_at.label("last_at"),
)


def read(conn: Connection, actor: Actor, rows: Sequence[RowMapping]) -> list[InteractionItem]:
    """Rows of these columns as items."""
    calls = {row["id"]: row["audio"].get("muted", ()) for row in rows if row["call"] and row["closed_at"] is None}
    there = parties_in(conn, actor, calls) if calls else {}
    return [_item(row, there.get(row["id"], [])) for row in rows]


def _item(row: RowMapping, parties: list[PartyItem]) -> InteractionItem:
    return InteractionItem(
        **{name: row[name] for name in _OWN},
        account=AccountRef(row["account_id"], row["account_name"], row["account_address"]),
        customer=_named(row, "customer"),
        identity=IdentityRef(row["scheme"], row["value"], row["label"]) if row["scheme"] is not None else None,
        ticket=TicketRef(row["ticket_id"], row["serial"], row["status"]) if row["ticket_id"] else None,
        agent=_named(row, "agent"),
        queue=QueueRef(row["queue_id"], row["queue_key"], row["queue_name"]) if row["queue_id"] else None,
        department=_named(row, "department"),
        recording=row["audio"].get("recording", "OFF"),
        parties=parties,
        last_message=_last(row) if row["last_id"] else None,
    )


def _named(row: RowMapping, what: str) -> Named | None:
    return Named(row[f"{what}_id"], row[f"{what}_name"]) if row[f"{what}_id"] else None


def _last(row: RowMapping) -> LastMessage:
    return LastMessage(
        row["last_id"], row["direction"], row["kind"], row["text"], row["last_file"] or "", row["last_at"]
    )
