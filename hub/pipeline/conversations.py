"""An interaction as its customer may see it: for channels that show a conversation again after a reconnect.

Many are read with the same few statements as one: when a thousand visitors come back, or one agent's answer moves the
places of all who wait, the statements would cost more than the rows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile
from typing import TypeAlias

from sqlalchemy import Connection, bindparam, func, or_, select

from hub.api import Address, Bytes, Choice, Conversation, ConversationFile, ConversationMessage, MessageKind
from hub.model.states import WAITING_FOR_AGENT, DeliveryState, InteractionState, WorkState
from hub.pipeline.flows import flow_state
from hub.pipeline.waits import Waits
from hub.store import blobs, interactions, messages
from hub.store.rows import Row, listed, many
from hub.store.tables import deliveries, identities, tickets, users, work
from hub.store.tables import interactions as table
from hub.store.tables import messages as said

Asked: TypeAlias = tuple[Row, int, int]
"""An interaction, and at most how many of its messages are wanted after which position: (row, after, limit)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The interaction that this thread key names now, with at most `limit` messages at positions after `after`."""

    scope: str
    thread: str
    after: int
    limit: int


def by_threads(conn: Connection, wanted: Sequence[Wanted], waits: Waits) -> list[Conversation | None]:
    """One answer for each, in their order; None where nothing has this name."""
    named = interactions.named(conn, {(one.scope, one.thread) for one in wanted})
    found = [(named.get((one.scope, one.thread)), one) for one in wanted]
    shown = _conversations(conn, [(row, one.after, one.limit) for row, one in found if row is not None], waits)
    return [next(shown) if row is not None else None for row, _ in found]


def of_identity(conn: Connection, account_id: int, identity: Address, limit: int, waits: Waits) -> list[Conversation]:
    """The newest conversations of an address on an account, newest first."""
    mine = (identities.c.scheme == identity.scheme, identities.c.value == identity.value)
    joined = select(table).join(identities, identities.c.id == table.c.identity_id)
    found = many(conn, joined.where(*mine, table.c.account_id == account_id).order_by(table.c.id.desc()).limit(limit))
    return list(_conversations(conn, [(interaction, 0, 200) for interaction in found], waits))


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


def _conversations(conn: Connection, asked: Sequence[Asked], waits: Waits) -> Iterator[Conversation]:
    """Interactions as the customer sees them: no notes."""
    rows = [interaction for interaction, _, _ in asked]
    agents, serials, ahead = _agents(conn, rows), _serials(conn, rows), _ahead(conn, rows)
    estimates = waits.estimates(conn, rows, ahead)
    talks = _talks(conn, asked)
    files = messages.files_of(conn, [message["id"] for talk in talks for message in talk])
    for row, talk in zip(rows, talks, strict=True):
        yield Conversation(
            interaction_id=row["id"],
            state=row["state"],
            thread=row["thread"],
            agent=agents.get(row["agent_id"], ""),
            waiting_ahead=ahead.get(row["id"], 0) if row["state"] in WAITING_FOR_AGENT else None,
            ticket_serial=serials.get(row["ticket_id"], ""),
            messages=tuple(_message(message, files.get(message["id"], [])) for message in talk),
            estimated_wait=estimates.get(row["id"]),
            choices=tuple(Choice(each["key"], each["label"]) for each in flow_state.choices(row)),
            language=row["language"],
        )


_NAMES = select(users.c.id, users.c.name).where(users.c.id.in_(bindparam("ids", expanding=True)))
_SERIALS = select(tickets.c.id, tickets.c.serial).where(tickets.c.id.in_(bindparam("ids", expanding=True)))
_rank = func.rank().over(partition_by=work.c.queue_id, order_by=(work.c.place, work.c.id))
_line = (
    select(work.c.interaction_id, (_rank - 1).label("ahead"))
    .where(
        work.c.queue_id.in_(bindparam("queues", expanding=True)),
        work.c.state == WorkState.WAITING,
        work.c.ended_at.is_(None),
    )
    .subquery()
)
_AHEAD = select(_line.c.interaction_id, _line.c.ahead).where(
    _line.c.interaction_id.in_(bindparam("interactions", expanding=True))
)


def _agents(conn: Connection, rows: Sequence[Row]) -> dict[int | None, str]:
    ids = {row["agent_id"] for row in rows if row["agent_id"]}
    return {row.id: row.name for row in conn.execute(_NAMES, {"ids": listed(ids)})} if ids else {}


def _serials(conn: Connection, rows: Sequence[Row]) -> dict[int | None, str]:
    ids = {row["ticket_id"] for row in rows if row["ticket_id"]}
    return {row.id: row.serial for row in conn.execute(_SERIALS, {"ids": listed(ids)})} if ids else {}


def _ahead(conn: Connection, rows: Sequence[Row]) -> dict[int, int]:
    """How many in its queue come before each, in the order of routing. Nobody comes before one that is on offer."""
    waiting = {row["id"]: row["queue_id"] for row in rows if row["state"] == InteractionState.QUEUED}
    if not waiting:
        return {}
    asked = {"queues": listed(set(waiting.values())), "interactions": listed(waiting)}
    return {row.interaction_id: row.ahead for row in conn.execute(_AHEAD, asked)}


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
        said.c.interaction_id.in_(bindparam("interactions", expanding=True)),
        said.c.position > bindparam("after"),
        said.c.direction != messages.INTERNAL,
        said.c.kind != MessageKind.NOTE.value,
        or_(deliveries.c.state.is_(None), deliveries.c.state.not_in(["UNDONE", "BLOCKED"])),
    )
    .order_by(said.c.interaction_id, said.c.position)
    .limit(bindparam("most"))
)


def _talks(conn: Connection, asked: Sequence[Asked]) -> list[list[Row]]:
    """The messages of each. Those who have read equally far, of talks that fit on a page, share a statement."""
    shared: dict[tuple[int, int], list[int]] = {}
    for row, after, limit in asked:
        if after < row["messages"] <= after + limit:
            shared.setdefault((after, limit), []).append(row["id"])
    pages = {key: _pages(conn, ids, *key) for key, ids in shared.items()}
    return [
        _pages(conn, [row["id"]], after, limit).get(row["id"], [])
        if row["messages"] > after + limit
        else pages.get((after, limit), {}).get(row["id"], [])
        for row, after, limit in asked
    ]


def _pages(conn: Connection, ids: Sequence[int], after: int, limit: int) -> dict[int, list[Row]]:
    """By interaction. A message that is still to be sent holds back what follows: who reads on from a position misses
    nothing."""
    rows = many(conn, _VISIBLE, interactions=listed(ids), after=after, most=limit * len(ids))
    talks = groupby(rows, key=lambda row: row["interaction_id"])
    return {
        key: list(takewhile(lambda row: row["delivery_state"] != DeliveryState.PENDING, talk)) for key, talk in talks
    }


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
