"""What is owed to people, as screens list it: call-backs, missed calls, voicemails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, literal_column, select

from hub.api import Json
from hub.model.actor import Actor
from hub.model.named import Named
from hub.model.states import CallbackState, VoicemailState, WorkState
from hub.store import access, messages, voicemails
from hub.store.interaction_item import IdentityRef
from hub.store.paging import Order, Page, page
from hub.store.tables import callbacks, customers, identities, interactions, queues, users, work
from hub.store.tables import messages as said
from hub.store.tables import voicemails as boxes
from hub.store.timeline import FileItem

_ASSIGNEE = users.alias("assignee")
_BOX = users.alias("box_user")
_HEARER = users.alias("hearer")
BY_CHANGE = Order(callbacks.c.updated_at, callbacks.c.id)
BY_WAIT = Order(work.c.enqueued_at, work.c.id, descending=False)
BY_ARRIVAL = Order(boxes.c.created_at, boxes.c.id)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a list is narrowed to; None means all. `open`: settled ones are left out, or are the only ones."""

    open: bool | None = True
    queue: int | None = None
    assignee: int | None = None
    unassigned: bool = False


@dataclass(frozen=True, slots=True)
class AttemptItem:
    """One attempt: `result` is REACHED, why a call was not answered, or how it was settled without one."""

    at: datetime
    user: int | None
    call: int | None
    result: str


@dataclass(frozen=True, slots=True)
class CallbackItem:
    """Somebody who was promised a call. `interaction` is the contact in which they asked, `agent` who has it now;
    `due_at`: when it is tried (again)."""

    id: int
    state: CallbackState
    to: dict[str, Any]
    interaction: int
    call: int | None
    customer: Named | None
    queue: Named
    agent: Named | None
    attempts: int
    tries: list[AttemptItem]
    enqueued_at: datetime
    due_at: datetime | None
    until: datetime | None
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClosedBy:
    """The contact that settled it."""

    interaction: int
    channel: str
    user: int | None


@dataclass(frozen=True, slots=True)
class FollowUpItem:
    """Somebody who gave up waiting, by number. `id` is the work's, `count` how often they tried, `interaction` the last
    time; `closed_by` null: nobody, or by hand."""

    id: int
    state: WorkState
    count: int
    interaction: int
    identity: IdentityRef | None
    customer: Named | None
    queue: Named
    assignee: Named | None
    enqueued_at: datetime
    last_at: datetime
    ended_at: datetime | None
    closed_by: ClosedBy | None


@dataclass(frozen=True, slots=True)
class VoicemailItem:
    """A message left to be heard. `box` is the agent's whose own it is, null: the queue's. `text` is what was read from
    it, "" when nothing was; `transcript`: PENDING, DONE or FAILED. `seconds`: how long it is, 0 when nobody knows."""

    id: int
    state: VoicemailState
    interaction: int
    message: int
    file: FileItem | None
    seconds: float
    text: str
    transcript: str
    identity: IdentityRef | None
    customer: Named | None
    queue: Named | None
    box: Named | None
    assignee: Named | None
    heard_by: Named | None
    heard_at: datetime | None
    created_at: datetime
    closed_at: datetime | None


def list_callbacks(conn: Connection, actor: Actor, wanted: Narrowed, cursor: str, limit: int) -> Page[CallbackItem]:
    """The last changed first."""
    c = callbacks.c
    more = (work.c.user_id.label("assignee_id"), _ASSIGNEE.c.name.label("assignee_name"), *_whose())
    joined = select(callbacks, *more).join(queues, queues.c.id == c.queue_id)
    joined = _theirs(joined.join(interactions, interactions.c.id == c.interaction_id))
    joined = joined.outerjoin(work, (work.c.id == c.work_id) & work.c.ended_at.is_(None))
    joined = joined.outerjoin(_ASSIGNEE, _ASSIGNEE.c.id == work.c.user_id)
    joined = joined.where(access.in_departments(actor, c.department_id))
    joined = _narrowed(joined, wanted, c.ended_at, c.queue_id, work.c.user_id)
    return page(conn, joined, BY_CHANGE, cursor, limit, _callback)


def list_follow_ups(conn: Connection, actor: Actor, wanted: Narrowed, cursor: str, limit: int) -> Page[FollowUpItem]:
    """Who has waited longest first."""
    w = work.c
    more = (w.user_id.label("assignee_id"), _ASSIGNEE.c.name.label("assignee_name"), *_whose())
    joined = select(work, interactions.c.created_at.label("last_at"), *more).join(queues, queues.c.id == w.queue_id)
    joined = _theirs(joined.join(interactions, interactions.c.id == w.interaction_id))
    joined = joined.outerjoin(_ASSIGNEE, _ASSIGNEE.c.id == w.user_id)
    # what was handed to somebody goes on as another piece of work
    owed = (w.kind == "missed", w.kind != literal_column("'interaction'"), w.state != WorkState.CANCELLED)
    joined = joined.where(*owed, access.in_departments(actor, queues.c.department_id))
    joined = _narrowed(joined, wanted, w.ended_at, w.queue_id, w.user_id)
    return page(conn, joined, BY_WAIT, cursor, limit, _follow_up)


