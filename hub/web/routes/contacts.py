"""Beginning a conversation, changing what is known of one, drafts, and who else is looking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Connection

from hub.api import Address
from hub.model.errors import NotFound
from hub.model.named import Named
from hub.model.permissions import Permission
from hub.pipeline import recognise, start
from hub.pipeline.converse import Reply
from hub.store import access, drafts, interactions, listing, tickets
from hub.store.interaction_item import InteractionItem
from hub.store.paging import Page
from hub.store.unit import Tx
from hub.web.call import Call
from hub.web.fields import Attributes, Body, Id, Line, Long, Short, Small, as_json
from hub.web.routes.conversation import AddressField, Kind, Typing, capabilities_of
from hub.web.routing import Routes
from hub.web.sanitise import clean_html

routes = Routes("conversation")
READ = Permission.INTERACTIONS_READ
REPLY = Permission.INTERACTIONS_REPLY


class NewContact(Body):
    """Writing first: from which account, to whom, what."""

    account: Id
    to: AddressField
    subject: Line = ""
    text: Long
    html: Long = ""
    fields: Attributes = Field(default_factory=dict)
    attachments: Annotated[list[Id], Field(max_length=50)] = Field(default_factory=list)
    customer: Id | None = None
    ticket: Id | None = None


class InteractionChange(Body):
    """Only what is named changes; a null ticket or customer takes it away."""

    subject: Line | None = None
    priority: Small | None = None
    ticket: Id | None = None
    customer: Id | None = None


class Draft(Body):
    """A message not yet sent, and what stands in forms that are open beside it (a ticket, a customer). Who is asked for
    help, or takes it over, has all of it before their eyes but the files."""

    kind: Kind = "TEXT"
    text: Long = ""
    html: Long = ""
    fields: Attributes = Field(default_factory=dict)
    attachments: Annotated[list[Id], Field(max_length=50)] = Field(default_factory=list)
    forms: Annotated[dict[Short, Long], Field(max_length=10)] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DraftItem:
    """A message not yet sent, and forms that are open; all empty when there is none."""

    kind: str
    text: str
    html: str
    fields: dict[str, Any]
    attachments: list[int]
    forms: dict[str, str]


@routes.post("/interactions", REPLY, status=201)
async def start_interaction(call: Call, body: NewContact) -> InteractionItem:
    """Write to somebody first; the conversation is mine."""
    made = await call.write(lambda tx: _start(call, tx, body))
    return await call.read(lambda conn: listing.get_interaction(conn, call.actor, made))


@routes.patch("/interactions/{interaction_id}", REPLY)
async def change_interaction(call: Call, interaction_id: int, body: InteractionChange) -> InteractionItem:
    """Change subject, priority, ticket or customer; whose it is stands in the audit log; a ticket of nobody follows."""
    await call.write(lambda tx: _change(call, tx, interaction_id, body))
    return await call.read(lambda conn: listing.get_interaction(conn, call.actor, interaction_id))


@routes.get("/interactions/{interaction_id}/draft", REPLY)
async def get_draft(call: Call, interaction_id: int) -> DraftItem:
    """What I had begun to write here."""
    content = await call.read(lambda conn: _draft(call, conn, interaction_id))
    nothing: dict[str, Any] = {"kind": "TEXT", "text": "", "html": "", "fields": {}, "attachments": [], "forms": {}}
    return DraftItem(**{**nothing, **content})


@routes.put("/interactions/{interaction_id}/draft", REPLY)
async def put_draft(call: Call, interaction_id: int, body: Draft) -> None:
    """Keep what I have written so far."""
    await call.write(lambda tx: _put_draft(call, tx, interaction_id, body))


@routes.delete("/interactions/{interaction_id}/draft", REPLY)
async def delete_draft(call: Call, interaction_id: int) -> None:
    """Forget what I had begun to write."""
    await call.write(lambda tx: _delete_draft(call, tx, interaction_id))


@routes.get("/interactions/{interaction_id}/viewers", READ)
async def list_viewers(call: Call, interaction_id: int) -> Page[Named]:
    """Who looks at this conversation now."""
    await call.read(lambda conn: access.require_interaction(conn, call.actor, interaction_id))
    return Page(call.node.viewers.of(interaction_id))


@routes.post("/interactions/{interaction_id}/typing", REPLY)
async def set_typing(call: Call, interaction_id: int, body: Typing) -> None:
    """I am typing, or no longer: colleagues see it at once, and the customer where the channel carries it."""
    await call.read(lambda conn: access.require_interaction(conn, call.actor, interaction_id))
    await call.node.signals.typing(call.actor, interaction_id, body.typing)


def _start(call: Call, tx: Tx, body: NewContact) -> int:
    row = access.require_account(tx.conn, call.actor, body.account)
    account = call.node.services.directory.account(body.account)
    if account is None:
        raise NotFound("This account is not in use.")
    text = Reply(
        text=body.text,
        html=clean_html(body.html) if body.html else "",
        fields=as_json({**body.fields, "subject": body.subject} if body.subject else body.fields),
        attachments=body.attachments,
    )
    to = Address(body.to.scheme, body.to.value, body.to.name)
    can = capabilities_of(call, account.channel, account.id)
    made = start.contact(tx, call.actor, account, row, can, to, text)
    relate(call, tx, made, {"ticket": body.ticket, "customer": body.customer})
    return made


def _change(call: Call, tx: Tx, interaction_id: int, body: InteractionChange) -> None:
    row = interactions.locked_for(tx, call.actor, interaction_id)
    values = body.model_dump(exclude_none=True, include={"subject", "priority"})
    if "ticket" in body.model_fields_set and body.ticket is None:
        values["ticket_id"] = None
    if values:
        interactions.change(tx, row, **values)
    if "customer" in body.model_fields_set and body.customer is None:
        recognise.customer(tx, call.actor, interaction_id, None, call.client)
    relate(call, tx, interaction_id, {"ticket": body.ticket, "customer": body.customer})


def relate(call: Call, tx: Tx, interaction_id: int, to: dict[str, int | None]) -> None:
    """Say whose it is and what it is about, as far as that is known."""
    if to["customer"] is not None:
        recognise.customer(tx, call.actor, interaction_id, to["customer"], call.client)
    if to["ticket"] is not None:
        tickets.link_interaction(tx, call.actor, to["ticket"], interaction_id)


def _draft(call: Call, conn: Connection, interaction_id: int) -> dict[str, Any]:
    access.require_interaction(conn, call.actor, interaction_id)
    return drafts.get_draft(conn, call.actor.user_id, interaction_id) or {}


def _put_draft(call: Call, tx: Tx, interaction_id: int, body: Draft) -> None:
    access.require_interaction(tx.conn, call.actor, interaction_id)
    drafts.put_draft(tx, call.actor.user_id, interaction_id, body.model_dump(mode="json"))


def _delete_draft(call: Call, tx: Tx, interaction_id: int) -> None:
    access.require_interaction(tx.conn, call.actor, interaction_id)
    drafts.delete_draft(tx, call.actor.user_id, interaction_id)
