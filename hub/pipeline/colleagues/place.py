"""The place of a call's agent. It alone is passed on, parked, or open because a line broke: whoever else talks with the
customer goes on, and is joined by who takes it."""

from hub.model.states import WAITING_FOR_AGENT, InteractionState, PartyState, WorkState
from hub.pipeline import presence, route
from hub.pipeline.calls import party
from hub.pipeline.colleagues import consulted
from hub.store import interactions
from hub.store.parties import Kind
from hub.store.rows import Row
from hub.store.unit import Tx

OPEN = WAITING_FOR_AGENT | {InteractionState.PARKED}


def vacate(tx: Tx, interaction: Row) -> None:
    """Its agent goes; what they had of it is at an end. So it is where there is none: who had it before, rings or waits
    no longer."""
    freed = [*consulted.without_agent(tx, interaction), route.free(tx, interaction, WorkState.DONE)]
    party.without_agent(tx, interaction)
    consulted.passed_on(tx, interaction, None)
    for user_id in freed:
        if user_id is not None:
            presence.work_ended(tx, user_id)


def fill(tx: Tx, interaction: Row, user_id: int) -> Row | None:
    """A colleague who was brought in has it from now on, with the leg they have. None when this user is none, whose
    device is to ring: as a supervisor they are in it no longer."""
    row = consulted.partner(tx, interaction["id"], user_id) if interaction["call"] else None
    if row is None:
        party.monitors_no_more(tx, interaction, user_id)
        return None
    return handed_over(tx, interaction, row)


def handed_over(tx: Tx, interaction: Row, row: Row) -> Row:
    """It is the colleague's whose work this is, who are in it."""
    for user_id in consulted.theirs_now(tx, interaction, row):
        presence.work_ended(tx, user_id)
    return interactions.locked(tx, interaction["id"])


def taken(tx: Tx, before: Row) -> None:
    """Somebody has come into the place that was open: with whoever stayed they are several."""
    if before["state"] in WAITING_FOR_AGENT:
        consulted.settle(tx, before["id"])


def is_alone(tx: Tx, interaction: Row) -> bool:
    """Whether the customer talks with nobody while the place is open; a supervisor who hears them is nobody here."""
    outside = [row for row in party.rows_in(tx, interaction) if row["kind"] == Kind.OUTSIDE]
    talks = any(row["state"] == PartyState.TALKING for row in outside)
    return not talks and consulted.beside_them(tx, interaction["id"]) is None


def close(tx: Tx, interaction: Row) -> None:
    """Nobody but the customer is in it any longer, or not even they."""
    party.over(tx, interaction)
    for user_id in consulted.over(tx, interaction, "OVER"):
        presence.work_ended(tx, user_id)
