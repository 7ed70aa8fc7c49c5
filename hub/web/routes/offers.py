"""Offers: one agent, one piece of work, a countdown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from hub.model.errors import Conflict, OfferGone
from hub.model.permissions import Permission
from hub.pipeline import offer
from hub.pipeline.promises import callback
from hub.store import held_work, interactions, offers_list
from hub.store.offers_list import OfferItem
from hub.store.paging import Page
from hub.store.rows import Row
from hub.web.call import Call
from hub.web.fields import Body, Short
from hub.web.routing import Routes

routes = Routes("offers")
TAKE = Permission.INTERACTIONS_REPLY


@dataclass(frozen=True, slots=True)
class Accepted:
    """The interaction that is now the agent's; null when the work was none."""

    interaction: int | None


@dataclass(frozen=True, slots=True)
class WorkItem:
    """Work of mine about an interaction, or about none."""

    id: int
    kind: str
    interaction: int | None


class Rejection(Body):
    """Why not, for the record."""

    reason: Short = ""


@routes.get("/offers", TAKE)
async def list_offers(call: Call) -> Page[OfferItem]:
    """What is offered to me now."""
    now = datetime.now(UTC)
    return Page(await call.read(lambda conn: offers_list.open_offers(conn, call.actor, now)))


@routes.post("/offers/{offer_id}/accept", TAKE, raises=(OfferGone,))
async def accept_offer(call: Call, offer_id: int) -> Accepted:
    """Take it. When it has ended, `data.by` of the error says who has the work."""
    return Accepted(await call.write(lambda tx: offer.accept(tx, call.actor, offer_id)))


@routes.post("/offers/{offer_id}/reject", TAKE, raises=(OfferGone,))
async def reject_offer(call: Call, offer_id: int, body: Rejection) -> None:
    """Decline it: the work goes back to the front of its queue."""
    await call.write(lambda tx: offer.reject(tx, call.actor, offer_id, body.reason))


@routes.get("/work-items", TAKE)
async def list_work(call: Call) -> Page[WorkItem]:
    """What I hold that is no conversation of mine: call-backs, missed calls, consultations I was asked into."""
    return Page(await call.read(lambda conn: [_work(row) for row in held_work.held(conn, call.actor.user_id)]))


@routes.post("/work-items/{work_id}/done", TAKE, raises=(Conflict,))
async def work_done(call: Call, work_id: int) -> None:
    """What I hold that is no conversation, a call-back for instance, is done: the slot is free."""
    await call.write(lambda tx: callback.done(tx, call.actor.user_id, work_id))


@routes.post("/interactions/{interaction_id}/callback", Permission.INTERACTIONS_TRANSFER, raises=(Conflict,))
async def promise_callback(call: Call, interaction_id: int) -> None:
    """Who waits need not: when they go now, their place stays, as work to contact them."""
    await call.write(lambda tx: callback.ask(tx, interactions.locked_for(tx, call.actor, interaction_id)))


def _work(row: Row) -> WorkItem:
    return WorkItem(row["id"], row["kind"], row["interaction_id"])
