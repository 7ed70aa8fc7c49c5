"""How an agent's stretch ends: closed with a disposition, waiting for the customer, put off, wrapped up."""

from datetime import datetime, timedelta

from hub.model.actor import Actor
from hub.model.errors import Conflict, Invalid, NotFound
from hub.model.states import FINAL, InteractionState, SegmentOutcome, SegmentState, WorkState
from hub.pipeline import presence, route
from hub.pipeline.colleagues import consulted, place
from hub.pipeline.flows import flow_state
from hub.pipeline.promises import attempts, callback, missed, own_box
from hub.store import interactions, timers, work
from hub.store.rows import Row
from hub.store.unit import Tx

WRAP_UP, SNOOZE = "wrap_up", "snooze"
DEFAULT_DISPOSITION = "UNSPECIFIED"
SELF_SERVICE = "self-service"  # why it ended: that was enough


def close(tx: Tx, actor: Actor, interaction_id: int, disposition: str = "") -> Row:
    """The conversation is over for good, unless a flow goes on with the customer. With a disposition the stretch is
    done at once; without one, and where the queue gives time for it, the agent wraps up first and keeps the slot until
    then."""
    interaction = _mine(tx, actor, interaction_id)
    _check_disposition(_queue_of(tx, interaction), disposition)
    return _done_by_agent(tx, interaction, disposition)


def agent_hung_up(tx: Tx, interaction: Row) -> Row:
    """The agent is gone, and nobody else has the customer."""
    if flow_state.goes_on(interaction):
        return _done_by_agent(tx, interaction, "")
    return ended_by_customer(tx, interaction, "agent")


def wrap_up(tx: Tx, actor: Actor, interaction_id: int, disposition: str) -> None:
    """The agent's code for what it was about: the stretch is done, the slot free, in one step."""
    interaction = interactions.locked_for(tx, actor, interaction_id)
    _check_disposition(_queue_of(tx, interaction), disposition)
    if _stretch_of(tx, interaction) is None:
        raise Conflict("There is nothing to wrap up.")
    interaction = interactions.change(tx, interaction, disposition=disposition)
    _finish(tx, interaction, disposition)


def wrapped_up(tx: Tx, interaction: Row) -> None:
    """As much time for it as there was."""
    if _stretch_of(tx, interaction) is not None:
        _finish(tx, interaction, DEFAULT_DISPOSITION)


def wrap_up_over(tx: Tx, interaction_id: int) -> None:
    """Time ran out: the default code."""
    interaction = interactions.locked(tx, interaction_id)
    if _stretch_of(tx, interaction) is not None:
        interaction = interactions.change(tx, interaction, disposition=DEFAULT_DISPOSITION)
        _finish(tx, interaction, DEFAULT_DISPOSITION)


def await_customer(tx: Tx, actor: Actor, interaction_id: int) -> Row:
    """Their move: it holds no slot until they write, and then comes back to its agent."""
    interaction = _no_call(_mine(tx, actor, interaction_id))
    interaction = interactions.move(tx, interaction, InteractionState.AWAITING_CUSTOMER, unread=0)
    _let_slot_go(tx, interaction)
    return interaction


def snooze(tx: Tx, actor: Actor, interaction_id: int, until: datetime) -> Row:
    """Out of sight until then, or until the customer writes."""
    if until <= tx.now:
        raise Invalid("past", {"until": "This moment has passed."})
    interaction = _no_call(_mine(tx, actor, interaction_id))
    interaction = interactions.move(tx, interaction, InteractionState.SNOOZED, snoozed_until=until, unread=0)
    _let_slot_go(tx, interaction)
    timers.schedule(tx, timers.CORE, SNOOZE, until, {"interaction": interaction_id}, key=str(interaction_id))
    return interaction


def snooze_over(tx: Tx, interaction_id: int) -> None:
    """It is time: back to its agent, or to the queue."""
    interaction = interactions.locked(tx, interaction_id)
    if interaction["state"] == InteractionState.SNOOZED:
        route.need_agent(tx, interactions.change(tx, interaction, snoozed_until=None))


def resume(tx: Tx, actor: Actor, interaction_id: int) -> Row:
    """Take up again what waited for the customer or slept."""
    interaction = _mine(tx, actor, interaction_id)
    if interaction["state"] not in {InteractionState.AWAITING_CUSTOMER, InteractionState.SNOOZED}:
        raise Conflict("It is not waiting.", {"state": interaction["state"]})
    timers.cancel(tx, timers.CORE, SNOOZE, str(interaction_id))
    return route.connect(tx, interaction, actor.user_id, "taken")


def ended_by_customer(tx: Tx, interaction: Row, reason: str) -> Row:
    """They left: abandoned while nobody had answered, closed otherwise."""
    if interaction["state"] in FINAL:
        return interaction
    if callback.keep(tx, interaction) or flow_state.leaving(tx, interaction, reason):
        return interactions.locked(tx, interaction["id"])
    unanswered = InteractionState.FAILED if _is_ours(interaction) else InteractionState.ABANDONED
    return ended(tx, interaction, reason, InteractionState.CLOSED if _answered(interaction, reason) else unanswered)


