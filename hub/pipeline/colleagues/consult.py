"""Bringing in a colleague while one keeps the interaction: they see it, its ticket and its notes before they accept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hub.model.actor import Actor
from hub.model.errors import Conflict, NotFound
from hub.model.states import InteractionState
from hub.pipeline import converse, presence, route
from hub.pipeline.colleagues import carried, consulted, into_box, place
from hub.pipeline.promises import own_box
from hub.store import interactions, presences, work
from hub.store.interactions import subjects
from hub.store.rows import Row
from hub.store.unit import Tx

LASTS = timedelta(minutes=10)  # far longer than any offer
MAY_ASK = frozenset({InteractionState.CONNECTED, InteractionState.ON_HOLD, InteractionState.CONFERENCED})


@dataclass(frozen=True, slots=True)
class Whom:
    """Who is asked: this user, or whoever of this queue (the interaction's own if None) has these levels. `voicemail`:
    a user who does not come has the caller in their own box. `aside`: for a word in private, where it would be a
    conference they come into."""

    user: int | None = None
    queue: int | None = None
    skills: Mapping[str, int] = field(default_factory=dict)
    voicemail: bool = False
    aside: bool = False


def ask(tx: Tx, actor: Actor, interaction_id: int, whom: Whom, note: str = "") -> int:
    """Have a colleague brought in; returns the work, which is offered as any other. The interaction is CONSULTING and
    stays the actor's; into a conference they come at once, unless wanted aside. Raises Conflict when it is not in their
    hands, or who is asked cannot take it now."""
    interaction = _own(tx, actor, interaction_id)
    if interaction["state"] not in MAY_ASK:
        raise Conflict("There is a consultation already, or nobody to consult about.", {"state": interaction["state"]})
    if whom.user is not None and not _takes(tx, actor, interaction, whom.user):
        raise Conflict("They cannot take it now.", {"user": whom.user})
    if whom.voicemail and whom.user is not None:
        into_box.require(tx, interaction, whom.user)
    if note.strip():
        converse.note(tx, actor, interaction_id, note)
        interaction = interactions.locked(tx, interaction_id)
    aside = whom.aside or interaction["state"] != InteractionState.CONFERENCED
    work_id = _enqueue(tx, actor, interaction, whom, aside)
    if aside:
        interaction = interactions.move(tx, interaction, InteractionState.CONSULTING)
    tx.event("consult.asked", **subjects(interaction), work=work_id, of=whom.user)
    return work_id


def complete(tx: Tx, actor: Actor, interaction_id: int) -> Row:
    """It is the colleague's from now on. Raises Conflict while nobody has accepted."""
    interaction, row = _with_partner(tx, actor, interaction_id)
    return place.handed_over(tx, interaction, row)


def join(tx: Tx, actor: Actor, interaction_id: int) -> Row:
    """They talk with the customer, too: CONFERENCED. Raises Conflict while nobody has accepted."""
    interaction, row = _with_partner(tx, actor, interaction_id)
    if interaction["state"] == InteractionState.CONFERENCED:
        return interaction
    consulted.brought_in(tx, row)
    return consulted.settle(tx, interaction_id)


def back(tx: Tx, actor: Actor, interaction_id: int) -> Row:
    """Without colleagues again, or where one was asked aside without that one, whether they had accepted or not."""
    interaction = _own(tx, actor, interaction_id)
    for user_id in consulted.first_alone(tx, interaction, "BACK"):
        presence.work_ended(tx, user_id)
    return interactions.locked(tx, interaction_id)


def leave(tx: Tx, actor: Actor, interaction_id: int) -> None:
    """The colleague goes by themselves. Raises NotFound unless they are in it."""
    interaction = interactions.locked_for(tx, actor, interaction_id)
    row = consulted.partner(tx, interaction_id, actor.user_id)
    if row is None:
        raise NotFound(f"interaction {interaction_id}")
    for user_id in consulted.left(tx, interaction, row, "LEFT"):
        presence.work_ended(tx, user_id)


def _own(tx: Tx, actor: Actor, interaction_id: int) -> Row:
    interaction = interactions.locked_for(tx, actor, interaction_id)
    if interaction["agent_id"] != actor.user_id:
        raise Conflict("It is not in your hands.", {"agent": interaction["agent_id"]})
    return interaction


def _with_partner(tx: Tx, actor: Actor, interaction_id: int) -> tuple[Row, Row]:
    interaction = _own(tx, actor, interaction_id)
    row = consulted.partner(tx, interaction_id)
    if row is None:
        raise Conflict("Nobody has accepted yet.", {"state": interaction["state"]})
    return interaction, row


def _takes(tx: Tx, actor: Actor, interaction: Row, user_id: int) -> bool:
    known = presences.name_of(tx.conn, user_id) is not None
    return known and user_id != actor.user_id and route.takes(tx, interaction, user_id)


def _enqueue(tx: Tx, actor: Actor, interaction: Row, whom: Whom, aside: bool) -> int:
    queue = work.queue(tx.conn, whom.queue or interaction["queue_id"]) or work.first_queue(tx.conn)
    wanted: dict[str, Any] = {"skills": {**queue["skills"], **whom.skills}}
    if whom.user is not None:
        box = {own_box.BOX: whom.user} if whom.voicemail else {}
        wanted |= {**box, "agent": whom.user, "agent_until": (tx.now + LASTS).isoformat()}
    values = {
        "kind": consulted.KIND,
        "interaction_id": interaction["id"],
        "medium": interaction["medium"],
        "channel": interaction["channel"],
        "priority": interaction["priority"] + queue["priority"],
        "enqueued_at": interaction["enqueued_at"] or tx.now,  # the customer has waited since
        "requirement": wanted,
        "payload": {"by": actor.user_id, consulted.ASIDE: aside, **carried.begun(tx, actor.user_id, interaction["id"])},
    }
    return work.enqueue(tx, queue, values)
