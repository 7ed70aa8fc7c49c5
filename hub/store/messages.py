"""Messages: one thing said or sent, in order within its interaction."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from hub.api import MessageKind
from hub.store import blobs, search
from hub.store.interactions import subjects
from hub.store.rows import Row, listed, many, one
from hub.store.tables import attachments, interactions, messages
from hub.store.unit import Tx

INBOUND, OUTBOUND, INTERNAL = "INBOUND", "OUTBOUND", "INTERNAL"


_said_before = select(interactions.c.messages).where(interactions.c.id == bindparam("this")).scalar_subquery()
_INSERT = insert(messages).values(position=_said_before + 1).returning(messages.c.id, messages.c.position)
_COUNT = (
    update(interactions)
    .where(interactions.c.id == bindparam("this"))
    .values(
        messages=interactions.c.messages + 1,
        unread=interactions.c.unread + bindparam("one_more"),
        updated_at=bindparam("now"),
        last_message_id=bindparam("message"),
    )
)
_PLACE = _COUNT.returning(interactions.c.messages)
_KNOWN = select(messages.c.id, messages.c.interaction_id, messages.c.raw_id).where(
    messages.c.dedup_scope == bindparam("scope"),
    messages.c.dedup_scope != "",
    messages.c.external_id == bindparam("external_id"),
    messages.c.content_hash == bindparam("content_hash"),
)


_KNOWN_AMONG = select(messages.c.dedup_scope, messages.c.external_id, messages.c.content_hash).where(
    messages.c.dedup_scope.in_(bindparam("scopes", expanding=True)),
    messages.c.dedup_scope != "",
    messages.c.external_id.in_(bindparam("external_ids", expanding=True)),
)


def known(tx: Tx, scope: str, external_id: str, content_hash: str) -> Row | None:
    """The message that already came in under this id, with this content."""
    key = ("message", scope, external_id[:1000], content_hash)
    if key in tx.beforehand:
        return tx.beforehand.pop(key)
    return one(tx.conn, _KNOWN, scope=scope, external_id=external_id[:1000], content_hash=content_hash)


def look_for(tx: Tx, names: Collection[tuple[str, str, str]]) -> None:
    """Note beforehand which of these (scope, external id, content's hash) have not come in yet."""
    asked = {(scope, external_id[:1000], content_hash) for scope, external_id, content_hash in names}
    if not asked:
        return
    values = {
        "scopes": listed({scope for scope, _, _ in asked}),
        "external_ids": listed({each for _, each, _ in asked}),
    }
    found = {tuple(row) for row in tx.conn.execute(_KNOWN_AMONG, values)}
    tx.beforehand.update({("message", *key): None for key in asked - found})


def add(tx: Tx, interaction: Row, direction: str, values: dict[str, Any], files: Sequence[Any] = ()) -> Row:
    """Append a message to a locked interaction: position, counters, search and event in one go. `files` are hub.api
    Attachments."""
    row = {"kind": MessageKind.TEXT.value, "text": "", "fields": {}, **values}
    row |= {"interaction_id": interaction["id"], "direction": direction, "created_at": tx.now}
    _append(tx, interaction["id"], row)
    for file in files:
        blobs.attach(tx, row["id"], file)
    search.index_message(
        tx, row["id"], (row["text"], str(row["fields"].get("subject") or ""), *(f.name for f in files))
    )
    tx.event(
        "interaction.message",
        **subjects(interaction),
        message=row["id"],
        direction=direction,
        kind=str(row["kind"]),
        raw=row.get("raw_id"),  # only the channel knows whose screen that came from
    )
    return row


def _append(tx: Tx, interaction_id: int, row: Row) -> None:
    """The message's number and position, and how many the interaction has now."""
    number = tx.rows.number(messages)
    if number is None:
        row["id"], row["position"] = tx.conn.execute(_INSERT, {**row, "this": interaction_id}).one()
        tx.conn.execute(_COUNT, _counted(tx, interaction_id, row))
        return
    row["id"], new = number, tx.rows.waiting(interactions, interaction_id)
    if new is None:
        row["position"] = tx.conn.execute(_PLACE, _counted(tx, interaction_id, row)).scalar_one()
    else:
        unread = new["unread"] + int(row["direction"] == INBOUND)
        new.update(messages=new["messages"] + 1, unread=unread, updated_at=tx.now, last_message_id=number)
        row["position"] = new["messages"]
    tx.rows.insert(messages, row)


def _counted(tx: Tx, interaction_id: int, row: Row) -> Row:
    one_more = int(row["direction"] == INBOUND)
    return {"this": interaction_id, "one_more": one_more, "now": tx.now, "message": row["id"]}


def get(conn: Connection, message_id: int) -> Row | None:
    """One message."""
    return one(conn, select(messages).where(messages.c.id == message_id))


def last_inbound(conn: Connection, interaction_id: int) -> Row | None:
    """The customer's newest message."""
    theirs = (messages.c.interaction_id == interaction_id, messages.c.direction == INBOUND)
    return one(conn, select(messages).where(*theirs).order_by(messages.c.position.desc()).limit(1))


def references(conn: Connection, interaction_id: int, most: int = 20) -> list[str]:
    """External ids of the conversation, newest first: what a reply may refer to."""
    mine = messages.c.interaction_id == interaction_id
    named = (mine, messages.c.external_id != "", messages.c.direction != INTERNAL)
    newest = select(messages.c.external_id).where(*named).order_by(messages.c.position.desc()).limit(most)
    return list(conn.execute(newest).scalars())


_FILES = (
    select(attachments)
    .where(attachments.c.message_id.in_(bindparam("messages", expanding=True)))
    .order_by(attachments.c.id)
)


def files_of(conn: Connection, message_ids: Sequence[int]) -> dict[int, list[Row]]:
    """Attachments (without content) by message."""
    found: dict[int, list[Row]] = {}
    if message_ids:
        for row in many(conn, _FILES, messages=listed(message_ids)):
            found.setdefault(row["message_id"], []).append(row)
    return found


def transcribe(tx: Tx, message_id: int, text: str, facts: dict[str, Any]) -> None:
    """What a message says that so far could only be heard; it is found by its words from now on."""
    row = get(tx.conn, message_id)
    if row is None or row["text"]:
        return
    values = {"text": text, "fields": {**row["fields"], "transcript": facts}}
    tx.conn.execute(update(messages).where(messages.c.id == message_id).values(**values))
    search.index_message_again(tx, message_id, (text, str(row["fields"].get("subject") or "")))


def name(tx: Tx, message_id: int, external_id: str) -> None:
    """The far side's id of a message we sent: what replies and later messages refer to."""
    mine = update(messages).where(messages.c.id == message_id, messages.c.external_id == "")
    tx.conn.execute(mine.values(external_id=external_id[:1000]))