def ended(tx: Tx, interaction: Row, reason: str, state: InteractionState) -> Row:
    """It is over, without anybody closing it; who talked wraps up where the queue gives time for it. Who gave up before
    they were answered may be owed an answer."""
    if interaction["state"] in FINAL:
        return interaction
    place.close(tx, interaction)
    talked = interaction["connected_at"] is not None
    interaction = interactions.move(tx, interaction, state, attributes={**interaction["attributes"], "ended": reason})
    queue = _queue_of(tx, interaction)
    stretch = _stretch_of(tx, interaction)
    if stretch and stretch["state"] == SegmentState.WRAP_UP:
        interactions.end_segments(tx, interaction["id"], SegmentOutcome.ANSWERED)
    elif queue and queue["wrap_up_seconds"] and stretch:
        _start_wrap_up(tx, interaction, stretch, queue["wrap_up_seconds"])
    else:
        gone = talked or state == InteractionState.CLOSED
        _finish(tx, interaction, "", SegmentOutcome.ANSWERED if gone else SegmentOutcome.ABANDONED)
    if not talked and _is_ours(interaction):
        attempts.failed(tx, interaction, reason)
    elif own_box.is_in(interaction) or (state != InteractionState.CLOSED and not talked):
        missed.note(tx, interaction)
    return interaction


def back_to_queue(tx: Tx, interaction: Row) -> Row:
    """The customer is still there and their agent is not: to the front of the queue."""
    place.vacate(tx, interaction)
    return route.put_into_queue(tx, interaction)


def _done_by_agent(tx: Tx, interaction: Row, disposition: str) -> Row:
    place.close(tx, interaction)
    queue, goes_on = _queue_of(tx, interaction), flow_state.goes_on(interaction)
    wraps_up = queue and queue["wrap_up_seconds"] and not disposition
    stretch = _stretch_of(tx, interaction) if wraps_up else None
    known = {"disposition": disposition, "unread": 0}
    if goes_on:
        interaction = interactions.change(tx, interaction, **known)
    else:
        interaction = interactions.move(tx, interaction, InteractionState.CLOSED, **known)
    if queue and stretch:
        _start_wrap_up(tx, interaction, stretch, queue["wrap_up_seconds"])
    else:
        _finish(tx, interaction, disposition)
    if _is_ours(interaction) and interaction["connected_at"] is None:  # closed while it rang
        attempts.failed(tx, interaction, "agent")
    return flow_state.resume(tx, interaction) if goes_on else interaction


def _answered(interaction: Row, reason: str) -> bool:
    """By a person, or by self-service: but who leaves that in its midst and had waited for a person wanted one."""
    if interaction["connected_at"] is not None or reason == SELF_SERVICE:
        return True
    return interaction["state"] == InteractionState.SELF_SERVICE and interaction["enqueued_at"] is None


def _is_ours(interaction: Row) -> bool:
    """Whether we called them."""
    return "placed" in interaction["attributes"]


def _mine(tx: Tx, actor: Actor, interaction_id: int) -> Row:
    interaction = interactions.locked_for(tx, actor, interaction_id)
    theirs = interaction["agent_id"] not in (None, actor.user_id)
    if theirs and not actor.may("interactions.supervise"):
        raise NotFound(f"interaction {interaction_id}")
    return interaction


def _no_call(interaction: Row) -> Row:
    if interaction["call"]:
        raise Conflict("Who is on the line cannot be put off.", {"state": interaction["state"]})
    return interaction


def _queue_of(tx: Tx, interaction: Row) -> Row | None:
    return tx.once(("queue", interaction["queue_id"]), lambda conn: work.queue(conn, interaction["queue_id"]))


def _stretch_of(tx: Tx, interaction: Row) -> Row | None:
    stretches = interactions.active_segments(tx.conn, interaction["id"], "AGENT")
    own = [stretch for stretch in stretches if stretch["role"] != consulted.ROLE]
    return own[-1] if own else None


def _start_wrap_up(tx: Tx, interaction: Row, stretch: Row, seconds: int) -> None:
    until = tx.now + timedelta(seconds=seconds)
    interactions.set_segment(
        tx, stretch["id"], state=SegmentState.WRAP_UP, outcome=SegmentOutcome.ANSWERED, wrap_up_until=until
    )
    interactions.end_segments(tx, interaction["id"], SegmentOutcome.ANSWERED)
    timers.schedule(tx, timers.CORE, WRAP_UP, until, {"interaction": interaction["id"]}, key=str(interaction["id"]))


def _finish(tx: Tx, interaction: Row, disposition: str, outcome: str = SegmentOutcome.ANSWERED) -> None:
    of = "AGENT" if interaction["state"] == InteractionState.SELF_SERVICE else None
    stretches = interactions.active_segments(tx.conn, interaction["id"], of)
    if any(stretch["state"] == SegmentState.WRAP_UP for stretch in stretches):
        timers.cancel(tx, timers.CORE, WRAP_UP, str(interaction["id"]))
    for stretch in stretches:
        ended = {"state": SegmentState.DONE, "ended_at": tx.now, "outcome": stretch["outcome"] or outcome}
        interactions.set_segment(tx, stretch["id"], disposition=disposition, **ended)
    _let_slot_go(tx, interaction)


def _let_slot_go(tx: Tx, interaction: Row) -> None:
    unmet = interaction["state"] in {InteractionState.ABANDONED, InteractionState.FAILED}
    holder = route.free(tx, interaction, WorkState.CANCELLED if unmet else WorkState.DONE)
    if holder is not None:
        presence.work_ended(tx, holder)
    if interaction["state"] not in FINAL | {InteractionState.SELF_SERVICE}:
        interactions.end_segments(tx, interaction["id"], SegmentOutcome.ANSWERED)


def _check_disposition(queue: Row | None, disposition: str) -> None:
    known = set(queue["dispositions"]) if queue else set()
    if disposition and known and disposition not in known:
        raise Invalid("disposition", {"disposition": f"One of {', '.join(sorted(known))}."})
