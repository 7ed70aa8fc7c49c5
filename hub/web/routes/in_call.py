"""In a call: who else is in it, what is heard of it and recorded, and parking it."""

from __future__ import annotations

from datetime import timedelta

from hub.api import Contact
from hub.model.permissions import Permission
from hub.pipeline.calls import audio, park, party
from hub.store import listing
from hub.store.interaction_item import InteractionItem
from hub.store.listing import Wanted
from hub.store.paging import Page
from hub.store.unit import Tx
from hub.web.call import Call
from hub.web.fields import Body, Paging, Short
from hub.web.routes.calls import Outside, act, address, in_call, may_contact
from hub.web.routing import Routes

routes = Routes("in a call")
REPLY = Permission.INTERACTIONS_REPLY
TRANSFER = Permission.INTERACTIONS_TRANSFER


class Switch(Body):
    """On, or off again."""

    on: bool


class Whose(Body):
    """A leg, as `parties` of an interaction names them."""

    leg: Short


@routes.get("/calls", Permission.INTERACTIONS_SUPERVISE)
async def list_calls(call: Call, query: Paging) -> Page[InteractionItem]:
    """Calls that go on now, with who is in each, the latest change first."""
    wanted = Wanted(calls=True)
    return await call.read(lambda conn: listing.list_interactions(conn, call.actor, wanted, query.cursor, query.limit))


@routes.post("/interactions/{interaction_id}/mute", REPLY)
async def mute_me(call: Call, interaction_id: int, body: Switch) -> InteractionItem:
    """Nobody in the call hears me, or everybody again, whatever my device."""
    return await act(call, interaction_id, lambda tx: audio.mute(tx, call.actor, interaction_id, body.on))


@routes.post("/interactions/{interaction_id}/record", REPLY)
async def record_call(call: Call, interaction_id: int, body: Switch) -> InteractionItem:
    """Record from now on, or silence until it is on again; the item says what is when it is. Who is not in the call
    needs `calls.monitor`, and it stands in the audit log."""
    return await act(call, interaction_id, lambda tx: _record(call, tx, interaction_id, body.on))


@routes.post("/interactions/{interaction_id}/park", REPLY)
async def park_call(call: Call, interaction_id: int) -> InteractionItem:
    """The customer hears music and holds no slot, until somebody picks it up or its time is over."""
    lasts = timedelta(seconds=call.node.services.settings.park_seconds)
    return await act(call, interaction_id, lambda tx: park.park(tx, call.actor, interaction_id, lasts))


@routes.post("/interactions/{interaction_id}/unpark", REPLY)
async def unpark_call(call: Call, interaction_id: int) -> InteractionItem:
    """Pick up what is parked, whoever parked it: my device rings."""
    return await act(call, interaction_id, lambda tx: park.unpark(tx, call.actor, interaction_id))


@routes.post("/interactions/{interaction_id}/invite", TRANSFER)
async def invite_outside(call: Call, interaction_id: int, body: Outside) -> InteractionItem:
    """Call an outside number into the call. A contact that must not be made is 409 and says why."""
    row = await call.read(lambda conn: in_call(conn, call.actor, interaction_id))
    to = address(body.to)
    await may_contact(call, Contact(row["account_id"], row["channel"], to, "call", interaction_id=row["id"]))
    return await act(call, interaction_id, lambda tx: party.invite(tx, call.actor, interaction_id, to))


@routes.post("/interactions/{interaction_id}/dismiss", TRANSFER)
async def dismiss_party(call: Call, interaction_id: int, body: Whose) -> InteractionItem:
    """Without an outside number, or a colleague who was brought in, from now on."""
    return await act(call, interaction_id, lambda tx: party.dismiss(tx, call.actor, interaction_id, body.leg))


def _record(call: Call, tx: Tx, interaction_id: int, on: bool) -> None:
    row = audio.record(tx, call.actor, interaction_id, on)
    if row["agent_id"] != call.actor.user_id:
        call.record(tx, "call.recorded", "interaction", interaction_id, on=on)
