"""Offers: reserving an agent, and what they answer. Whoever compares and swaps first wins; everybody else is told."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hub.model.actor import Actor
from hub.model.capacity import Capacity, has_room
from hub.model.errors import NotFound, OfferGone
from hub.model.states import OFFER_OPEN, InteractionState, OfferState, WorkState
from hub.pipeline import blocking, route
from hub.pipeline.colleagues import carried, consulted, into_box
from hub.pipeline.promises import attempts
from hub.store import interactions, legs, offering, on_the_way, presences, routing_rows, work
from hub.store.rows import Row
from hub.store.unit import Tx


@dataclass(frozen=True, slots=True)
class Proposal:
    """One decision of the engine. `alongside`: the work may ring at others already; `auto_accept`: the queue asks
    nobody, it is the agent's at once."""

    work: int
    agent: int
    seconds: float
    why: Mapping[str, Any]
    alongside: bool = False
    auto_accept: bool = False


def make(tx: Tx, proposals: Sequence[Proposal]) -> list[int | None]:
    """Commit them, in order; None where the world has moved on: the work is gone or the agent cannot take it."""
    wanted = {each.work for each in proposals}
    contacts, works = offering.lock_contacts(tx, wanted), offering.lock_works(tx, wanted)
    agents = offering.lock_agents(tx, {each.agent for each in proposals})
    loads = offering.loads(tx, set(agents))
    blending = routing_rows.blending_of(tx.once("routing", routing_rows.settings))
    rooms = {
        user: _Room(loads[user], Capacity.of({**blending, **row["capacity"]}, row["limits"]))
        for user, row in agents.items()
        if work.routable(row)
    }
    good = [each for each in proposals if _reserve(each, rooms.get(each.agent), works)]
    if not good:
        return [None] * len(proposals)
    ids = offering.insert_offers(tx, [_new(tx, each, works[each.work]) for each in good], contacts)
    made = dict(zip(map(id, good), ids, strict=True))
    for each in good:
        if each.auto_accept:
            _take(tx, *offering.offered(tx.conn, made[id(each)]))
    return [made.get(id(each)) for each in proposals]


@dataclass(frozen=True, slots=True)
class _Room:
    """What a routable agent holds, offers included, and how much they can."""

    load: Counter[str]
    capacity: Capacity


def _reserve(proposal: Proposal, room: _Room | None, works: Mapping[int, Row]) -> bool:
    """Whether it can be; its slot counts from now on, and its work is taken."""
    row = works.get(proposal.work)
    free = {WorkState.WAITING, WorkState.OFFERED} if proposal.alongside else {WorkState.WAITING}
    if row is None or room is None or row["state"] not in free or row["payload"].get("by") == proposal.agent:
        return False  # `by`: who asks for a colleague's help is none
    if not has_room(room.load, row["medium"], room.capacity, row["channel"]):
        return False
    room.load.update(name for name in (row["medium"], row["channel"]) if name)
    row["state"] = WorkState.OFFERED
    return True


def _new(tx: Tx, proposal: Proposal, row: Row) -> tuple[Row, dict[str, Any]]:
    return row, {
        "work_id": row["id"],
        "interaction_id": row["interaction_id"],
        "queue_id": row["queue_id"],
        "user_id": proposal.agent,
        "created_at": tx.now,
        "expires_at": tx.now + timedelta(seconds=proposal.seconds),
        "explanation": dict(proposal.why),
    }


def accept(tx: Tx, actor: Actor, offer_id: int) -> int | None:
    """Take the offered work; returns its interaction. Raises OfferGone (saying who has it) or NotFound."""
    offer, row = offering.offered(tx.conn, offer_id)
    if offer["user_id"] != actor.user_id:
        raise NotFound(f"offer {offer_id}")
    return _take(tx, offer, row)


def _take(tx: Tx, offer: Row, row: Row) -> int | None:
    if offer["state"] not in OFFER_OPEN or row["state"] != WorkState.OFFERED:
        raise _gone(tx, offer, row)
    interaction_id: int | None = row["interaction_id"]
    interaction = interactions.locked(tx, interaction_id) if interaction_id and row["kind"] in legs.TALKING else None
    if interaction is None or not interaction["call"]:
        win(tx, offer, row, interaction, OfferState.ACCEPTED)
    elif accepted(tx, row) or not work.set_offer(tx, offer, OfferState.ACCEPTED, "offer.accepted"):
        raise _gone(tx, offer, row)
    return interaction_id


def win(tx: Tx, offer: Row, row: Row, interaction: Row | None, state: OfferState) -> None:
    """The work is theirs; whoever else it is offered to is told."""
    user_id = offer["user_id"]
    if not work.end_offer(tx, offer, state):
        raise _gone(tx, offer, row)
    if not work.move(tx, row, WorkState.ASSIGNED, "work.accepted", user_id=user_id, **on_the_way.arrived(row)):
        raise _gone(tx, offer, row)
    beside = offering.beside(tx.conn, row["id"], user_id)
    for other in beside:
        if other["work_id"] == row["id"]:
            work.end_offer(tx, other, OfferState.RESCINDED, by=user_id)
    give_way(tx, user_id, [each for each in beside if each["work_id"] != row["id"]])
    if interaction is None:
        return  # a callback, say: its agent makes contact anew
    carried.handed(tx, row, user_id)
    if row["kind"] == consulted.KIND:
        consulted.began(tx, interaction, {**row, "user_id": user_id})
    else:
        route.connect(tx, interaction, user_id, "offer", work_stands=True)


