"""Attempts to reach somebody who was promised a call: what became of each, and when the next one is due."""

from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from hub.model.hours import OpeningHours
from hub.model.states import FINAL, CallbackState, OfferState, WorkState
from hub.store import callbacks, interactions, messages, timers, work
from hub.store.rows import Row
from hub.store.unit import Tx

KIND = "callback"
TIMER = "callback"
NOTE = "CALLBACK"
AGENT_UNREACHABLE = "AGENT_UNREACHABLE"  # nobody has called the customer then: it is no attempt
VETOED = "VETOED"
ATTEMPTS, PAUSE = 3, 900
UNREACHABLE = 3  # so many agents in a row whose devices cannot be answered; then it waits for a while


def promised(call: Row) -> int | None:
    """The promise a placed call keeps."""
    placed = call["attributes"].get("placed")
    number: int | None = placed.get(KIND) if isinstance(placed, dict) else None
    return number


def reached(tx: Tx, call: Row) -> None:
    """The customer has answered."""
    promise = _under_way(tx, call)
    if promise is not None:
        tries = [*promise["tries"], _try(tx, call["agent_id"], call["id"], "REACHED")]
        counted = promise["attempts"] + 1
        promise = callbacks.move(tx, promise, CallbackState.REACHED, tries=tries, attempts=counted)
        note(tx, promise)


def failed(tx: Tx, call: Row, result: str) -> None:
    """The call was not answered. `result`: why, a `Cause` or a word of ours."""
    promise = _under_way(tx, call)
    if promise is not None:
        missed(tx, promise, _try(tx, call["agent_id"], call["id"], result))


def lost(tx: Tx, promise: Row) -> bool:
    """Whether it is being called by a call that is over: nothing else would ever end it."""
    call = interactions.get(tx.conn, promise["call_id"]) if promise["call_id"] is not None else None
    return promise["state"] == CallbackState.DIALING and (call is None or call["state"] in FINAL)


def missed(tx: Tx, promise: Row, attempt: dict[str, Any]) -> None:
    """An attempt has come to nothing: another one when its time has come, or never."""
    tries = [*promise["tries"], attempt]
    counted = promise["attempts"] + (attempt["result"] != AGENT_UNREACHABLE)
    known = {"tries": tries, "attempts": counted}
    queue = work.queue(tx.conn, promise["queue_id"])
    if attempt["result"] == AGENT_UNREACHABLE and _in_a_row(tries) % UNREACHABLE:
        note(tx, _enqueue(tx, promise, known))
        return
    due = _next(tx, promise, queue) if counted < _rule(queue, "callback_attempts", ATTEMPTS) else None
    put_off(tx, promise, due, **known)


def put_off(tx: Tx, promise: Row, due: datetime | None, **values: Any) -> None:
    """Not now: at this time, or never."""
    if due is None:
        note(tx, callbacks.move(tx, promise, CallbackState.NOT_REACHED, **values))
    else:
        note(tx, plan(tx, promise, due, **values))


def plan(tx: Tx, promise: Row, due: datetime, **values: Any) -> Row:
    """It waits for its time, in nobody's queue."""
    timers.schedule(tx, timers.CORE, TIMER, due, {KIND: promise["id"]}, key=str(promise["id"]))
    values |= {"due_at": due, "work_id": None}
    if promise["state"] == CallbackState.PLANNED:
        return callbacks.change(tx, promise, **values)
    return callbacks.move(tx, promise, CallbackState.PLANNED, **values)


def due(tx: Tx, callback_id: int) -> None:
    """Its time has come: work for its queue, at the place it always had."""
    promise = callbacks.locked(tx, callback_id)
    if promise is None or promise["state"] != CallbackState.PLANNED:
        return
    when = earliest(tx, promise)
    if when is None:
        note(tx, callbacks.move(tx, promise, CallbackState.NOT_REACHED))
    elif when > tx.now:
        plan(tx, promise, when)
    else:
        _enqueue(tx, promise, {})


