"""The device of an agent who is offered a call was answered: only now it is theirs."""

from hub.model.states import InteractionState, OfferState, WorkState
from hub.pipeline import offer, route
from hub.pipeline.colleagues import place
from hub.store import interactions, work
from hub.store.rows import Row
from hub.store.unit import Tx


def bridged(tx: Tx, offer_id: int) -> bool:
    """The device of the agent who is offered a call was answered: it is theirs, and the others are told. False when it
    is not, or no longer, theirs to have."""
    made = work.get_offer(tx.conn, offer_id)
    row = work.get(tx.conn, made["work_id"]) if made else None
    if made is None or row is None or made["ended_at"] is not None or row["interaction_id"] is None:
        return False
    interaction = interactions.locked(tx, row["interaction_id"])
    if row["state"] == WorkState.ASSIGNED and row["user_id"] == made["user_id"]:
        return _summoned(tx, made, interaction)
    first = offer.accepted(tx, row)
    if row["state"] != WorkState.OFFERED or (first is not None and first["id"] != offer_id):
        work.end_offer(tx, made, OfferState.RESCINDED, by=first["user_id"] if first else row["user_id"])
        return False
    if first is None and work.set_offer(tx, made, OfferState.ACCEPTED, "offer.accepted"):
        made = {**made, "state": OfferState.ACCEPTED}
    offer.win(tx, made, row, interaction, OfferState.BRIDGED)
    place.taken(tx, interaction)
    return True


def _summoned(tx: Tx, made: Row, interaction: Row) -> bool:
    """It was theirs already, but for the device. Of a call they place, the customer is still to answer."""
    work.end_offer(tx, made, OfferState.BRIDGED)
    if interaction["state"] != InteractionState.INITIATED:
        route.connect(tx, interaction, made["user_id"], "offer", work_stands=True)
        place.taken(tx, interaction)
    return True
