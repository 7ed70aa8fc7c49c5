"""What is heard of a call besides who hears whom: legs that are muted, and whether it is recorded."""

from typing import Any

from hub.api import LegState
from hub.model.actor import Actor
from hub.model.errors import Conflict
from hub.model.permissions import Permission
from hub.model.states import HOLDS_SLOT
from hub.pipeline.calls.arrangement import MUTED, RECORD
from hub.store import interactions, legs
from hub.store.legs import Leg
from hub.store.rows import Row
from hub.store.unit import Tx

RECORDING = "recording"
"""In an interaction's `audio`: what the channel says of the recording, ON or PAUSED."""
_SAID = {LegState.RECORDING: "ON", LegState.RECORDING_PAUSED: "PAUSED"}


def mute(tx: Tx, actor: Actor, interaction_id: int, on: bool) -> Row:
    """Nobody hears the actor, or everybody again. Raises Conflict unless they are in it."""
    interaction = interactions.locked_for(tx, actor, interaction_id)
    own = own_leg(tx, actor, interaction_id)
    return _muted(tx, interaction, own.name, on)


def not_muted(tx: Tx, interaction: Row, leg: str, on: bool) -> None:
    """The channel could not: the record says what is."""
    _muted(tx, interaction, leg, not on)


def record(tx: Tx, actor: Actor, interaction_id: int, on: bool) -> Row:
    """Record from now on, or no more until it is asked for again. Raises Conflict unless the actor is in it, or may
    monitor calls, and somebody talks."""
    interaction = interactions.locked_for(tx, actor, interaction_id)
    if not interaction["call"] or interaction["state"] not in HOLDS_SLOT:
        raise Conflict("Nobody talks with the customer now.", {"state": interaction["state"]})
    if not actor.may(Permission.CALLS_MONITOR):
        own_leg(tx, actor, interaction_id)
    return _change(tx, interaction, **{RECORD: on})


def not_recorded(tx: Tx, interaction: Row) -> None:
    """The channel could not do what was asked: it may be asked again."""
    _change(tx, interaction, **{RECORD: None})


def told(tx: Tx, interaction: Row, state: LegState) -> None:
    """What the channel says of the recording."""
    _change(tx, interaction, **{RECORDING: _SAID[state]})


def own_leg(tx: Tx, actor: Actor, interaction_id: int) -> Leg:
    """The actor's, which is up. Raises Conflict when there is none."""
    found = (leg for leg in legs.legs_of(tx.conn, interaction_id) if leg.up and leg.user == actor.user_id)
    own = next(found, None)
    if own is None:
        raise Conflict("You are not in this call.")
    return own


def _muted(tx: Tx, interaction: Row, leg: str, on: bool) -> Row:
    up = {each.name for each in legs.legs_of(tx.conn, interaction["id"]) if each.up}
    muted = set(interaction["audio"].get(MUTED, ())) & up
    return _change(tx, interaction, **{MUTED: sorted(muted | {leg} if on else muted - {leg})})


def _change(tx: Tx, interaction: Row, **values: Any) -> Row:
    after = {**interaction["audio"], **values}
    return interaction if after == interaction["audio"] else interactions.change(tx, interaction, audio=after)
