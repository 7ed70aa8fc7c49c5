"""What becomes of a consultation: a colleague is brought in while the first agent keeps the interaction."""

from hub.model.states import InteractionState, OfferState, SegmentOutcome, SegmentState, WorkState
from hub.pipeline import route
from hub.store import interactions, legs, parties, work
from hub.store.interactions import subjects
from hub.store.rows import Row
from hub.store.unit import Tx

KIND, ROLE = "consult", "CONSULT"
TALKING = frozenset({InteractionState.CONNECTED, InteractionState.CONSULTING, InteractionState.CONFERENCED})
ASIDE = legs.ASIDE
"""In the payload of its work: the customer does not hear them."""


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
    interaction = interactions.locked(tx, row["interaction_id"])
    tx.event("consult.ended", **subjects(interaction), outcome=why.value)
    settle(tx, interaction["id"])
    return True


def over(tx: Tx, interaction: Row, why: str = "BACK") -> list[int]:
    """No colleague is in it any longer; returns whom that freed."""
    asked = work.open_of(tx.conn, interaction["id"], KIND)
    return [user_id for row in asked for user_id in _ended(tx, interaction, row, why)]


def without_agent(tx: Tx, interaction: Row) -> list[int]:
    """Its agent goes. In a call colleagues who talk with the customer stay; who is asked, or asked aside, is so no
    longer. Returns whom that freed."""
    asked = work.open_of(tx.conn, interaction["id"], KIND)
    gone = [row for row in asked if not interaction["call"] or not _talks(row)]
    return [user_id for row in gone for user_id in _ended(tx, interaction, row, "OVER")]


def brought_in(tx: Tx, row: Row) -> None:
    """The customer hears them from now on."""
    work.change(tx, row, payload={**row["payload"], ASIDE: False})


def left(tx: Tx, interaction: Row, row: Row, why: str) -> list[int]:
    """This colleague is in it no longer, whether they had accepted or not; returns whom that freed."""
    freed = _ended(tx, interaction, row, why)
    settle(tx, interaction["id"])
    return freed


def first_alone(tx: Tx, interaction: Row, why: str) -> list[int]:
    """The first agent is without colleagues again, or without the one asked aside; returns whom that freed."""
    asked = work.open_of(tx.conn, interaction["id"], KIND)
    aside = [row for row in asked if row["payload"].get(ASIDE)]
    freed = [user_id for row in aside or asked for user_id in _ended(tx, interaction, row, why)]
    settle(tx, interaction["id"])
    return freed


def settle(tx: Tx, interaction_id: int) -> Row:
    """After somebody came or went: CONSULTING while a colleague is asked for, or there, aside; CONFERENCED as long as
    anybody talks with the customer besides their agent."""
    interaction = interactions.locked(tx, interaction_id)
    if interaction["state"] not in TALKING:
        return interaction
    asked = work.open_of(tx.conn, interaction_id, KIND)
    after = InteractionState.CONNECTED
    if any(row["payload"].get(ASIDE) for row in asked):
        after = InteractionState.CONSULTING
    elif any(map(_talks, asked)) or any(each.up and not each.monitors for each in _others(tx, interaction)):
        after = InteractionState.CONFERENCED
    return interaction if after == interaction["state"] else interactions.move(tx, interaction, after)


def _talks(row: Row) -> bool:
    """With the customer, too."""
    return row["state"] == WorkState.ASSIGNED and not row["payload"].get(ASIDE)


def _others(tx: Tx, interaction: Row) -> list[parties.Party]:
    return parties.parties_of(tx.conn, interaction["id"]) if interaction["call"] else []


def theirs_now(tx: Tx, interaction: Row, row: Row) -> list[int]:
    """The colleague has it from now on: their work of consulting becomes that of the interaction, and nobody is asked
    aside any longer. Returns whom that freed."""
    asked = work.open_of(tx.conn, interaction["id"], KIND)
    aside = [each for each in asked if each["payload"].get(ASIDE) and each["id"] != row["id"]]
    freed = [user_id for each in aside for user_id in _ended(tx, interaction, each, "OVER")]
    holder = route.free(tx, interaction, WorkState.DONE)
    passed_on(tx, interaction, row["user_id"])
    work.change(tx, row, kind="interaction")
    tx.event("consult.ended", **subjects(interaction), work=row["id"], outcome="COMPLETED")
    route.connect(tx, interaction, row["user_id"], "consulted", work_stands=True)
    settle(tx, interaction["id"])
    return freed if holder is None else [*freed, holder]


def passed_on(tx: Tx, interaction: Row, user_id: int | None) -> None:
    """It is this user's from now on, or nobody's yet: the stretches before have ended, but for those of other
    colleagues in it."""
    for stretch in interactions.active_segments(tx.conn, interaction["id"]):
        others = stretch["role"] == ROLE and stretch["user_id"] != user_id
        if stretch["state"] == SegmentState.ACTIVE and not others:
            _end_stretch(tx, stretch, SegmentOutcome.TRANSFERRED)


def partner(tx: Tx, interaction_id: int, user_id: int | None = None) -> Row | None:
    """The work of the colleague who is in it, if one is: of this one, or of who was asked aside, or else came first."""
    asked = [row for row in work.open_of(tx.conn, interaction_id, KIND) if row["state"] == WorkState.ASSIGNED]
    asked.sort(key=lambda row: not row["payload"].get(ASIDE))
    return next((row for row in asked if user_id in (None, row["user_id"])), None)


def beside_them(tx: Tx, interaction_id: int) -> Row | None:
    """The work of the first colleague who talks with the customer, too."""
    return next(filter(_talks, work.open_of(tx.conn, interaction_id, KIND)), None)


def row_of_offer(tx: Tx, interaction_id: int, offer_id: int) -> Row | None:
    """The work of the colleague whose leg is this offer's."""
    made = work.get_offer(tx.conn, offer_id)
    asked = work.open_of(tx.conn, interaction_id, KIND)
    return next((row for row in asked if made is not None and row["id"] == made["work_id"]), None)


def _ended(tx: Tx, interaction: Row, row: Row, why: str) -> list[int]:
    for offer in work.open_offers(tx.conn, work_id=row["id"]):
        work.end_offer(tx, offer, OfferState.CANCELLED)
    was_in = row["state"] == WorkState.ASSIGNED
    work.end(tx, row, WorkState.DONE if was_in else WorkState.CANCELLED)
    tx.event("consult.ended", **subjects(interaction), work=row["id"], outcome=why)
    for stretch in interactions.active_segments(tx.conn, interaction["id"], "AGENT"):
        if stretch["role"] == ROLE and stretch["user_id"] == row["user_id"]:
            _end_stretch(tx, stretch, SegmentOutcome.ANSWERED)
    return [row["user_id"]] if was_in else []


def _end_stretch(tx: Tx, stretch: Row, outcome: SegmentOutcome) -> None:
    interactions.set_segment(tx, stretch["id"], state=SegmentState.DONE, ended_at=tx.now, outcome=outcome)
