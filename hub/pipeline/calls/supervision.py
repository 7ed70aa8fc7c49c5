"""A supervisor in somebody's call: hearing it, whispering to its agent, talking with everybody, having it instead."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from hub.api import Monitoring
from hub.model.actor import Actor
from hub.model.errors import Conflict, NotFound
from hub.model.states import HOLDS_SLOT, PartyState
from hub.pipeline import offer, presence, route
from hub.pipeline.colleagues import consulted, place, transfer
from hub.store import interactions, legs, parties, work
from hub.store.parties import Kind
from hub.store.rows import Row
from hub.store.unit import Tx

RINGS = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class How:
    """`whom`: the agent to whom a supervisor whispers, None the interaction's; `visible`: whether agents see it."""

    mode: Monitoring
    whom: int | None = None
    visible: bool = True


def monitor(tx: Tx, actor: Actor, interaction_id: int, how: How) -> Row:
    """Have the actor's own device ring, and then be in the call in this way; who is in it already is so in this way
    from now on; while the agent's place is open, too, as long as others talk with the customer. Raises Conflict when
    nobody talks, or the actor does, or who is to be whispered to does not."""
    interaction = interactions.locked_for(tx, actor, interaction_id)
    talking = {leg.user for leg in legs.legs_of(tx.conn, interaction_id) if leg.up}
    if not interaction["call"] or not _are_heard(tx, interaction, how, talking):
        raise Conflict("They do not talk now.", {"state": interaction["state"]})
    if actor.user_id in talking:
        raise Conflict("You are in this call.")
    agent_id = interaction["agent_id"] if interaction["state"] in HOLDS_SLOT else None  # who parked it is not in it
    values = {"mode": how.mode.value, "whom_id": how.whom or agent_id}
    if (row := _mine(tx, actor, interaction_id)) is not None:
        parties.change(tx, interaction, row, **values)
    else:
        values |= {"user_id": actor.user_id, "visible": how.visible}
        parties.insert_party(tx, interaction, Kind.MONITOR, tx.now + RINGS, actor.user_id, **values)
    return interaction


def _are_heard(tx: Tx, interaction: Row, how: How, talking: Collection[int]) -> bool:
    """Whether there is who is to be heard, or whispered to: the agent, or whoever talks while their place is open."""
    if interaction["state"] in HOLDS_SLOT:
        return (how.whom or interaction["agent_id"]) in talking
    if interaction["state"] not in place.OPEN or place.is_alone(tx, interaction):
        return False
    return how.whom in talking if how.whom else how.mode is not Monitoring.WHISPER


def stop(tx: Tx, actor: Actor, interaction_id: int) -> Row:
    """Without the actor again. Raises NotFound unless they monitor it."""
    interaction = interactions.locked_for(tx, actor, interaction_id)
    row = _mine(tx, actor, interaction_id)
    if row is None:
        raise NotFound("You do not monitor this call.")
    parties.move(tx, interaction, row, PartyState.ENDED, cause="STOPPED")
    return interaction


def take_over(tx: Tx, actor: Actor, interaction_id: int) -> int | None:
    """It is the actor's from now on: at once where they are in it already, else as soon as their device, which rings
    now, is answered. Whoever was brought in stays, but one asked aside. Returns whose it was. Raises Conflict when
    nobody talks."""
    interaction = interactions.locked_for(tx, actor, interaction_id)
    row = _mine(tx, actor, interaction_id)
    there = row is not None and row["state"] == PartyState.TALKING
    talks = HOLDS_SLOT | (place.OPEN if there else frozenset())
    if not interaction["call"] or interaction["state"] not in talks or interaction["agent_id"] == actor.user_id:
        raise Conflict("There is nothing to take over.", {"state": interaction["state"]})
    agent_id: int | None = interaction["agent_id"]
    if row is None or not there:
        transfer.take(tx, actor, interaction_id)
    else:
        _seize(tx, actor, interaction, row)
    return agent_id


def _seize(tx: Tx, actor: Actor, interaction: Row, row: Row) -> None:
    """The leg they listened with is an agent's now."""
    _free(tx, consulted.without_agent(tx, interaction))
    freed = route.free(tx, interaction)
    consulted.passed_on(tx, interaction, actor.user_id)
    offer_id = _given(tx, actor, interaction)
    parties.move(tx, interaction, row, PartyState.ENDED, cause="TAKEN_OVER", offer_id=offer_id)
    route.connect(tx, interaction, actor.user_id, "taken_over", work_stands=True)
    offer.give_way(tx, actor.user_id)
    _free(tx, [] if freed is None else [freed])
    consulted.settle(tx, interaction["id"])


def _given(tx: Tx, actor: Actor, interaction: Row) -> int:
    """The work for it, and an offer of it that is BRIDGED."""
    work.lock_agent(tx, actor.user_id)
    queue_id = interaction["queue_id"] or work.first_queue(tx.conn)["id"]
    work_id = work.assign(tx, queue_id, actor.user_id, route.work_of(interaction))
    return legs.seize(tx, work_id, interaction, actor.user_id)


def _mine(tx: Tx, actor: Actor, interaction_id: int) -> Row | None:
    rows = parties.rows_of(tx.conn, interaction_id)
    return next((row for row in rows if row["kind"] == Kind.MONITOR and row["user_id"] == actor.user_id), None)


def _free(tx: Tx, users: list[int]) -> None:
    for user_id in users:
        presence.work_ended(tx, user_id)
