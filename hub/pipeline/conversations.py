"""An interaction as its customer may see it: for channels that show a conversation again after a reconnect."""

from collections.abc import Sequence
from itertools import takewhile

from sqlalchemy import Connection, and_, func, or_, select

from hub.api import Address, Bytes, Conversation, ConversationFile, ConversationMessage, MessageKind
from hub.model.states import WAITING_FOR_AGENT, DeliveryState, WorkState
from hub.store import blobs, interactions, messages
from hub.store.rows import Row, many, one
from hub.store.tables import deliveries, identities, tickets, users, work
from hub.store.tables import interactions as table
from hub.store.tables import messages as said


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


def ahead(conn: Connection, interaction: Row) -> int:
    """How many in its queue come before it: higher priority, or the same and longer waiting."""
    mine = one(conn, select(work).where(work.c.interaction_id == interaction["id"], work.c.ended_at.is_(None)))
    if mine is None:
        return 0
    before = or_(
        work.c.priority > mine["priority"],
        and_(work.c.priority == mine["priority"], work.c.enqueued_at < mine["enqueued_at"]),
    )
    waiting = (work.c.queue_id == mine["queue_id"], work.c.state == WorkState.WAITING, work.c.ended_at.is_(None))
    count: int = conn.execute(select(func.count()).select_from(work).where(*waiting, before)).scalar_one()
    return count


def _messages(conn: Connection, interaction_id: int, after: int, limit: int) -> Sequence[Row]:
    """One that is still to be sent holds back what follows: who reads on from a position misses nothing."""
    columns = (said, deliveries.c.state.label("delivery_state"))
    visible = (
        said.c.interaction_id == interaction_id,
        said.c.position > after,
        said.c.direction != messages.INTERNAL,
        said.c.kind != MessageKind.NOTE,
    )
    joined = select(*columns).outerjoin(deliveries, deliveries.c.message_id == said.c.id)
    shown = or_(deliveries.c.state.is_(None), deliveries.c.state.not_in(["UNDONE", "BLOCKED"]))
    rows = many(conn, joined.where(*visible, shown).order_by(said.c.position).limit(limit))
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
    found = one(conn, select(users.c.name).where(users.c.id == user_id)) if user_id else None
    return found["name"] if found else ""


def _serial(conn: Connection, ticket_id: int | None) -> str:
    found = one(conn, select(tickets.c.serial).where(tickets.c.id == ticket_id)) if ticket_id else None
    return found["serial"] if found else ""
