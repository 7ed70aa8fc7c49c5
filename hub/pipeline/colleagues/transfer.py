"""Passing an interaction on: to a queue, or to a colleague."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from hub.model.actor import Actor
from hub.model.errors import Conflict, Invalid, NotFound
from hub.model.states import FINAL, InteractionState
from hub.pipeline import converse, offer, route
from hub.pipeline.colleagues import carried, into_box, place
from hub.pipeline.promises import own_box
from hub.store import interactions, presences, work
from hub.store.rows import Row
from hub.store.unit import Tx

RINGS = timedelta(minutes=10)  # far longer than any offer: then it is anybody's


def to_queue(tx: Tx, actor: Actor, interaction_id: int, queue_id: int, note: str = "") -> Row:
    """Back into a queue, at its first enqueue time; the note stays in the conversation."""
    if work.queue(tx.conn, queue_id) is None:
        raise Invalid("unknown queue", {"queue": "There is no such queue."})
    given = _leave(tx, actor, interaction_id, note)
    return carried.along(tx, given, route.put_into_queue(tx, given, queue_id))


def to_skill(
    tx: Tx, actor: Actor, interaction_id: int, skills: Mapping[str, int], queue_id: int | None = None, note: str = ""
) -> Row:
    """To whoever has these levels, in this queue or the one it came from, at its first enqueue time."""
    interaction = interactions.locked_for(tx, actor, interaction_id)
    queue = work.queue(tx.conn, queue_id or interaction["queue_id"])
    if queue is None:
        raise Conflict("It came from no queue; name one.")
    given = _leave(tx, actor, interaction_id, note)
    wanted = {**queue["skills"], **skills}
    return carried.along(tx, given, route.put_into_queue(tx, given, queue["id"], skills=wanted))


def to_department(tx: Tx, actor: Actor, interaction_id: int, department_id: int, note: str = "") -> Row:
    """Into the first queue of a department, at its first enqueue time."""
    queue = work.queue_of_department(tx.conn, department_id)
    if queue is None:
        raise Conflict("This department has no queue.", {"department": department_id})
    return to_queue(tx, actor, interaction_id, queue["id"], note)


def ring(tx: Tx, actor: Actor, interaction_id: int, user_id: int, note: str = "", *, voicemail: bool = False) -> Row:
    """Offer it to a colleague: theirs if they accept, the actor's again if they do not; with `voicemail` their own box
    takes the caller instead, at once while they cannot take it. Raises Conflict while they cannot take it."""
    interaction = interactions.locked_for(tx, actor, interaction_id)
    if (filled := place.fill(tx, interaction, user_id)) is not None:  # they are in the call already
        return filled
    if voicemail:
        return _or_box(tx, actor, interaction, user_id, note)
    if not route.takes(tx, interaction, user_id):
        raise Conflict("They cannot take it now.", {"user": user_id})
    wanted = {"agent": user_id, "agent_until": (tx.now + RINGS).isoformat(), "returns_to": actor.user_id}
    return _wait_for(tx, actor, interaction, note, wanted)


def _or_box(tx: Tx, actor: Actor, interaction: Row, user_id: int, note: str) -> Row:
    """Offered to a colleague, or for their box."""
    box, takes = into_box.require(tx, interaction, user_id), route.takes(tx, interaction, user_id)
    wanted = {**own_box.waits(tx, interaction, user_id, box.ring_seconds), "returns_to": actor.user_id}
    waiting = _wait_for(tx, actor, interaction, note, wanted)
    if not takes and not into_box.instead(tx, waiting, user_id):
        raise Conflict("They cannot take it now.", {"user": user_id})
    return interactions.locked(tx, interaction["id"])


def _wait_for(tx: Tx, actor: Actor, interaction: Row, note: str, wanted: Mapping[str, Any]) -> Row:
    given = _leave(tx, actor, interaction["id"], note)
    queue_id = interaction["queue_id"] or work.first_queue(tx.conn)["id"]
    return carried.along(tx, given, route.put_into_queue(tx, given, queue_id, **wanted))


def to_user(tx: Tx, actor: Actor, interaction_id: int, user_id: int, note: str = "") -> Row:
    """To a colleague, by hand: it is theirs at once, whatever else they have."""
    if presences.name_of(tx.conn, user_id) is None:
        raise Invalid("unknown user", {"user": "There is no such user."})
    interaction = interactions.locked_for(tx, actor, interaction_id)
    if (filled := place.fill(tx, interaction, user_id)) is not None:
        return filled
    given = _leave(tx, actor, interaction_id, note)
    work.lock_agent(tx, user_id)
    interaction = route.connect(tx, given, user_id, "transfer")
    offer.give_way(tx, user_id)
    return carried.along(tx, given, interaction)


def take(tx: Tx, actor: Actor, interaction_id: int) -> Row:
    """Take it by hand, from a queue or from whoever has it. Slots of one's own are not asked: a person decides."""
    interaction = interactions.locked_for(tx, actor, interaction_id)
    if interaction["agent_id"] == actor.user_id and interaction["state"] == InteractionState.CONNECTED:
        return interaction
    if interaction["state"] in FINAL:
        raise Conflict("This conversation has ended.", {"state": interaction["state"]})
    if interaction["agent_id"] not in (None, actor.user_id) and not actor.may("interactions.supervise"):
        raise NotFound(f"interaction {interaction_id}")
    if (filled := place.fill(tx, interaction, actor.user_id)) is not None:
        return filled
    place.vacate(tx, interaction)
    interaction = route.connect(tx, interaction, actor.user_id, "taken")
    offer.give_way(tx, actor.user_id)
    return interaction


def _leave(tx: Tx, actor: Actor, interaction_id: int, note: str) -> Row:
    interaction = interactions.locked_for(tx, actor, interaction_id)
    if interaction["state"] in FINAL:
        raise Conflict("This conversation has ended.", {"state": interaction["state"]})
    if note:
        converse.note(tx, actor, interaction_id, note)
        interaction = interactions.locked(tx, interaction_id)
    place.vacate(tx, interaction)
    return interaction
