"""Who is in a call without being its agent: a number outside that somebody called into it. A supervisor, who is in it
likewise, comes by `supervision`; what becomes of their leg is here, too."""

from datetime import timedelta

from hub.api import Address, Cause, LegFact, LegState, Monitoring
from hub.model.actor import Actor
from hub.model.errors import Conflict, NotFound
from hub.model.states import InteractionState, PartyState
from hub.pipeline import presence
from hub.pipeline.calls.audio import own_leg
from hub.pipeline.colleagues import consulted
from hub.store import audit, interactions, legs, parties
from hub.store.parties import Kind
from hub.store.rows import Row
from hub.store.unit import Tx

RINGS = timedelta(seconds=45)
MAY_INVITE = frozenset({InteractionState.CONNECTED, InteractionState.CONFERENCED})


def invite(tx: Tx, actor: Actor, interaction_id: int, to: Address) -> Row:
    """Call a number outside into the call; they talk with everybody as soon as it answers. Raises Conflict unless the
    actor talks with the customer."""
    interaction = interactions.locked_for(tx, actor, interaction_id)
    own_leg(tx, actor, interaction_id)
    if not interaction["call"] or interaction["state"] not in MAY_INVITE:
        raise Conflict("You do not talk with the customer now.", {"state": interaction["state"]})
    address = {"scheme": to.scheme, "value": to.value, "name": to.name}
    parties.insert_party(tx, interaction, Kind.OUTSIDE, tx.now + RINGS, actor.user_id, address=address)
    return interaction


def dismiss(tx: Tx, actor: Actor, interaction_id: int, leg: str) -> Row:
    """Without them from now on: a number outside, or a colleague who was brought in. Raises Conflict unless the actor
    is in the call, NotFound when nobody has this leg."""
    interaction = interactions.locked_for(tx, actor, interaction_id)
    own_leg(tx, actor, interaction_id)
    row = _row_of(tx, interaction_id, leg)
    if row is not None and row["kind"] == Kind.OUTSIDE:  # nobody sends a supervisor away, or learns that there is one
        _end(tx, interaction, row, "DISMISSED")
    else:
        _dismiss_colleague(tx, interaction, leg)
    consulted.settle(tx, interaction_id)
    return interactions.locked(tx, interaction_id)


def told(tx: Tx, interaction: Row, fact: LegFact) -> None:
    """What happened to such a leg."""
    row = _row_of(tx, interaction["id"], fact.leg)
    if row is None:
        return
    if fact.state is LegState.ANSWERED and row["state"] == PartyState.RINGING:
        parties.move(tx, interaction, row, PartyState.TALKING)
    elif fact.state is LegState.ENDED:
        _end(tx, interaction, row, fact.cause)
    consulted.settle(tx, interaction["id"])


def lost(tx: Tx, party_id: int, cause: str = Cause.FAILED) -> None:
    """Their leg is gone, or could not be had."""
    row = parties.get(tx.conn, party_id)
    if row is not None and row["ended_at"] is None:
        _end(tx, interactions.locked(tx, row["interaction_id"]), row, cause)
        consulted.settle(tx, row["interaction_id"])


def without_agent(tx: Tx, interaction: Row) -> None:
    """Its agent goes. Who talks with the customer stays, who is still being called does not come. A supervisor hears
    on, which stands in the audit log, and whispers to nobody: the next agent does not know that there is one."""
    for row in rows_in(tx, interaction):
        if row["kind"] == Kind.MONITOR:
            _hears_on(tx, interaction, row)
        elif row["state"] == PartyState.RINGING:
            _end(tx, interaction, row, "OVER")


def _hears_on(tx: Tx, interaction: Row, row: Row) -> None:
    if row["mode"] == Monitoring.WHISPER and row["whom_id"] == interaction["agent_id"]:
        row = parties.change(tx, interaction, row, mode=Monitoring.LISTEN.value)
    details = {"mode": row["mode"], "agent": None}
    audit.record(tx, row["user_id"], "call.monitored", "interaction", interaction["id"], **details)


def monitors_no_more(tx: Tx, interaction: Row, user_id: int) -> None:
    """They are in it in another way."""
    for row in rows_in(tx, interaction):
        if row["kind"] == Kind.MONITOR and row["user_id"] == user_id:
            _end(tx, interaction, row, "STOPPED")


def rows_in(tx: Tx, interaction: Row) -> list[Row]:
    """All there are, of a call."""
    return parties.rows_of(tx.conn, interaction["id"]) if interaction["call"] else []


def over(tx: Tx, interaction: Row) -> None:
    """Nobody but the customer is left in it."""
    for row in rows_in(tx, interaction):
        _end(tx, interaction, row, "OVER")


def _row_of(tx: Tx, interaction_id: int, leg: str) -> Row | None:
    number = parties.number_in(leg)
    row = parties.get(tx.conn, number) if number is not None else None
    return row if row and row["interaction_id"] == interaction_id and row["ended_at"] is None else None


def _end(tx: Tx, interaction: Row, row: Row, cause: str) -> None:
    parties.move(tx, interaction, row, PartyState.ENDED, cause=cause)


def _dismiss_colleague(tx: Tx, interaction: Row, leg: str) -> None:
    offer = legs.offer_of(leg)
    row = consulted.row_of_offer(tx, interaction["id"], offer) if offer is not None else None
    if row is None:
        raise NotFound("Nobody who was brought in has this leg.")
    for user_id in consulted.left(tx, interaction, row, "BACK"):
        presence.work_ended(tx, user_id)
