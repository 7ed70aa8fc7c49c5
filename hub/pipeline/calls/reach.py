"""Which supervisors stay in a call that goes elsewhere: those who may see it there."""

from hub.model.permissions import Permission
from hub.model.states import PartyState
from hub.store import interactions, parties, users
from hub.store.parties import Kind
from hub.store.rows import Row
from hub.store.unit import Tx


def moved(tx: Tx, before: Row, interaction: Row) -> None:
    """It may have come into another department: who has no business there hears no more of it."""
    if not interaction["call"] or before["department_id"] == interaction["department_id"]:
        return
    for row in parties.rows_of(tx.conn, interaction["id"]):
        if row["kind"] == Kind.MONITOR and not _may(tx, row["user_id"], interaction):
            parties.move(tx, interaction, row, PartyState.ENDED, cause="OUT_OF_REACH")


def _may(tx: Tx, user_id: int, interaction: Row) -> bool:
    actor = users.load_actor(tx.conn, user_id)
    if actor is None or not actor.may(Permission.CALLS_MONITOR):
        return False
    return interactions.may_see(tx.conn, actor, interaction)
