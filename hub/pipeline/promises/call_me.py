"""Somebody asks to be called: on a web page, in a chat, or through an agent. Who waits already keeps their place."""

from dataclasses import dataclass, replace
from datetime import datetime

from hub.api import Address, AnyAccount, Capabilities, Cause
from hub.model.errors import Invalid, TooMany
from hub.model.states import WAITING_FOR_AGENT, CallbackState, InteractionState, WorkState
from hub.pipeline import demand, start
from hub.pipeline.promises import attempts, callback
from hub.pipeline.promises.callback import Wish
from hub.store import callbacks, interactions, work
from hub.store.identities import find_or_create_by_identity, normalised
from hub.store.rows import Row
from hub.store.unit import Tx

MOST = 200  # people a queue may owe a call when strangers ask for more


@dataclass(frozen=True, slots=True)
class Line:
    """What the call is made from."""

    account: AnyAccount
    row: Row
    can: Capabilities


def request(
    tx: Tx, line: Line, wish: Wish, about: str = "", queue_id: int | None = None, most: int | None = None
) -> int:
    """Promise it; returns the promise, the open one where they were promised one by this queue already. Raises Invalid
    for a number that is none, or where nobody could call it; TooMany where the queue owes `most` people a call."""
    to = _number(line, wish)
    queue = work.queue(tx.conn, queue_id or line.row["queue_id"]) or work.first_queue(tx.conn)
    whose = find_or_create_by_identity(tx, to, {}, line.account)
    if (known := _promised_already(tx, whose.identity_id, queue)) is not None:
        return known
    if most is not None and callbacks.count_open(tx.conn, queue["id"]) >= most:
        raise TooMany("Too many people wait for a call.")
    asked = start.begin(tx, line.account, line.row, line.can, to, subject=about)
    asked = interactions.change(tx, asked, call=False, queue_id=queue["id"])  # nobody is on the line
    asked = interactions.move(tx, asked, InteractionState.CLOSED, disposition="CALLBACK")
    return _promised(tx, asked, queue, wish.at, wish.until)


def instead(tx: Tx, interaction: Row, line: Line, wish: Wish) -> int | None:
    """Who waits in a conversation wants a call: it ends, and their place stays. Returns the promise; None when they do
    not wait."""
    row = work.open_for(tx.conn, interaction["id"])
    if interaction["state"] not in WAITING_FOR_AGENT or row is None or row["state"] != WorkState.WAITING:
        return None
    called = replace(wish, to=_number(line, wish), medium=line.can.medium.value, channel=line.account.channel)
    callback.ask(tx, interaction, called)
    callback.keep(tx, interactions.locked(tx, interaction["id"]))
    promise = callbacks.of_interaction(tx.conn, interaction["id"])
    return int(promise["id"]) if promise else None


def _promised_already(tx: Tx, identity_id: int | None, queue: Row) -> int | None:
    """The open promise of this queue; one whose call was lost is tried again, or over."""
    callbacks.one_at_a_time(tx, identity_id)
    for known in callbacks.open_to(tx, identity_id, None):
        if known["queue_id"] != queue["id"]:
            continue
        if attempts.lost(tx, known):
            attempts.missed(tx, known, attempts.tried(tx, None, Cause.FAILED))
        now = callbacks.get(tx.conn, known["id"])
        if now is not None and now["ended_at"] is None:
            return int(known["id"])
    return None


def _number(line: Line, wish: Wish) -> Address:
    if wish.to is None or not line.can.calls or not line.can.can_start or wish.to.scheme != line.can.start_scheme:
        raise Invalid("no calls", {"to": "Nobody can be called there."})
    value = normalised(wish.to.scheme, wish.to.value)
    if value is None:
        raise Invalid("address", {"to": "This is no number one can call."})
    return Address(wish.to.scheme, value, wish.to.name)


def _promised(tx: Tx, asked: Row, queue: Row, at: datetime | None, until: datetime | None) -> int:
    wanted = demand.of(tx, asked, queue, chosen=True)
    since = max(at, tx.now) if at is not None else tx.now
    values = {
        "state": CallbackState.PLANNED,
        "queue_id": wanted.queue["id"],
        "medium": asked["medium"],
        "channel": asked["channel"],
        "priority": wanted.priority,
        "place": wanted.place(since),
        "requirement": wanted.requirement(),
        "enqueued_at": since,
        "interaction_id": asked["id"],
        "identity_id": asked["identity_id"],
        "department_id": queue["department_id"] or asked["department_id"],
        "account_id": asked["account_id"],
        "to": asked["reply_to"],
        "until": until,
        "due_at": since,
    }
    number = callbacks.create(tx, values)
    promise = callbacks.get(tx.conn, number)
    if promise is not None and since > tx.now:
        attempts.plan(tx, promise, since)
    else:
        attempts.due(tx, number)
    if (kept := callbacks.get(tx.conn, number)) is not None:
        attempts.note(tx, kept)
    return number
