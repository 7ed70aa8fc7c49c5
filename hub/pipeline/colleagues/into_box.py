"""Whom a call is for does not take it, and has a box of their own: the caller is led into that, and nobody else rings.

Only while the caller is alone: with whom others talk, is no caller to be sent to a tape.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.model.errors import Conflict
from hub.model.states import WAITING_FOR_AGENT, InteractionState, OfferState, PartyState, WorkState
from hub.pipeline import route
from hub.pipeline.colleagues import carried, consulted
from hub.pipeline.promises import missed, own_box
from hub.store import interactions, offering, own_boxes, parties, work
from hub.store.rows import Row
from hub.store.unit import Tx


def require(tx: Tx, interaction: Row, user_id: int) -> own_boxes.OwnBox:
    """Their box. Raises Conflict when they have none, or this is no call: only who is on a line can speak."""
    box = own_boxes.of(tx.conn, user_id)
    if not box.enabled or not interaction["call"]:
        raise Conflict("They have no box of their own for this.", {"user": user_id})
    return box


def instead(tx: Tx, interaction: Row, user_id: int) -> bool:
    """Their box takes the caller who waits for an agent. False when they do not, or somebody is with them."""
    if interaction["state"] not in WAITING_FOR_AGENT or not _alone(tx, interaction):
        return False
    _handed(tx, work.open_for(tx.conn, interaction["id"]), user_id)
    route.free(tx, interaction, WorkState.CANCELLED)
    _close(tx, interaction)
    own_box.enter(tx, interaction, user_id)
    return True


def not_taken(tx: Tx, row: Row, user_id: int) -> bool:
    """This agent has not taken the call, and it is their box's. False when it is not."""
    if own_box.whose(row) != user_id or row["interaction_id"] is None:
        return False
    return instead(tx, interactions.locked(tx, row["interaction_id"]), user_id)


def for_asked(tx: Tx, row: Row) -> bool:
    """A colleague who was asked for help did not come, and the caller is for their box then: the first agent is out of
    it. False when they keep the caller."""
    user_id, interaction = own_box.whose(row), interactions.locked(tx, row["interaction_id"])
    if user_id is None or interaction["state"] != InteractionState.CONNECTED or not _alone(tx, interaction):
        return False
    _handed(tx, row, user_id)
    freed = route.free(tx, interaction, WorkState.DONE)
    consulted.passed_on(tx, interaction, None)
    missed.freed(tx, freed)
    _close(tx, interaction)
    own_box.enter(tx, interaction, user_id)
    return True


def at_once(tx: Tx, interaction: Row) -> Row:
    """A call that has just come in for an agent by name does not wait for who cannot take it, where they want that."""
    user_id = own_box.whose(work.open_for(tx.conn, interaction["id"])) if interaction["call"] else None
    if user_id is None or route.takes(tx, interaction, user_id) or not own_boxes.of(tx.conn, user_id).at_once:
        return interaction
    instead(tx, interaction, user_id)
    return interactions.locked(tx, interaction["id"])


def time_is_up(tx: Tx, payload: Mapping[str, Any]) -> None:
    """It rang for as long as the agent wants. Who has said yes, and whose device rings yet, has it."""
    interaction = interactions.locked(tx, payload["interaction"])
    row = _locked(tx, work.open_for(tx.conn, interaction["id"]))
    if row is not None and own_box.is_kept(row, payload) and not _accepted(tx, row):
        instead(tx, interaction, payload["user"])


def _handed(tx: Tx, row: Row | None, user_id: int) -> None:
    """What was written of the call goes with it."""
    if row is not None:
        carried.handed(tx, row, user_id)


def _locked(tx: Tx, row: Row | None) -> Row | None:
    """As it is now, and so that another node offers it to nobody meanwhile."""
    return offering.lock_works(tx, {row["id"]}).get(row["id"]) if row is not None else None


def _accepted(tx: Tx, row: Row) -> bool:
    return any(offer["state"] == OfferState.ACCEPTED for offer in work.open_offers(tx.conn, work_id=row["id"]))


def _close(tx: Tx, interaction: Row) -> None:
    """Who is asked, is called or listens has nothing to do there any more."""
    consulted.over(tx, interaction, "OVER")
    for row in parties.rows_of(tx.conn, interaction["id"]):
        parties.move(tx, interaction, row, PartyState.ENDED, cause="OVER")


def _alone(tx: Tx, interaction: Row) -> bool:
    others = parties.parties_of(tx.conn, interaction["id"])
    talking = any(each.up and not each.monitors for each in others)
    return not talking and consulted.partner(tx, interaction["id"]) is None
