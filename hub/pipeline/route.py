"""An interaction needs an agent: back to its owner when they can take it, else into its queue at its first place."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from hub.model.capacity import Capacity, has_room
from hub.model.states import WAITING_FOR_AGENT, InteractionState, OfferState, SegmentOutcome, WorkState
from hub.pipeline import demand
from hub.pipeline.calls import reach
from hub.pipeline.promises import missed, own_box
from hub.store import held_work, interactions, legs, routing_rows, work
from hub.store.interactions import subjects
from hub.store.rows import Row
from hub.store.unit import Tx

SUMMONED = timedelta(seconds=30)  # how long the device rings of an agent whose call it is already


def need_agent(tx: Tx, interaction: Row, queue_id: int | None = None) -> Row:
    """Ask for an agent. Idempotent: work that already stands for this interaction stays as it is."""
    begins = interaction["state"] == InteractionState.INITIATED
    if not begins and work.open_for(tx.conn, interaction["id"]) is not None:
        return interaction
    owner = interaction["agent_id"]
    if owner is not None and queue_id is None and takes(tx, interaction, owner):
        return connect(tx, interaction, owner, "returned")
    return put_into_queue(tx, interaction, queue_id)


def put_into_queue(tx: Tx, interaction: Row, queue_id: int | None = None, **extra: Any) -> Row:
    """Queue it with its first enqueue time, so that it keeps its place. Without a queue it waits unassigned.

    `extra` is put into what the work asks for.
    """
    wanted_id = queue_id or interaction["queue_id"]
    queue = tx.once(("queue", wanted_id), lambda conn: work.queue(conn, wanted_id))
    if queue is None:
        return interactions.change(tx, interaction, agent_id=None)
    wanted = demand.of(tx, interaction, queue, chosen=queue_id is not None)
    queue = wanted.queue
    since = interaction["enqueued_at"] or tx.now
    values = {"queue_id": queue["id"], "department_id": queue["department_id"] or interaction["department_id"]}
    values |= {"agent_id": None, "enqueued_at": since}
    if wanted.attributes:
        values |= {"attributes": {**interaction["attributes"], **wanted.attributes}}
    before = interaction
    if interaction["state"] == InteractionState.QUEUED:
        interaction = interactions.change(tx, interaction, **values)
    else:
        interaction = interactions.move(tx, interaction, InteractionState.QUEUED, **values)
    reach.moved(tx, before, interaction)
    interactions.start_segment(tx, interaction["id"], "QUEUE", queue_id=queue["id"])
    named = own_box.asked(tx, interaction, wanted.agent if wanted.named else None)
    values = {
        **work_of(interaction),
        "enqueued_at": since,
        "priority": wanted.priority,
        "place": wanted.place(since),
        "requirement": {**wanted.requirement(), **named, **extra},
    }
    work.enqueue(tx, queue, values)
    return interaction


def connect(tx: Tx, interaction: Row, user_id: int, how: str, *, work_stands: bool = False) -> Row:
    """Give it to a user now: a slot of theirs is taken, a stretch of theirs begins. `work_stands`: they have just been
    given the work for it."""
    if not work_stands and work.open_for(tx.conn, interaction["id"]) is None:
        queue_id = interaction["queue_id"] or _any_queue(tx)
        values = {**work_of(interaction), "enqueued_at": interaction["enqueued_at"] or tx.now}
        work.assign(tx, queue_id, user_id, values)
    if interaction["call"] and not legs.up_for(tx.conn, interaction["id"], user_id):
        return _summon(tx, interaction, user_id)
    first = {} if interaction["connected_at"] else {"connected_at": tx.now}
    if interaction["state"] == InteractionState.CONNECTED:
        interaction = interactions.change(tx, interaction, agent_id=user_id)
    else:
        interaction = interactions.move(tx, interaction, InteractionState.CONNECTED, agent_id=user_id, **first)
    interactions.end_segments(tx, interaction["id"], SegmentOutcome.ANSWERED, kind="QUEUE")
    if not _has_stretch(tx, interaction["id"], user_id):
        stretch = {"queue_id": interaction["queue_id"], "user_id": user_id}
        interactions.start_segment(tx, interaction["id"], "AGENT", **stretch)
    if first:
        missed.answered(tx, interaction)
    tx.event("interaction.assigned", **subjects(interaction), how=how)
    return interaction


def _summon(tx: Tx, interaction: Row, user_id: int) -> Row:
    """A call is theirs as soon as their device, which rings now, is answered; meanwhile the customer waits."""
    legs.summon(tx, interaction, user_id, tx.now + SUMMONED)
    if interaction["state"] == InteractionState.INITIATED:  # a call they place
        return interactions.change(tx, interaction, agent_id=user_id)
    if interaction["state"] not in WAITING_FOR_AGENT:
        since = interaction["enqueued_at"] or tx.now
        interaction = interactions.move(tx, interaction, InteractionState.QUEUED, enqueued_at=since)
    if interaction["state"] == InteractionState.OFFERED:
        return interactions.change(tx, interaction, agent_id=user_id)
    return interactions.move(tx, interaction, InteractionState.OFFERED, agent_id=user_id)


def free(tx: Tx, interaction: Row, state: WorkState = WorkState.DONE) -> int | None:
    """End the work that stands for it; returns who held it, if anybody."""
    row = work.open_for(tx.conn, interaction["id"])
    if row is None:
        return None
    if row["state"] == WorkState.OFFERED:
        for offer in work.open_offers(tx.conn, work_id=row["id"]):
            work.end_offer(tx, offer, OfferState.CANCELLED)
    work.end(tx, row, state)
    holder: int | None = row["user_id"] if row["state"] == WorkState.ASSIGNED else None
    return holder


def takes(tx: Tx, interaction: Row, user_id: int) -> bool:
    """Whether this agent could take it now: READY, and with room."""
    agent = work.lock_agent(tx, user_id)
    if agent is None or not work.routable(agent):
        return False
    return _fits(tx, agent, interaction, work.load_of(tx.conn, user_id))


def may_call(tx: Tx, interaction: Row, user_id: int) -> bool:
    """Whether they are free for a call they make, READY or not. What they owe (a call-back) is no reason not to."""
    agent = work.lock_agent(tx, user_id)
    load = Counter(work.load_of(tx.conn, user_id))
    for row in held_work.held(tx.conn, user_id):
        if row["kind"] not in legs.TALKING:
            load.subtract(name for name in (row["medium"], row["channel"]) if name)
    return agent is not None and _fits(tx, agent, interaction, load)


def _fits(tx: Tx, agent: Row, interaction: Row, load: Mapping[str, int]) -> bool:
    capacity = Capacity.of({**routing_rows.blending(tx.conn), **agent["capacity"]}, agent["limits"])
    return has_room(load, interaction["medium"], capacity, interaction["channel"])


def _has_stretch(tx: Tx, interaction_id: int, user_id: int) -> bool:
    stretches = interactions.active_segments(tx.conn, interaction_id, "AGENT")
    return any(row["user_id"] == user_id and row["state"] == "ACTIVE" for row in stretches)


def work_of(interaction: Row) -> dict[str, Any]:
    """The columns of work that is an interaction's need for an agent."""
    return {
        "kind": "interaction",
        "interaction_id": interaction["id"],
        "medium": interaction["medium"],
        "channel": interaction["channel"],
        "priority": interaction["priority"],
    }


def _any_queue(tx: Tx) -> int:
    queue = work.first_queue(tx.conn)
    queue_id: int = queue["id"]
    return queue_id
