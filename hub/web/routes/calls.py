"""Calls: the agent's side of them, and making one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field
from sqlalchemy import Connection

from hub.api import Address, Contact, SendError
from hub.model.actor import Actor
from hub.model.errors import Conflict, NotFound
from hub.model.permissions import Permission
from hub.pipeline import thread
from hub.pipeline.calls import calls
from hub.pipeline.calls.calls import Wanted
from hub.pipeline.calls.switchboard import KEYS
from hub.store import access, interactions, legs, listing
from hub.store.interaction_item import InteractionItem
from hub.store.paging import Page
from hub.store.rows import Row
from hub.store.unit import Tx
from hub.web.call import Call
from hub.web.fields import Body, Id, Short
from hub.web.routes.contacts import relate
from hub.web.routes.conversation import AddressField
from hub.web.routing import Routes

routes = Routes("calls")
REPLY = Permission.INTERACTIONS_REPLY


class NewCall(Body):
    """Whom to call from which account; `caller` is the number to show, one of the account's, or "" for its usual."""

    account: Id
    to: AddressField
    caller: Short = ""
    customer: Id | None = None
    ticket: Id | None = None


class Keys(Body):
    """What is pressed: 0 to 9, *, #, A to D, and F for a hook flash."""

    keys: Annotated[str, Field(pattern=r"^[0-9*#A-DF]{1,64}$")]


class Outside(Body):
    """An address outside the hub."""

    to: AddressField


@dataclass(frozen=True, slots=True)
class DeviceItem:
    """Something of mine that rings; `channel` is the one it belongs to."""

    channel: str
    name: str
    reachable: bool
    detail: str


@routes.post("/calls", REPLY, status=201)
async def place_call(call: Call, body: NewCall) -> InteractionItem:
    """Call somebody: my own device rings first. A contact that must not be made is 409 and says why."""
    row = await call.read(lambda conn: access.require_account(conn, call.actor, body.account))
    to = address(body.to)
    await may_contact(call, Contact(row["id"], row["channel"], to, "call", body.customer))
    made = await call.write(lambda tx: _place(call, tx, body, row, to))
    return await call.read(lambda conn: listing.get_interaction(conn, call.actor, made))


@routes.post("/interactions/{interaction_id}/hold", REPLY)
async def hold_call(call: Call, interaction_id: int) -> InteractionItem:
    """The customer hears music until I resume."""
    return await act(call, interaction_id, lambda tx: calls.hold(tx, call.actor, interaction_id))


@routes.post("/interactions/{interaction_id}/hang-up", REPLY)
async def hang_up_call(call: Call, interaction_id: int) -> InteractionItem:
    """The call is over. Who was brought in only leaves it; whose device still rings does not take it."""
    shown = await call.read(lambda conn: listing.get_interaction(conn, call.actor, interaction_id))
    await call.write(lambda tx: calls.hang_up(tx, call.actor, interaction_id))
    found = await call.read(lambda conn: listing.items_of(conn, call.actor, [interaction_id]))
    return found[0] if found else shown  # who left it may see it no longer


@routes.post("/interactions/{interaction_id}/keys", REPLY)
async def press_keys(call: Call, interaction_id: int, body: Keys) -> None:
    """Send keys to the other side. They are stored nowhere."""
    await call.read(lambda conn: in_call(conn, call.actor, interaction_id))
    await call.node.services.topics.publish(KEYS, {"interaction": interaction_id, "keys": body.keys})


@routes.post("/interactions/{interaction_id}/pass-out", Permission.INTERACTIONS_TRANSFER)
async def pass_call_out(call: Call, interaction_id: int, body: Outside) -> InteractionItem:
    """Pass the customer on to an outside number: TRANSFERRING until they were taken there, or are mine again."""
    row = await call.read(lambda conn: in_call(conn, call.actor, interaction_id))
    to = address(body.to)
    await may_contact(call, Contact(row["account_id"], row["channel"], to, "transfer", interaction_id=row["id"]))
    return await act(call, interaction_id, lambda tx: calls.pass_out(tx, call.actor, interaction_id, to))


@routes.get("/me/devices", REPLY)
async def my_devices(call: Call) -> Page[DeviceItem]:
    """What of mine rings when I am called."""
    found: list[DeviceItem] = []
    for name, channel in call.node.services.registry.channels.items():
        if channel.calls is None:
            continue
        try:
            devices = await channel.calls.devices(call.actor.user_id)
        except SendError:  # a channel that cannot tell has nothing that rings
            continue
        found += [DeviceItem(name, each.name, each.reachable, each.detail) for each in devices]
    return Page(found)


async def act(call: Call, interaction_id: int, action: Callable[[Tx], object]) -> InteractionItem:
    """Do it; the interaction as it is then."""
    await call.write(action)
    return await call.read(lambda conn: listing.get_interaction(conn, call.actor, interaction_id))


async def may_contact(call: Call, contact: Contact) -> None:
    """Every contact passes the veto hook. Raises Conflict with the refusal's words."""
    refusal = await call.node.services.registry.hooks.veto(contact)
    if refusal is not None:
        raise Conflict(refusal.reason, {"code": refusal.code})


def _place(call: Call, tx: Tx, body: NewCall, row: Row, to: Address) -> int:
    directory = call.node.services.directory
    account = directory.account(body.account)
    if account is None:
        raise NotFound("This account is not in use.")
    can = directory.channel_of(account).capabilities
    scope = thread.scope_of(row, can.dedup_scope)
    made = calls.place(tx, call.actor, account, row, can, scope, Wanted(to, body.caller))
    relate(call, tx, made, {"ticket": body.ticket, "customer": body.customer})
    return made


def in_call(conn: Connection, actor: Actor, interaction_id: int) -> Row:
    """The call's row; raises NotFound unless the actor sees it, Conflict unless they talk in it."""
    access.require_interaction(conn, actor, interaction_id)
    row = interactions.get(conn, interaction_id)
    if row is None or not row["call"]:
        raise Conflict("This is no call.")
    if not legs.up_for(conn, interaction_id, actor.user_id):
        raise Conflict("You are not in this call.")
    return row


def address(given: AddressField) -> Address:
    """As the rest of the house has it."""
    return Address(given.scheme, given.value, given.name)
