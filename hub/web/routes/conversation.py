"""What an agent does in a conversation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import Annotated, Literal

from pydantic import Field

from hub.api import Address, Capabilities
from hub.model.errors import Conflict
from hub.model.permissions import Permission
from hub.pipeline import conclude, converse
from hub.pipeline.calls import calls
from hub.pipeline.colleagues import transfer
from hub.pipeline.converse import Reply
from hub.store import interactions, listing, timeline
from hub.store.interaction_item import InteractionItem
from hub.store.timeline import MessageItem
from hub.store.unit import Tx
from hub.web.call import Call
from hub.web.fields import Attributes, Body, Count, Id, Long, Moment, Short, as_json
from hub.web.routes.passing_on import Transfer, pass_on
from hub.web.routing import Routes
from hub.web.sanitise import clean_html

routes = Routes("conversation")
REPLY = Permission.INTERACTIONS_REPLY
Kind = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,39}$")]


class AddressField(Body):
    """An address as (scheme, value): ("mailto", "a@b.c")."""

    scheme: Annotated[str, Field(min_length=1, max_length=40)]
    value: Annotated[str, Field(min_length=1, max_length=400)]
    name: Annotated[str, Field(max_length=200)] = ""


class NewMessage(Body):
    """A reply, or with kind NOTE a note for colleagues.

    `then` is what the interaction becomes; `undo_seconds` how long it can be taken back; `expected_position` the newest
    position its author has seen, so that nobody answers over a newer message; the same `idempotency_key` says it once.
    """

    kind: Kind = "TEXT"
    text: Long = ""
    html: Long = ""
    fields: Attributes = Field(default_factory=dict)
    attachments: Annotated[list[Id], Field(max_length=50)] = Field(default_factory=list)
    to: AddressField | None = None
    then: Literal["AWAITING_CUSTOMER", "CLOSED"] | None = None
    disposition: Short = ""
    undo_seconds: Annotated[float, Field(ge=0, le=60)] = 0
    expected_position: Count | None = None
    idempotency_key: Short = ""


class Closing(Body):
    """The wrap-up code, one of the queue's."""

    disposition: Short = ""


class Snooze(Body):
    """Until when it is out of sight, or until the customer writes."""

    until: Moment


class Typing(Body):
    """Whether the agent is typing now."""

    typing: bool


@routes.post("/interactions/{interaction_id}/messages", REPLY, status=201)
async def send_message(call: Call, interaction_id: int, body: NewMessage) -> MessageItem:
    """Answer the customer, or leave a note. The answer and its delivery are one commit."""
    if body.kind == "NOTE":
        made = await call.write(lambda tx: _note(call, tx, interaction_id, body))
    else:
        made = await call.write(lambda tx: _reply(call, tx, interaction_id, body))
    return await call.read(lambda conn: timeline.get_message(conn, made))


@routes.post("/interactions/{interaction_id}/close", REPLY)
async def close_interaction(call: Call, interaction_id: int, body: Closing) -> InteractionItem:
    """End it for good. Without a disposition, and where the queue gives time for it, wrap-up begins."""
    return await _act(call, interaction_id, lambda tx: conclude.close(tx, call.actor, interaction_id, body.disposition))


@routes.post("/interactions/{interaction_id}/wrap-up", REPLY)
async def wrap_up_interaction(call: Call, interaction_id: int, body: Closing) -> InteractionItem:
    """Say what it was about; the slot is free again."""
    return await _act(
        call, interaction_id, lambda tx: conclude.wrap_up(tx, call.actor, interaction_id, body.disposition)
    )


@routes.post("/interactions/{interaction_id}/transfer", Permission.INTERACTIONS_TRANSFER)
async def transfer_interaction(call: Call, interaction_id: int, body: Transfer) -> None:
    """Pass it on; it may leave one's sight by that."""
    await call.write(lambda tx: pass_on(call, tx, interaction_id, body))


@routes.post("/interactions/{interaction_id}/await", REPLY)
async def await_customer(call: Call, interaction_id: int) -> InteractionItem:
    """The customer's move: it holds no slot until they write."""
    return await _act(call, interaction_id, lambda tx: conclude.await_customer(tx, call.actor, interaction_id))


@routes.post("/interactions/{interaction_id}/snooze", REPLY)
async def snooze_interaction(call: Call, interaction_id: int, body: Snooze) -> InteractionItem:
    """Out of sight until a moment in the future, or until the customer writes."""
    return await _act(call, interaction_id, lambda tx: _snooze(call, tx, interaction_id, body))


@routes.post("/interactions/{interaction_id}/resume", REPLY)
async def resume_interaction(call: Call, interaction_id: int) -> InteractionItem:
    """Take up again what waited for the customer, slept, was on hold, or rings outside where it was to be passed on."""
    return await _act(call, interaction_id, lambda tx: _resume(call, tx, interaction_id))


@routes.post("/interactions/{interaction_id}/take", REPLY)
async def take_interaction(call: Call, interaction_id: int) -> InteractionItem:
    """Take it by hand."""
    return await _act(call, interaction_id, lambda tx: transfer.take(tx, call.actor, interaction_id))


@routes.post("/interactions/{interaction_id}/read", REPLY)
async def read_interaction(call: Call, interaction_id: int) -> None:
    """I have seen everything so far."""
    await call.write(lambda tx: converse.read(tx, call.actor, interaction_id))


async def _act(call: Call, interaction_id: int, action: Callable[[Tx], object]) -> InteractionItem:
    await call.write(action)
    return await call.read(lambda conn: listing.get_interaction(conn, call.actor, interaction_id))


def said(body: NewMessage) -> Reply:
    """The message as the pipeline takes it, its HTML cleaned."""
    return Reply(
        text=body.text,
        html=clean_html(body.html) if body.html else "",
        kind=body.kind,
        fields=as_json(body.fields),
        attachments=body.attachments,
        to=Address(body.to.scheme, body.to.value, body.to.name) if body.to else None,
        then=body.then or "",
        disposition=body.disposition,
        undo_seconds=body.undo_seconds,
        expected_position=body.expected_position,
        idempotency_key=body.idempotency_key,
    )


def capabilities_of(call: Call, channel: str, account_id: int) -> Capabilities:
    """What the account can carry. Raises Conflict when its plugin is not at work."""
    found = call.node.services.registry.channels.get(channel)
    if found is None:
        raise Conflict("The plugin of this channel is not at work; nothing can be sent.")
    account = call.node.services.directory.account(account_id)
    return found.capabilities_of(account) if account else found.capabilities


def _resume(call: Call, tx: Tx, interaction_id: int) -> object:
    row = interactions.locked_for(tx, call.actor, interaction_id)
    take_up = calls.resume if row["call"] else conclude.resume
    return take_up(tx, call.actor, interaction_id)


def _reply(call: Call, tx: Tx, interaction_id: int, body: NewMessage) -> int:
    row = interactions.locked_for(tx, call.actor, interaction_id)
    can = capabilities_of(call, row["channel"], row["account_id"])
    return converse.reply(tx, call.actor, interaction_id, said(body), can)


def _note(call: Call, tx: Tx, interaction_id: int, body: NewMessage) -> int:
    return converse.note(tx, call.actor, interaction_id, body.text, body.attachments, body.idempotency_key)


def _snooze(call: Call, tx: Tx, interaction_id: int, body: Snooze) -> None:
    if body.until <= tx.now:
        raise Conflict("This moment has passed.")
    conclude.snooze(tx, call.actor, interaction_id, body.until.astimezone(UTC))
