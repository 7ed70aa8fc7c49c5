"""Presence: what an agent chose, and what it means for their work. A change asked for during work applies after it."""

from hub.model.errors import Invalid
from hub.model.states import OFFER_OPEN, NotReadyReason, Presence
from hub.pipeline import offer
from hub.store import presences, work
from hub.store.rows import Row
from hub.store.unit import Tx


def choose(tx: Tx, user_id: int, state: str, reason: str = "") -> Row:
    """What the agent asks for. Leaving READY while work is in hand is remembered and applied when it ends; nothing
    new is offered from now on. Raises Invalid for an unknown state."""
    if state not in set(Presence):
        raise Invalid("unknown presence", {"state": f"one of {', '.join(Presence)}"})
    row = presences.locked(tx, user_id)
    busy = row["state"] == Presence.READY and any(work.load_of(tx.conn, user_id).values())
    if state != Presence.READY and busy:
        _withdraw_offers(tx, user_id)
        if any(work.load_of(tx.conn, user_id).values()):
            return presences.save(tx, row, pending=state, pending_reason=reason)
    return put(tx, user_id, Presence(state), reason)


def put(tx: Tx, user_id: int, state: Presence, reason: str = "") -> Row:
    """Set it now, whatever is in hand (no answer, forced by a supervisor, logged out)."""
    row = presences.locked(tx, user_id)
    if state != Presence.READY:
        _withdraw_offers(tx, user_id)
    return presences.save(tx, row, state=state.value, reason=reason, pending="", pending_reason="")


def work_ended(tx: Tx, user_id: int) -> None:
    """A slot was freed: apply the change that waited for it, once nothing is in hand."""
    row = presences.locked(tx, user_id)
    if row["pending"] and not any(work.load_of(tx.conn, user_id).values()):
        put(tx, user_id, Presence(row["pending"]), row["pending_reason"])


def logged_in(tx: Tx, user_id: int) -> None:
    """The first login makes a logged-out agent NOT_READY; who is at work already stays as they are."""
    if presences.locked(tx, user_id)["state"] == Presence.LOGGED_OUT:
        put(tx, user_id, Presence.NOT_READY, NotReadyReason.LOGIN)


def not_answered(tx: Tx, offer_id: int, user_id: int) -> bool:
    """An offer's countdown ran out: whoever does not answer is NOT_READY."""
    if not offer.expire(tx, offer_id):
        return False
    put(tx, user_id, Presence.NOT_READY, NotReadyReason.NO_ANSWER)
    return True


def _withdraw_offers(tx: Tx, user_id: int) -> None:
    """Those they have not said yes to: an accepted call is theirs as soon as their device is answered."""
    for row in work.open_offers(tx.conn, user_id=user_id):
        if row["state"] in OFFER_OPEN:
            offer.rescind(tx, row["id"])
