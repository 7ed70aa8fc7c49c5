"""What becomes of a consultation: a colleague is brought in while the first agent keeps the interaction."""

from hub.model.states import InteractionState, OfferState, SegmentOutcome, SegmentState, WorkState
from hub.pipeline import route
from hub.store import interactions, work
from hub.store.interactions import subjects
from hub.store.rows import Row
from hub.store.unit import Tx

KIND, ROLE = "consult", "CONSULT"


def began(tx: Tx, interaction: Row, row: Row) -> None:
    """The colleague has accepted (and, in a call, their device is answered)."""
    stretch = {"queue_id": row["queue_id"], "user_id": row["user_id"], "role": ROLE}
    interactions.start_segment(tx, interaction["id"], "AGENT", **stretch)
    tx.event("consult.began", **subjects(interaction), work=row["id"], with_user=row["user_id"])


def not_taken(tx: Tx, row: Row, why: OfferState) -> bool:
    """Nobody else is meant than the one who did not take it: the first agent is told. False when others may yet."""
    if row["requirement"].get("agent") is None:
        return False
    work.end(tx, row, WorkState.CANCELLED)
    _first_alone(tx, interactions.locked(tx, row["interaction_id"]), why.value)
    return True


def over(tx: Tx, interaction: Row, why: str = "BACK") -> list[int]:
    """No colleague is in it any longer; returns whom that freed."""
    freed: list[int] = []
    asked = work.open_of(tx.conn, interaction["id"], KIND)
    for row in asked:
        for offer in work.open_offers(tx.conn, work_id=row["id"]):
            work.end_offer(tx, offer, OfferState.CANCELLED)
        work.end(tx, row, WorkState.DONE if row["state"] == WorkState.ASSIGNED else WorkState.CANCELLED)
        if row["state"] == WorkState.ASSIGNED:
            freed.append(row["user_id"])
        tx.event("consult.ended", **subjects(interaction), work=row["id"], outcome=why)
    if asked:
        _end_stretches(tx, interaction)
    return freed


def first_alone(tx: Tx, interaction: Row, why: str) -> list[int]:
    """The first agent and the customer are by themselves again; returns whom that freed."""
    freed = over(tx, interaction, why)
    if interaction["state"] in {InteractionState.CONSULTING, InteractionState.CONFERENCED}:
        interactions.move(tx, interaction, InteractionState.CONNECTED)
    return freed


def theirs_now(tx: Tx, interaction: Row, row: Row) -> int | None:
    """The colleague has it from now on: their work of consulting becomes that of the interaction. Returns whom that
    freed."""
    freed = route.free(tx, interaction, WorkState.DONE)
    interactions.end_segments(tx, interaction["id"], SegmentOutcome.TRANSFERRED)
    work.change(tx, row, kind="interaction")
    tx.event("consult.ended", **subjects(interaction), work=row["id"], outcome="COMPLETED")
    route.connect(tx, interaction, row["user_id"], "consulted", work_stands=True)
    return freed


def partner(tx: Tx, interaction_id: int) -> Row | None:
    """The work of the colleague who is in it, if one is."""
    asked = work.open_of(tx.conn, interaction_id, KIND)
    return next((row for row in asked if row["state"] == WorkState.ASSIGNED), None)


def _first_alone(tx: Tx, interaction: Row, outcome: str) -> None:
    tx.event("consult.ended", **subjects(interaction), outcome=outcome)
    if interaction["state"] == InteractionState.CONSULTING:
        interactions.move(tx, interaction, InteractionState.CONNECTED)


def _end_stretches(tx: Tx, interaction: Row) -> None:
    for stretch in interactions.active_segments(tx.conn, interaction["id"], "AGENT"):
        if stretch["role"] == ROLE:
            ended = {"state": SegmentState.DONE, "ended_at": tx.now, "outcome": SegmentOutcome.ANSWERED}
            interactions.set_segment(tx, stretch["id"], **ended)
