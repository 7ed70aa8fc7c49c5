"""Offers: reserving an agent, and what they answer. Whoever compares and swaps first wins; everybody else is told."""

from collections.abc import Mapping
from typing import Any

from hub.model.actor import Actor
from hub.model.capacity import Capacity, has_room
from hub.model.errors import NotFound, OfferGone
from hub.model.states import OFFER_OPEN, InteractionState, OfferState, WorkState
from hub.pipeline import route
from hub.store import interactions, presences, work
from hub.store.rows import Row
from hub.store.unit import Tx


def make(tx: Tx, work_id: int, user_id: int, seconds: float, explanation: Mapping[str, Any]) -> int | None:
    """Commit the engine's decision. None when the world has moved on: the work is gone or the agent cannot take it."""
    agent = work.lock_agent(tx, user_id)
    row = work.get(tx.conn, work_id)
    if row is None or row["state"] != WorkState.WAITING or agent is None or not work.routable(agent):
        return None
    if not has_room(work.load_of(tx.conn, user_id), row["medium"], Capacity.of(agent["capacity"])):
        return None
    if not work.move(tx, row, WorkState.OFFERED, "work.offered", user_id=user_id):
        return None
    if row["interaction_id"] is not None:
        interaction = interactions.locked(tx, row["interaction_id"])
        if interaction["state"] == InteractionState.QUEUED:
            interactions.move(tx, interaction, InteractionState.OFFERED)
    return work.offer(tx, {**row, "user_id": user_id}, user_id, seconds, dict(explanation))


def accept(tx: Tx, actor: Actor, offer_id: int) -> int | None:
    """Take the offered work; returns its interaction. Raises OfferGone (saying who has it) or NotFound."""
    offer = _own(tx, actor, offer_id)
    row = work.get(tx.conn, offer["work_id"])
    if row is None or offer["state"] not in OFFER_OPEN or row["state"] != WorkState.OFFERED:
        raise _gone(tx, offer, row)
    if not work.end_offer(tx, offer, OfferState.ACCEPTED):
        raise _gone(tx, offer, row)
    if not work.move(tx, row, WorkState.ASSIGNED, "work.accepted", user_id=actor.user_id):
        raise _gone(tx, offer, row)
    for other in work.open_offers(tx.conn, work_id=row["id"]):
        work.end_offer(tx, other, OfferState.RESCINDED, by=actor.user_id)
    if row["interaction_id"] is None:
        return None
    interaction = route.connect(tx, interactions.locked(tx, row["interaction_id"]), actor.user_id, "offer")
    interaction_id: int = interaction["id"]
    return interaction_id


def reject(tx: Tx, actor: Actor, offer_id: int, reason: str = "") -> None:
    """Decline it: the work goes back to the front of its queue, with its first enqueue time."""
    offer = _own(tx, actor, offer_id)
    if not _end(tx, offer, OfferState.REJECTED, reason=reason):
        raise _gone(tx, offer, work.get(tx.conn, offer["work_id"]))


def expire(tx: Tx, offer_id: int) -> bool:
    """The countdown ran out: the work is back at the front of its queue. False when the offer had ended already."""
    offer = work.get_offer(tx.conn, offer_id)
    return offer is not None and _end(tx, offer, OfferState.TIMED_OUT)


def rescind(tx: Tx, offer_id: int) -> bool:
    """Take an offer back: its agent is no longer there."""
    offer = work.get_offer(tx.conn, offer_id)
    return offer is not None and _end(tx, offer, OfferState.RESCINDED)


def _end(tx: Tx, offer: Row, state: OfferState, **data: Any) -> bool:
    if offer["state"] not in OFFER_OPEN or not work.end_offer(tx, offer, state, **data):
        return False
    row = work.get(tx.conn, offer["work_id"])
    if row is not None and row["state"] == WorkState.OFFERED and not work.open_offers(tx.conn, work_id=row["id"]):
        work.move(tx, row, WorkState.WAITING, "work.requeued", user_id=None)
        _back_to_queue(tx, row)
    return True


def _back_to_queue(tx: Tx, row: Row) -> None:
    if row["interaction_id"] is None:
        return
    interaction = interactions.locked(tx, row["interaction_id"])
    if interaction["state"] == InteractionState.OFFERED:
        interactions.move(tx, interaction, InteractionState.QUEUED)


def _own(tx: Tx, actor: Actor, offer_id: int) -> Row:
    offer = work.get_offer(tx.conn, offer_id)
    if offer is None or offer["user_id"] != actor.user_id:
        raise NotFound(f"offer {offer_id}")
    return offer


def _gone(tx: Tx, offer: Row, row: Row | None) -> OfferGone:
    holder = row["user_id"] if row and row["state"] == WorkState.ASSIGNED else None
    by = {"id": holder, "name": presences.name_of(tx.conn, holder)} if holder else None
    return OfferGone(f"offer {offer['id']}", {"by": by, "interaction": offer["interaction_id"]})
