"""An interaction as its customer may see it: for channels that show a conversation again after a reconnect."""

from collections.abc import Sequence
from itertools import takewhile

from sqlalchemy import Connection, and_, bindparam, func, or_, select

from hub.api import Address, Bytes, Conversation, ConversationFile, ConversationMessage, MessageKind
from hub.model.states import WAITING_FOR_AGENT, DeliveryState, WorkState
from hub.store import blobs, interactions, messages
from hub.store.rows import Row, many, one
from hub.store.tables import deliveries, identities, tickets, users, work
from hub.store.tables import interactions as table
from hub.store.tables import messages as said

_NAME = select(users.c.name).where(users.c.id == bindparam("id"))
_SERIAL = select(tickets.c.serial).where(tickets.c.id == bindparam("id"))


def by_thread(conn: Connection, scope: str, thread: str, after: int, limit: int) -> Conversation | None:
    """The interaction this key names now, with its messages at positions after `after`."""
    interaction = interactions.by_thread(conn, scope, (thread,))
    return conversation(conn, interaction, after, limit) if interaction else None


def of_identity(conn: Connection, account_id: int, identity: Address, limit: int) -> list[Conversation]:
    """The newest conversations of an address on an account, newest first."""
    mine = (identities.c.scheme == identity.scheme, identities.c.value == identity.value)
    joined = select(table).join(identities, identities.c.id == table.c.identity_id)
    found = many(conn, joined.where(*mine, table.c.account_id == account_id).order_by(table.c.id.desc()).limit(limit))
    return [conversation(conn, interaction, 0, 200) for interaction in found]


def attachment(conn: Connection, scope: str, thread: str, attachment_id: int) -> Bytes | None:
    """A file of this conversation; None when it belongs to another, or to a note."""
    interaction = interactions.by_thread(conn, scope, (thread,))
    file = blobs.get(conn, attachment_id)
    if interaction is None or file is None or file["message_id"] is None:
        return None
    message = messages.get(conn, file["message_id"])
    if message is None or message["direction"] == messages.INTERNAL or not _same(conn, interaction, message):
        return None
    return Bytes(file["name"], file["media_type"], file["content"])


def _same(conn: Connection, interaction: Row, message: Row) -> bool:
    """Whether a message is in this conversation, or in an earlier one that had the same key."""
    owner = interactions.get(conn, message["interaction_id"])
    mine = ("account_id", "thread")
    return owner is not None and all(owner[name] == interaction[name] for name in mine)


def conversation(conn: Connection, interaction: Row, after: int, limit: int) -> Conversation:
    """One interaction as the customer sees it: no notes."""
    rows = _messages(conn, interaction["id"], after, limit)
    files = messages.files_of(conn, [row["id"] for row in rows])
    return Conversation(
        interaction_id=interaction["id"],
        state=interaction["state"],
        thread=interaction["thread"],
        agent=_name(conn, interaction["agent_id"]),
        waiting_ahead=ahead(conn, interaction) if interaction["state"] in WAITING_FOR_AGENT else None,
        ticket_serial=_serial(conn, interaction["ticket_id"]),
        messages=tuple(_message(row, files.get(row["id"], [])) for row in rows),
    )


_mine, _before = work.alias(), work.alias()
_AHEAD = (
    select(func.count(_before.c.id))
    .select_from(_mine)
    .join(
        _before,
        and_(
            _before.c.queue_id == _mine.c.queue_id,
            _before.c.state == WorkState.WAITING,
            _before.c.ended_at.is_(None),
            or_(
                _before.c.priority > _mine.c.priority,
                and_(_before.c.priority == _mine.c.priority, _before.c.enqueued_at < _mine.c.enqueued_at),
            ),
        ),
    )
    .where(_mine.c.interaction_id == bindparam("interaction"), _mine.c.ended_at.is_(None))
)


def ahead(conn: Connection, interaction: Row) -> int:
    """How many in its queue come before it: higher priority, or the same and longer waiting."""
    count: int = conn.execute(_AHEAD, {"interaction": interaction["id"]}).scalar_one()
    return count


_VISIBLE = (
    select(
        said.c.id,
        said.c.interaction_id,
        said.c.position,
        said.c.direction,
        said.c.kind,
        said.c.text,
        said.c.html,
        said.c.fields,
        said.c.author,
        said.c.external_id,
        said.c.created_at,
        deliveries.c.state.label("delivery_state"),
    )
    .outerjoin(deliveries, deliveries.c.message_id == said.c.id)
    .where(
        said.c.interaction_id == bindparam("interaction"),
        said.c.position > bindparam("after"),
        said.c.direction != messages.INTERNAL,
        said.c.kind != MessageKind.NOTE.value,
        or_(deliveries.c.state.is_(None), deliveries.c.state.not_in(["UNDONE", "BLOCKED"])),
    )
    .order_by(said.c.position)
    .limit(bindparam("most"))
)


def _messages(conn: Connection, interaction_id: int, after: int, limit: int) -> Sequence[Row]:
    """One that is still to be sent holds back what follows: who reads on from a position misses nothing."""
    rows = many(conn, _VISIBLE, interaction=interaction_id, after=after, most=limit)
    return list(takewhile(lambda row: row["delivery_state"] != DeliveryState.PENDING, rows))


def _message(row: Row, files: Sequence[Row]) -> ConversationMessage:
    return ConversationMessage(
        id=row["id"],
        interaction_id=row["interaction_id"],
        position=row["position"],
        direction=row["direction"],
        kind=row["kind"],
        text=row["text"],
        html=row["html"],
        fields=row["fields"],
        author=row["author"],
        external_id=row["external_id"],
        at=row["created_at"],
        delivery=row["delivery_state"] or "",
        attachments=tuple(ConversationFile(f["id"], f["name"], f["media_type"], f["size"]) for f in files),
    )


def _name(conn: Connection, user_id: int | None) -> str:
    found = one(conn, _NAME, id=user_id) if user_id else None
    return found["name"] if found else ""


def _serial(conn: Connection, ticket_id: int | None) -> str:
    found = one(conn, _SERIAL, id=ticket_id) if ticket_id else None
    return found["serial"] if found else ""