def give_way(tx: Tx, user_id: int, offered: Sequence[Row] | None = None) -> None:
    """What their work in hand leaves no room for (of what is `offered` to them, if that is known) is for somebody else:
    who cannot answer is not to be counted as one who did not."""
    known = work.open_offers(tx.conn, user_id=user_id) if offered is None else offered
    for each in blocking.blocked(tx, user_id, known):
        rescind(tx, each["id"])


def accepted(tx: Tx, row: Row) -> Row | None:
    """The offer of a call that was accepted, and whose device is still to be answered."""
    open_now = work.open_offers(tx.conn, work_id=row["id"])
    return next((each for each in open_now if each["state"] == OfferState.ACCEPTED), None)


def reject(tx: Tx, actor: Actor, offer_id: int, reason: str = "") -> None:
    """Decline it: the work goes back to the front of its queue, with its first enqueue time."""
    offer = _own(tx, actor, offer_id)
    if not _end(tx, offer, OfferState.REJECTED, reason=reason):
        raise _gone(tx, offer, work.get(tx.conn, offer["work_id"]))


def refused(tx: Tx, offer_id: int) -> bool:
    """Declined on the agent's device. False when the offer had ended already."""
    return _end_by_id(tx, offer_id, OfferState.REJECTED)


def expire(tx: Tx, offer_id: int) -> bool:
    """The countdown ran out: the work is back at the front of its queue. False when the offer had ended already."""
    return _end_by_id(tx, offer_id, OfferState.TIMED_OUT)


def fail(tx: Tx, offer_id: int, code: str) -> bool:
    """No device of the agent's can be answered: the work is for somebody else. False when the offer had ended."""
    return _end_by_id(tx, offer_id, OfferState.FAILED, code=code)


def rescind(tx: Tx, offer_id: int) -> bool:
    """Take an offer back: its agent is no longer there."""
    return _end_by_id(tx, offer_id, OfferState.RESCINDED)


def _end_by_id(tx: Tx, offer_id: int, state: OfferState, **data: Any) -> bool:
    return (offer := work.get_offer(tx.conn, offer_id)) is not None and _end(tx, offer, state, **data)


def _end(tx: Tx, offer: Row, state: OfferState, **data: Any) -> bool:
    if offer["state"] == OfferState.ACCEPTED:  # of a call: they had said yes, so it is no refusal
        state = OfferState.CANCELLED if state is OfferState.RESCINDED else OfferState.FAILED
    if offer["ended_at"] is not None:
        return False
    if offer["interaction_id"] is not None:
        interactions.locked(tx, offer["interaction_id"])  # a contact is locked before its work
    if not work.end_offer(tx, offer, state, **data):
        return False
    row = work.get(tx.conn, offer["work_id"])
    if row is None or row["ended_at"] is not None or work.open_offers(tx.conn, work_id=row["id"]):
        return True
    if row["state"] == WorkState.ASSIGNED and row["user_id"] == offer["user_id"]:
        _not_summoned(tx, row)
    elif row["state"] == WorkState.OFFERED and not _returned(tx, row, offer["user_id"], state):
        work.move(tx, row, WorkState.WAITING, "work.requeued", user_id=None)
        _back_to_queue(tx, row)
    return True


def _not_summoned(tx: Tx, row: Row) -> None:
    """A call was theirs but for their device, which cannot be answered: to the front of its queue. One that they place
    is not made."""
    interaction = interactions.locked(tx, row["interaction_id"])
    route.free(tx, interaction, WorkState.CANCELLED)
    if interaction["state"] == InteractionState.INITIATED:
        interaction = interactions.move(tx, interaction, InteractionState.FAILED)
        attempts.failed(tx, interaction, attempts.AGENT_UNREACHABLE)
    else:
        route.put_into_queue(tx, interaction)


def _returned(tx: Tx, row: Row, user_id: int, state: OfferState) -> bool:
    """Whose box it is for takes it. A transfer that was not taken comes back to who made it, whatever else they have by
    now; who asked a colleague for help is told."""
    if row["kind"] == consulted.KIND:
        return consulted.not_taken(tx, row, state) and (into_box.for_asked(tx, row) or True)
    giver = row["requirement"].get("returns_to")
    if row["kind"] != "interaction":  # a promise asks for what its caller asked for, who is not there any more
        return False
    if into_box.not_taken(tx, row, user_id):
        return True
    if giver is None or row["interaction_id"] is None:
        return False
    interaction = interactions.locked(tx, row["interaction_id"])
    route.free(tx, interaction)
    work.lock_agent(tx, giver)
    if interaction["state"] == InteractionState.OFFERED:
        interaction = interactions.move(tx, interaction, InteractionState.QUEUED)
    route.connect(tx, interaction, giver, "returned")
    give_way(tx, giver)
    return True


def _back_to_queue(tx: Tx, row: Row) -> None:
    if row["interaction_id"] is None or row["kind"] != "interaction":
        return
    interaction = interactions.locked(tx, row["interaction_id"])
    if interaction["state"] == InteractionState.OFFERED:
        interactions.move(tx, interaction, InteractionState.QUEUED)


def _own(tx: Tx, actor: Actor, offer_id: int) -> Row:
    offer = work.get_offer(tx.conn, offer_id)
    if offer is None or offer["user_id"] != actor.user_id:
        raise NotFound(f"offer {offer_id}")
    return offer


def _gone(tx: Tx, offer: Row, row: Row | None) -> OfferGone:
    holder = row["user_id"] if row and row["state"] == WorkState.ASSIGNED else None
    if row is not None and row["state"] == WorkState.OFFERED and (first := accepted(tx, row)) is not None:
        holder = first["user_id"]
    by = {"id": holder, "name": presences.name_of(tx.conn, holder)} if holder else None
    return OfferGone(f"offer {offer['id']}", {"by": by, "interaction": offer["interaction_id"]})