def earliest(tx: Tx, promise: Row) -> datetime | None:
    """When they may be called, from now on: inside the queue's hours, and not after the time they named; None: never
    again."""
    opens = opening(work.queue(tx.conn, promise["queue_id"]), tx.now)
    return None if opens is None or (promise["until"] is not None and promise["until"] < opens) else opens


def end(tx: Tx, promise: Row, state: CallbackState, attempt: dict[str, Any] | None = None) -> int | None:
    """It is settled otherwise; its work ends with it. Returns the agent who had that, if one had."""
    timers.cancel(tx, timers.CORE, TIMER, str(promise["id"]))
    tries = [*promise["tries"], attempt] if attempt else promise["tries"]
    note(tx, callbacks.move(tx, promise, state, tries=tries))
    held = work.get(tx.conn, promise["work_id"]) if promise["work_id"] is not None else None
    if held is None or held["ended_at"] is not None:
        return None
    for offer in work.open_offers(tx.conn, work_id=held["id"]):
        work.end_offer(tx, offer, OfferState.CANCELLED)
    work.end(tx, held, WorkState.CANCELLED)
    holder: int | None = held["user_id"] if held["state"] == WorkState.ASSIGNED else None
    return holder


def opening(queue: Row | None, moment: datetime) -> datetime | None:
    """When the queue is open at or after this moment; None: not within a year."""
    hours = OpeningHours.parse(queue["hours"]) if queue else None
    return moment if hours is None else hours.next_opening(moment)


def tried(tx: Tx, user_id: int | None, result: str) -> dict[str, Any]:
    """An attempt without a call."""
    return _try(tx, user_id, None, result)


def _next(tx: Tx, promise: Row, queue: Row | None) -> datetime | None:
    due = opening(queue, tx.now + timedelta(seconds=_rule(queue, "callback_pause", PAUSE)))
    return None if due is None or (promise["until"] is not None and due > promise["until"]) else due


def _in_a_row(tries: list[dict[str, Any]]) -> int:
    return len(list(takewhile(lambda each: each["result"] == AGENT_UNREACHABLE, reversed(tries))))


def _rule(queue: Row | None, name: str, usual: int) -> int:
    said = queue["routing"].get(name) if queue else None
    return usual if said is None else int(said)


def _enqueue(tx: Tx, promise: Row, known: dict[str, Any]) -> Row:
    queue = work.queue(tx.conn, promise["queue_id"]) or work.first_queue(tx.conn)
    names = ("interaction_id", "medium", "channel", "priority", "place", "requirement", "enqueued_at")
    values = {"kind": KIND, "payload": {KIND: True, "callback_id": promise["id"]}}
    work_id = work.enqueue(tx, queue, {**values, **{name: promise[name] for name in names}})
    return callbacks.move(tx, promise, CallbackState.WAITING, work_id=work_id, due_at=None, **known)


def _under_way(tx: Tx, call: Row) -> Row | None:
    number = promised(call)
    promise = callbacks.locked(tx, number) if number is not None else None
    if promise is None or promise["state"] != CallbackState.DIALING or promise["call_id"] != call["id"]:
        return None
    return promise


def _try(tx: Tx, user_id: int | None, call_id: int | None, result: str) -> dict[str, Any]:
    return {"at": tx.now.isoformat(), "user": user_id, "call": call_id, "result": result}


def note(tx: Tx, promise: Row) -> None:
    """In the timeline of the contact that asked for it."""
    interaction = interactions.locked(tx, promise["interaction_id"])
    last = promise["tries"][-1] if promise["tries"] else {}
    facts = {
        "state": str(promise["state"]),
        "result": str(last.get("result", "")),
        "attempt": promise["attempts"],
        "user": last.get("user"),
        "call": last.get("call"),
        "due_at": promise["due_at"].isoformat() if promise["state"] == CallbackState.PLANNED else None,
    }
    messages.add(tx, interaction, messages.INTERNAL, {"kind": NOTE, "fields": facts, "automatic": True})