def list_voicemails(conn: Connection, actor: Actor, wanted: Narrowed, cursor: str, limit: int) -> Page[VoicemailItem]:
    """The newest first, of the boxes the actor may hear."""
    b = boxes.c
    names = (("assignee", _ASSIGNEE, b.assignee_id), ("box_user", _BOX, b.box_user_id), ("hearer", _HEARER, b.heard_by))
    more = [table.c.name.label(f"{name}_name") for name, table, _ in names]
    joined = select(boxes, said.c.text, said.c.fields, b.heard_by.label("hearer_id"), *more, *_whose())
    joined = joined.join(said, said.c.id == b.message_id).outerjoin(queues, queues.c.id == b.queue_id)
    joined = _theirs(joined.join(interactions, interactions.c.id == b.interaction_id))
    for _, table, column in names:
        joined = joined.outerjoin(table, table.c.id == column)
    joined = _narrowed(joined.where(voicemails.in_boxes(actor)), wanted, b.closed_at, b.queue_id, b.assignee_id)
    found = page(conn, joined, BY_ARRIVAL, cursor, limit, dict)
    files = messages.files_of(conn, [row["message_id"] for row in found.items])
    return Page([_voicemail(row, files.get(row["message_id"], [])) for row in found.items], found.next)


def unheard(conn: Connection, actor: Actor) -> int:
    """How many in these boxes nobody has heard."""
    new = select(boxes.c.id).where(voicemails.in_boxes(actor), boxes.c.state == VoicemailState.NEW)
    return len(conn.execute(new.limit(100)).all())


def _whose() -> tuple[Any, ...]:
    named = (customers.c.id.label("whose_id"), customers.c.name.label("whose_name"), queues.c.name.label("queue_name"))
    return (*named, identities.c.scheme, identities.c.value, identities.c.label)


def _theirs(joined: Select[Any]) -> Select[Any]:
    joined = joined.outerjoin(identities, identities.c.id == interactions.c.identity_id)
    return joined.outerjoin(customers, customers.c.id == interactions.c.customer_id)


def _narrowed(found: Select[Any], wanted: Narrowed, ended: Any, queue: Any, assignee: Any) -> Select[Any]:
    if wanted.open is not None:
        found = found.where(ended.is_(None) if wanted.open else ended.is_not(None))
    if wanted.queue is not None:
        found = found.where(queue == wanted.queue)
    if wanted.assignee is not None:
        found = found.where(assignee == wanted.assignee)
    return found.where(assignee.is_(None)) if wanted.unassigned else found


def _callback(row: RowMapping) -> CallbackItem:
    plain = {name: row[name] for name in ("id", "to", "attempts", "enqueued_at", "due_at", "until", "created_at")}
    return CallbackItem(
        **plain,
        state=CallbackState(row["state"]),
        interaction=row["interaction_id"],
        call=row["call_id"],
        customer=_named(row, "whose"),
        queue=Named(row["queue_id"], row["queue_name"]),
        agent=_named(row, "assignee"),
        tries=[_attempt(each) for each in row["tries"]],
        ended_at=row["ended_at"],
    )


def _attempt(told: Mapping[str, Json]) -> AttemptItem:
    user, call = told.get("user"), told.get("call")
    at = datetime.fromisoformat(str(told["at"]))
    return AttemptItem(
        at, user if isinstance(user, int) else None, call if isinstance(call, int) else None, str(told["result"])
    )


def _follow_up(row: RowMapping) -> FollowUpItem:
    by = row["payload"].get("closed_by")
    return FollowUpItem(
        id=row["id"],
        state=WorkState(row["state"]),
        count=row["payload"].get("count", 1),
        interaction=row["interaction_id"],
        identity=_identity(row),
        customer=_named(row, "whose"),
        queue=Named(row["queue_id"], row["queue_name"]),
        assignee=_named(row, "assignee"),
        enqueued_at=row["enqueued_at"],
        last_at=row["last_at"],
        ended_at=row["ended_at"],
        closed_by=ClosedBy(by["interaction"], by["channel"], by["user"]) if by else None,
    )


def _voicemail(row: Mapping[str, Any], files: Sequence[Mapping[str, Any]]) -> VoicemailItem:
    names = ("id", "name", "media_type", "size", "inline", "content_id")
    file = FileItem(**{name: files[0][name] for name in names}) if files else None
    return VoicemailItem(
        id=row["id"],
        state=VoicemailState(row["state"]),
        interaction=row["interaction_id"],
        message=row["message_id"],
        file=file,
        seconds=float(row["fields"].get("seconds") or 0),
        text=row["transcript"] or row["text"],
        transcript=row["transcript_state"],
        identity=_identity(row),
        customer=_named(row, "whose"),
        queue=_named(row, "queue"),
        box=_named(row, "box_user"),
        assignee=_named(row, "assignee"),
        heard_by=_named(row, "hearer"),
        heard_at=row["heard_at"],
        created_at=row["created_at"],
        closed_at=row["closed_at"],
    )


def _identity(row: RowMapping | Mapping[str, Any]) -> IdentityRef | None:
    return IdentityRef(row["scheme"], row["value"], row["label"]) if row["scheme"] is not None else None


def _named(row: RowMapping | Mapping[str, Any], what: str) -> Named | None:
    return Named(row[f"{what}_id"], row[f"{what}_name"] or "") if row[f"{what}_id"] is not None else None
