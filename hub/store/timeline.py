"""The messages of an interaction as its timeline shows them, with deliveries and files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Select, select

from hub.model.actor import Actor
from hub.model.errors import NotFound
from hub.model.states import DeliveryState
from hub.store import messages as stored
from hub.store import raws
from hub.store.access import visible_interactions
from hub.store.messages import INBOUND
from hub.store.paging import Page
from hub.store.rows import Row, many
from hub.store.tables import customers, deliveries, identities, interactions, messages, users

_m = messages.c


@dataclass(frozen=True, slots=True)
class Author:
    """Who said it; `id` is the customer's or the user's, null when unknown."""

    kind: Literal["customer", "user", "system"]
    id: int | None
    name: str


@dataclass(frozen=True, slots=True)
class DeliveryItem:
    """How far an outbound message has come; `error` is for a person, `error_code` stands in docs/errors.md."""

    id: int
    state: DeliveryState
    attempts: int
    due_at: datetime
    error_code: str
    error: str
    recipient: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FileItem:
    """A file on a message; the bytes are at /attachments/{id}."""

    id: int
    name: str
    media_type: str
    size: int
    inline: bool
    content_id: str


@dataclass(frozen=True, slots=True)
class MessageItem:
    """One message. `html` says whether /messages/{id}/html has more than `text`; `quoted` is the folded part."""

    id: int
    interaction: int
    position: int
    direction: Literal["INBOUND", "OUTBOUND", "INTERNAL"]
    kind: str
    text: str
    html: bool
    quoted: str
    fields: dict[str, Any]
    author: Author
    external_id: str
    delivery: DeliveryItem | None
    attachments: list[FileItem]
    automatic: bool
    raw: bool
    created_at: datetime
    sent_at: datetime | None


def list_messages(
    conn: Connection, interaction_id: int, *, after: int | None, before: int | None, limit: int
) -> Page[MessageItem]:
    """In order of position: those after `after`, or else the newest ones (before `before`). `next` goes on that way."""
    chosen = _select().where(_m.interaction_id == interaction_id)
    if after is not None:
        rows = many(conn, chosen.where(_m.position > after).order_by(_m.position).limit(limit + 1))
        shown = rows[:limit]
        last = shown[-1:]
    else:
        older = chosen.where(_m.position < before) if before is not None else chosen
        rows = many(conn, older.order_by(_m.position.desc()).limit(limit + 1))
        shown = rows[:limit][::-1]
        last = shown[:1]
    following = str(last[0]["position"]) if len(rows) > limit else None
    return Page(_items(conn, shown), following)


def get_message(conn: Connection, message_id: int) -> MessageItem:
    """One message, of whomever. Raises NotFound."""
    rows = many(conn, _select().where(_m.id == message_id))
    if not rows:
        raise NotFound
    return _items(conn, rows)[0]


def visible_message(conn: Connection, actor: Actor, message_id: int) -> Row:
    """The message's row; raises NotFound unless the actor sees its interaction."""
    row = stored.get(conn, message_id)
    seen = select(interactions.c.id).where(visible_interactions(actor))
    if row is None or conn.execute(seen.where(interactions.c.id == row["interaction_id"])).first() is None:
        raise NotFound
    return row


def raw_bytes(conn: Connection, raw_id: int) -> bytes:
    """What came in, as it came in. Raises NotFound when it is no longer kept, WrongKey."""
    row = raws.get(conn, raw_id)
    if row is None:
        raise NotFound
    body: bytes = row["body"]
    return body


def _select() -> Select[Any]:
    joined = messages.outerjoin(users, users.c.id == _m.user_id)
    joined = joined.outerjoin(identities, identities.c.id == _m.identity_id)
    joined = joined.outerjoin(customers, customers.c.id == identities.c.customer_id)
    columns = [column for column in _m if column.name not in ("html", "content_hash", "dedup_scope")]
    names = (users.c.name.label("user_name"), customers.c.name.label("customer_name"))
    extra = (*names, identities.c.customer_id, (_m.html != "").label("html"))
    return select(*columns, *extra).select_from(joined)


def _items(conn: Connection, rows: Sequence[Row]) -> list[MessageItem]:
    ids = [row["id"] for row in rows]
    files = stored.files_of(conn, ids)
    sent = _deliveries(conn, ids)
    return [_item(row, sent.get(row["id"]), files.get(row["id"], [])) for row in rows]


def _deliveries(conn: Connection, message_ids: Sequence[int]) -> dict[int, Row]:
    """The newest delivery of each message."""
    if not message_ids:
        return {}
    found = select(deliveries).where(deliveries.c.message_id.in_(message_ids)).order_by(deliveries.c.id)
    return {row["message_id"]: row for row in many(conn, found)}


_PLAIN = ("id", "position", "direction", "kind", "text", "quoted", "fields", "external_id", "automatic", "created_at")


def _item(row: Row, delivery: Row | None, files: Sequence[Row]) -> MessageItem:
    return MessageItem(
        **{name: row[name] for name in _PLAIN},
        interaction=row["interaction_id"],
        html=bool(row["html"]),
        author=_author(row),
        delivery=_pick(DeliveryItem, delivery) if delivery else None,
        attachments=[_pick(FileItem, file) for file in files],
        raw=row["raw_id"] is not None,
        sent_at=row["sent_at"],
    )


def _author(row: Row) -> Author:
    if row["direction"] == INBOUND:
        return Author("customer", row["customer_id"], row["author"] or row["customer_name"] or "")
    if row["user_id"] is not None:
        return Author("user", row["user_id"], row["user_name"])
    return Author("system", None, row["author"])


def _pick(kind: type[Any], row: Mapping[str, Any]) -> Any:
    """The fields of a dataclass out of a row with more."""
    return kind(**{name: row[name] for name in kind.__slots__})
