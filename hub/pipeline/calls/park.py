"""Parking a call: the customer, unless somebody else is in it with them, hears music and holds nobody's slot, until
anybody who may see it picks it up; after its time it goes back to who parked it, else to the queue, at its first place.
"""

from datetime import timedelta

from hub.model.actor import Actor
from hub.model.errors import Conflict
from hub.model.states import InteractionState
from hub.pipeline import offer, route
from hub.pipeline.calls import audio
from hub.pipeline.colleagues import place
from hub.store import interactions, timers
from hub.store.rows import Row
from hub.store.unit import Tx

TIMER = "park"
MAY_PARK = frozenset({InteractionState.CONNECTED, InteractionState.ON_HOLD, InteractionState.CONFERENCED})


def park(tx: Tx, actor: Actor, interaction_id: int, lasts: timedelta) -> Row:
    """Raises Conflict unless the customer is the actor's."""
    interaction = interactions.locked_for(tx, actor, interaction_id)
    audio.own_leg(tx, actor, interaction_id)
    if interaction["agent_id"] != actor.user_id or interaction["state"] not in MAY_PARK:
        raise Conflict("You do not talk with the customer now.", {"state": interaction["state"]})
    place.vacate(tx, interaction)
    interaction = interactions.move(tx, interaction, InteractionState.PARKED)
    payload = {"interaction": interaction_id}
    timers.schedule(tx, timers.CORE, TIMER, tx.now + lasts, payload, key=str(interaction_id))
    return interaction


def unpark(tx: Tx, actor: Actor, interaction_id: int) -> Row:
    """It is the actor's when their device, which rings now, is answered. Raises Conflict when it is not parked."""
    interaction = interactions.locked_for(tx, actor, interaction_id)
    if interaction["state"] != InteractionState.PARKED:
        raise Conflict("It is not parked any more.", {"state": interaction["state"]})
    timers.cancel(tx, timers.CORE, TIMER, str(interaction_id))
    if (filled := place.fill(tx, interaction, actor.user_id)) is not None:
        return filled
    interaction = route.connect(tx, interaction, actor.user_id, "unparked")
    offer.give_way(tx, actor.user_id)
    return interaction


def over(tx: Tx, interaction_id: int) -> None:
    """Nobody has picked it up."""
    interaction = interactions.locked(tx, interaction_id)
    if interaction["state"] == InteractionState.PARKED:
        route.need_agent(tx, interaction)
