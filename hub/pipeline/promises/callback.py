"""Call-backs: the customer need not wait, their place does. Who gets the work contacts them when it is their turn."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.api import Address
from hub.model.errors import Conflict, NotFound
from hub.model.states import CallbackState, InteractionState, SegmentOutcome, WorkState
from hub.pipeline import presence
from hub.pipeline.promises import attempts
from hub.pipeline.promises.attempts import KIND
from hub.pipeline.promises.own_box import BOX
from hub.store import callbacks, interactions, work
from hub.store.identities import normalised
from hub.store.rows import Row
from hub.store.unit import Tx


@dataclass(frozen=True, slots=True)
class Wish:
    """How they want to be called: `to`, when that is not where they came from; not before `at`, not after `until`;
    `medium` and `channel` of the call, when they came by another one."""

    to: Address | None = None
    at: datetime | None = None
    until: datetime | None = None
    medium: str = ""
    channel: str = ""


PLAIN = Wish()


def ask(tx: Tx, interaction: Row, wish: Wish = PLAIN) -> None:
    """From now on they may go and keep their place. Raises Conflict unless they wait, and where one cannot call."""
    row = work.open_for(tx.conn, interaction["id"])
    if row is None or row["state"] != WorkState.WAITING:
        raise Conflict("They do not wait.", {"state": interaction["state"]})
    if not possible(interaction, wish):
        raise Conflict("Nobody can be called there.")
    promise(tx, row, wish)


def possible(interaction: Row, wish: Wish = PLAIN) -> bool:
    """Whether they said whom to call: a caller who withholds their number has to wait on."""
    known = interaction["reply_to"] or {}
    to = wish.to or Address(known.get("scheme", ""), known.get("value", ""))
    return normalised(to.scheme, to.value) is not None


def promise(tx: Tx, row: Row, wish: Wish = PLAIN) -> bool:
    """Waiting work becomes one that is kept when its customer goes; its queue's overflow rules have been followed then.
    False when it waits no longer, or nobody could be called: then they wait on."""
    asked = interactions.get(tx.conn, row["interaction_id"]) if row["interaction_id"] is not None else None
    if asked is not None and "to" not in row["payload"] and not possible(asked, wish):
        return False
    queue = work.queue(tx.conn, row["queue_id"])
    visited = sorted({*row["requirement"].get("visited", []), row["queue_id"]})
    requirement = {name: value for name, value in row["requirement"].items() if name != BOX}
    values: dict[str, Any] = {
        "requirement": {**requirement, "visited": visited},
        "payload": {**row["payload"], **_told(wish)},
    }
    if wish.channel:
        values |= {"medium": wish.medium, "channel": wish.channel}
    if queue is None or not work.requeue(tx, row, queue, **values):
        return False
    if row["interaction_id"] is not None:
        interactions.end_segments(tx, row["interaction_id"], SegmentOutcome.CALLBACK_REQUESTED, kind="QUEUE")
        interactions.start_segment(tx, row["interaction_id"], "QUEUE", queue_id=queue["id"])
    return True


def keep(tx: Tx, interaction: Row) -> bool:
    """The customer goes. Where a call-back was promised their interaction ends well and the work goes on without it;
    False where none was."""
    row = work.open_for(tx.conn, interaction["id"])
    if row is None or not row["payload"].get(KIND) or row["state"] == WorkState.ASSIGNED:
        return False
    if not work.change(tx, row, kind=KIND):
        return False
    interactions.end_segments(tx, interaction["id"], SegmentOutcome.CALLBACK_REQUESTED, kind="QUEUE")
    interaction = interactions.move(tx, interaction, InteractionState.CLOSED, disposition="CALLBACK")
    _record(tx, interaction, {**row, "version": row["version"] + 1})
    return True


def done(tx: Tx, user_id: int, work_id: int) -> None:
    """The agent who has this work has done it: the slot is free. Raises NotFound unless it is theirs, and Conflict for
    work that ends with its interaction."""
    row = work.get(tx.conn, work_id)
    if row is None or row["user_id"] != user_id or row["state"] != WorkState.ASSIGNED:
        raise NotFound(f"work {work_id}")
    if row["kind"] == "interaction":
        raise Conflict("This work ends when its conversation does.")
    if not work.end(tx, row):
        return
    if (kept := callbacks.of_work(tx, work_id)) is not None:
        attempts.end(tx, kept, CallbackState.REACHED, attempts.tried(tx, user_id, "DONE"))
    presence.work_ended(tx, user_id)


def cancel(tx: Tx, user_id: int, callback_id: int) -> None:
    """Nobody is to call them any more. Raises NotFound, and Conflict while somebody does."""
    known = callbacks.locked(tx, callback_id)
    if known is None:
        raise NotFound(f"callback {callback_id}")
    if known["state"] == CallbackState.DIALING and not attempts.lost(tx, known):
        raise Conflict("They are being called now.", {"state": known["state"]})
    holder = attempts.end(tx, known, CallbackState.CANCELLED, attempts.tried(tx, user_id, "CANCELLED"))
    if holder is not None:
        presence.work_ended(tx, holder)


def _record(tx: Tx, interaction: Row, row: Row) -> None:
    """What was promised, to be kept however many attempts it takes; work waits now, unless they named a later time."""
    payload = row["payload"]
    names = ("queue_id", "medium", "channel", "priority", "place", "requirement", "enqueued_at")
    values = {name: row[name] for name in names}
    promised = callbacks.create(
        tx,
        {
            **values,
            "interaction_id": interaction["id"],
            "identity_id": interaction["identity_id"],
            "department_id": interaction["department_id"],
            "account_id": interaction["account_id"],
            "work_id": row["id"],
            "to": payload.get("to") or interaction["reply_to"],
            "until": _moment(payload.get("until")),
        },
    )
    at, kept = _moment(payload.get("at")), callbacks.locked(tx, promised)
    if kept is not None and at is not None and at > tx.now and row["state"] == WorkState.WAITING:
        work.end(tx, row, WorkState.CANCELLED)
        kept = attempts.plan(tx, kept, at)
    if kept is not None:
        attempts.note(tx, kept)


def _told(wish: Wish) -> dict[str, Any]:
    """As it is kept with the work."""
    told: dict[str, Any] = {KIND: True}
    if wish.to is not None:
        told["to"] = {"scheme": wish.to.scheme, "value": wish.to.value, "name": wish.to.name}
    for name, moment in (("at", wish.at), ("until", wish.until)):
        if moment is not None:
            told[name] = moment.isoformat()
    return told


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
