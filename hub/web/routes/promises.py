"""What is owed to people who are not at the other end now: call-backs, missed calls, voicemails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import Connection

from hub.api import Address
from hub.model.actor import Actor
from hub.model.errors import Conflict, Invalid, NotFound
from hub.model.permissions import Permission
from hub.pipeline.promises import call_me, callback, dialling, follow_up, voicemail
from hub.pipeline.promises.callback import Wish
from hub.store import access, callbacks, promise_lists
from hub.store.paging import Page
from hub.store.promise_lists import CallbackItem, FollowUpItem, Narrowed, VoicemailItem
from hub.web.call import Call
from hub.web.fields import Body, Id, Line, Moment, Paging, QueryFlag, QueryId
from hub.web.routes.conversation import AddressField
from hub.web.routing import Routes

routes = Routes("promises")
READ, REPLY = Permission.INTERACTIONS_READ, Permission.INTERACTIONS_REPLY
HEAR = Permission.VOICEMAILS_HEAR
T = TypeVar("T")
Lists = Callable[[Connection, Actor, Narrowed, str, int], Page[T]]


class PromiseQuery(Paging):
    """`open` false lists what is settled; `unassigned`: only what is nobody's."""

    open: QueryFlag = True
    queue: QueryId | None = None
    assignee: QueryId | None = None
    unassigned: QueryFlag = False


class NewCallback(Body):
    """Whom to call back, from which account, not before `at` and not after `until`; `about` is a line for who does."""

    to: AddressField
    account: Id | None = None
    queue: Id | None = None
    at: Moment | None = None
    until: Moment | None = None
    about: Line = ""


class Whose(Body):
    """An agent, or null for nobody in particular."""

    user: Id | None = None


class Switched(Body):
    """Whether it is so."""

    on: bool = True


@dataclass(frozen=True, slots=True)
class Promised:
    """The promise's id."""

    id: int


@dataclass(frozen=True, slots=True)
class Unheard:
    """How many voicemails nobody has heard, up to a hundred."""

    count: int


@routes.get("/callbacks", READ)
async def list_callbacks(call: Call, query: PromiseQuery) -> Page[CallbackItem]:
    """Who was promised a call, the last changed first."""
    return await _list(call, query, promise_lists.list_callbacks)


@routes.post("/callbacks", REPLY, status=201)
async def promise_call(call: Call, body: NewCallback) -> Promised:
    """Promise somebody a call: their turn comes like everybody's. Asked twice by one queue it is one promise."""
    line = await call.read(lambda conn: _line(call, conn, body))
    now = datetime.now(UTC)
    if body.until is not None and body.until <= max(body.at or now, now):
        raise Invalid("window", {"until": "This is over before it begins."})
    wish = Wish(Address(body.to.scheme, body.to.value, body.to.name), body.at, body.until)
    made = await call.write(lambda tx: call_me.request(tx, line, wish, body.about, body.queue))
    return Promised(made)


@routes.post("/callbacks/{callback_id}/cancel", REPLY, raises=(Conflict,))
async def cancel_callback(call: Call, callback_id: int) -> None:
    """Nobody is to call them any more."""
    await call.read(lambda conn: _seen(call, conn, callback_id))
    await call.write(lambda tx: callback.cancel(tx, call.actor.user_id, callback_id))


@routes.get("/follow-ups", READ)
async def list_follow_ups(call: Call, query: PromiseQuery) -> Page[FollowUpItem]:
    """Who gave up waiting and is owed an answer, one for each number, who has waited longest first."""
    return await _list(call, query, promise_lists.list_follow_ups)


@routes.post("/follow-ups/{work_id}/assign", REPLY, raises=(Conflict,))
async def assign_follow_up(call: Call, work_id: int, body: Whose) -> Promised:
    """Give it to an agent, or back to its queue. It is another piece of work from then on."""
    return Promised(await call.write(lambda tx: follow_up.assign(tx, call.actor, work_id, body.user)))


@routes.get("/voicemails", HEAR)
async def list_voicemails(call: Call, query: PromiseQuery) -> Page[VoicemailItem]:
    """What was left to be heard in the boxes of my departments and in my own, the newest first."""
    return await _list(call, query, promise_lists.list_voicemails)


@routes.get("/voicemails/unheard", HEAR)
async def count_unheard(call: Call) -> Unheard:
    """How many of them nobody has heard."""
    return Unheard(await call.read(lambda conn: promise_lists.unheard(conn, call.actor)))


@routes.post("/voicemails/{voicemail_id}/heard", HEAR)
async def voicemail_heard(call: Call, voicemail_id: int, body: Switched) -> None:
    """It was heard, or is to be as new."""
    await call.write(lambda tx: voicemail.heard(tx, call.actor, voicemail_id, body.on))


@routes.post("/voicemails/{voicemail_id}/closed", HEAR)
async def voicemail_closed(call: Call, voicemail_id: int, body: Switched) -> None:
    """It was seen to, or is not yet."""
    await call.write(lambda tx: voicemail.closed(tx, call.actor, voicemail_id, body.on))


@routes.post("/voicemails/{voicemail_id}/assign", HEAR)
async def assign_voicemail(call: Call, voicemail_id: int, body: Whose) -> None:
    """Whose it is to see to."""
    await call.write(lambda tx: voicemail.assign(tx, call.actor, voicemail_id, body.user))


async def _list(call: Call, query: PromiseQuery, lists: Lists[T]) -> Page[T]:
    wanted = Narrowed(query.open, query.queue, query.assignee, query.unassigned)
    return await call.read(lambda conn: lists(conn, call.actor, wanted, query.cursor, query.limit))


def _line(call: Call, conn: Connection, body: NewCallback) -> call_me.Line:
    """What it is called from: the account that is named, else one that can. Raises NotFound, Invalid."""
    if body.account is not None:
        access.require_account(conn, call.actor, body.account)
    if body.queue is not None:
        access.require_queue(conn, call.actor, body.queue)
    directory = call.node.services.directory
    if body.account is not None:
        account = directory.account(body.account)
    else:
        seen = access.account_ids(conn, call.actor)
        account = dialling.account_to(directory, body.to.scheme, seen, body.queue)
    if account is None:
        raise Conflict("Nobody can be called there.")
    return call_me.Line(account, directory.row(account.id), directory.channel_of(account).capabilities)


def _seen(call: Call, conn: Connection, callback_id: int) -> None:
    """Raises NotFound unless it is of a department the actor sees."""
    row = callbacks.get(conn, callback_id)
    departments = call.actor.departments
    if row is None or (departments is not None and row["department_id"] not in {None, *departments}):
        raise NotFound(f"callback {callback_id}")
