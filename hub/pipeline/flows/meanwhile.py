"""What customers may choose while they wait: it takes them out of the queue, and the flow has them again."""

from hub.model.states import SegmentOutcome, WorkState
from hub.pipeline import offer, route
from hub.pipeline.colleagues import place
from hub.pipeline.flows import flow_state
from hub.store import interactions, offering, work
from hub.store.rows import Row
from hub.store.unit import Tx


def chosen(tx: Tx, interaction: Row, text: str, kind: str) -> bool:
    """Do as they said. False when it is none of the choices, somebody is with them, or an agent was faster: then it is
    a message."""
    if not flow_state.is_choice(interaction, text) or not _waits(tx, interaction):
        return False
    place.close(tx, interaction)
    route.free(tx, interaction, WorkState.CANCELLED)
    interactions.end_segments(tx, interaction["id"], SegmentOutcome.SELF_SERVICE, kind="QUEUE")
    flow_state.take_back(tx, interaction, text, kind)
    return True


def _waits(tx: Tx, interaction: Row) -> bool:
    """Whether nobody is with them, and nobody has taken it, locked so that nobody does now. Who accepted a call has it
    while it rings."""
    if not place.is_alone(tx, interaction):
        return False
    known = work.open_for(tx.conn, interaction["id"])
    row = offering.lock_works(tx, {known["id"]}).get(known["id"]) if known else None
    return row is not None and row["state"] != WorkState.ASSIGNED and offer.accepted(tx, row) is None
