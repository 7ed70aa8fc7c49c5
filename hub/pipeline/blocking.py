"""Offers to an agent for which what they have in hand by now leaves no room."""

from collections import Counter
from collections.abc import Sequence

from hub.model.capacity import Capacity, has_room
from hub.model.states import OFFER_OPEN
from hub.store import routing_rows, work
from hub.store.rows import Row
from hub.store.unit import Tx


def blocked(tx: Tx, user_id: int, offered: Sequence[Row]) -> list[Row]:
    """Of what is offered to them. A call came in over the mails that were on offer, say: they would ring on in
    somebody's ear."""
    on_offer = [each for each in offered if each["state"] in OFFER_OPEN]
    agent = work.lock_agent(tx, user_id) if on_offer else None
    if agent is None:
        return []
    slots = {each["id"]: _slot(tx, each) for each in on_offer}
    in_hand = Counter(work.load_of(tx.conn, user_id))
    in_hand.subtract(name for slot in slots.values() for name in slot if name)
    capacity = Capacity.of({**routing_rows.blending(tx.conn), **agent["capacity"]}, agent["limits"])
    return [each for each in on_offer if not has_room(in_hand, slots[each["id"]][0], capacity, slots[each["id"]][1])]


def _slot(tx: Tx, offer: Row) -> tuple[str, str]:
    row = work.get(tx.conn, offer["work_id"])
    assert row is not None, "an offer is of some work"
    return row["medium"], row["channel"]
