"""What happens to a party's media in a live interaction, as far as the record needs it; media never waits for this.

A fact about no leg in particular is about the customer's. An agent's leg is named by the offer it rings for.
"""

import logging

from hub.api import Cause, LegFact, LegState
from hub.model.actor import Actor
from hub.model.errors import Conflict
from hub.model.states import HOLDS_SLOT, InteractionState, NotReadyReason, OfferState, Presence, WorkState
from hub.pipeline import conclude, offer, presence, route
from hub.pipeline.calls import answer, audio, party
from hub.pipeline.calls.arrangement import Step
from hub.pipeline.colleagues import consult, consulted, place, transfer
from hub.pipeline.colleagues.consult import Whom
from hub.store import heard, interactions, legs, parties, work
from hub.store.interactions import subjects
from hub.store.rows import Row
from hub.store.unit import Tx

log = logging.getLogger(__name__)
BY_DEVICE = frozenset({LegState.CONSULTING, LegState.RETURNED, LegState.PASSED_ON})
RECORDED = frozenset({LegState.RECORDING, LegState.RECORDING_PAUSED})
BROKEN = frozenset({Cause.FAILED, Cause.UNREACHABLE})  # nobody meant to hang up


def apply(tx: Tx, fact: LegFact, scope: str) -> int | None:
    """Note the fact; returns the interaction it is about, None when there is none by that name."""
    interaction = interactions.by_thread(tx.conn, scope, (fact.thread,))
    if interaction is None:
        return None
    interaction = interactions.locked(tx, interaction["id"])
    tx.event("leg.state", **subjects(interaction), leg=fact.leg, state=fact.state.value, cause=fact.cause)
    interaction = heard.note(tx, interaction, fact)
    number = legs.offer_by(tx.conn, fact.leg)
    if number is not None:
        _agents(tx, interaction, number, fact)
    elif parties.number_in(fact.leg) is not None:
        party.told(tx, interaction, fact)
    else:
        _customers(tx, interaction, fact)
    interaction_id: int = interaction["id"]
    return interaction_id


def lost(tx: Tx, interaction_id: int, cause: str = Cause.FAILED) -> None:
    """The customer's leg is gone, and nobody hung up: the interaction ends, its agents are free."""
    conclude.ended(tx, interactions.locked(tx, interaction_id), cause, InteractionState.FAILED)


def agent_lost(tx: Tx, offer_id: int, cause: str = Cause.FAILED) -> None:
    """An agent's leg is gone, or could not be had, and nobody hung up."""
    found = work.get_offer(tx.conn, offer_id)
    if found is not None and found["interaction_id"] is not None:
        _left(tx, interactions.locked(tx, found["interaction_id"]), found, cause)


def could_not(tx: Tx, interaction_id: int, step: Step, code: str) -> None:
    """A channel could not do what the record says: it says so, and what it was before."""
    interaction = interactions.locked(tx, interaction_id)
    whose = "monitor.failed" if _nobody_knows(tx, step) else "call.failed"
    tx.event(whose, **subjects(interaction), command=step.command, code=code)
    if step.command in {"ring", "invite", "bridge", "consult", "resume", "monitor"}:
        for name in step.legs:
            _lost(tx, name)
    elif step.command in {"mute", "unmute"}:
        audio.not_muted(tx, interaction, step.legs[0], step.command == "mute")
    elif step.command in {"record", "pause"}:
        audio.not_recorded(tx, interaction)
    elif interaction["state"] in {InteractionState.ON_HOLD, InteractionState.TRANSFERRING}:
        interactions.move(tx, interaction, InteractionState.CONNECTED)
        consulted.settle(tx, interaction_id)


def _nobody_knows(tx: Tx, step: Step) -> bool:
    """Whether it is about a supervisor of whom agents are told nothing."""
    numbers = [number for name in step.legs if (number := parties.number_in(name)) is not None]
    rows = [parties.get(tx.conn, number) for number in numbers]
    return any(row is not None and not row["visible"] for row in rows)


def _lost(tx: Tx, name: str) -> None:
    offer_id, party_id = legs.offer_by(tx.conn, name), parties.number_in(name)
    if offer_id is not None:
        agent_lost(tx, offer_id)
    elif party_id is not None:
        party.lost(tx, party_id)


def _customers(tx: Tx, interaction: Row, fact: LegFact) -> None:
    if fact.state is LegState.ENDED:
        conclude.ended_by_customer(tx, interaction, fact.cause or "customer")
    elif fact.state is LegState.ANSWERED:
        _answered_by_customer(tx, interaction)
    elif fact.state in RECORDED:
        audio.told(tx, interaction, fact.state)
    else:
        _held(tx, interaction, fact.state)


def _answered_by_customer(tx: Tx, interaction: Row) -> None:
    """A call that its agent placed."""
    agent = interaction["agent_id"]
    if interaction["state"] == InteractionState.INITIATED and legs.up_for(tx.conn, interaction["id"], agent):
        route.connect(tx, interaction, agent, "started", work_stands=True)


def _held(tx: Tx, interaction: Row, state: LegState) -> None:
    if state is LegState.HELD and interaction["state"] == InteractionState.CONNECTED:
        interactions.move(tx, interaction, InteractionState.ON_HOLD)
    elif state is LegState.RESUMED and interaction["state"] == InteractionState.ON_HOLD:
        interactions.move(tx, interaction, InteractionState.CONNECTED)


def _agents(tx: Tx, interaction: Row, number: int, fact: LegFact) -> None:
    found = work.get_offer(tx.conn, number)
    if found is None or found["interaction_id"] != interaction["id"]:
        return
    if fact.state is LegState.ANSWERED:
        answer.bridged(tx, number)
    elif fact.state is LegState.RINGING and found["state"] == OfferState.PENDING:
        work.set_offer(tx, found, OfferState.RINGING, "offer.ringing")
    elif fact.state is LegState.ENDED:
        _left(tx, interaction, found, fact.cause)
    elif fact.state in BY_DEVICE:
        _by_device(tx, interaction, found["user_id"], fact)
    elif found["user_id"] == interaction["agent_id"]:
        _held(tx, interaction, fact.state)


def _by_device(tx: Tx, interaction: Row, user_id: int, fact: LegFact) -> None:
    """An agent brings in a colleague by the keys of their phone, is done with them, or passes the customer on, to one
    or to a queue. What cannot be stays as it is, and that is what the phone is told."""
    actor = Actor(user_id, "", frozenset(), None)
    try:
        if fact.state is LegState.RETURNED:
            consult.back(tx, actor, interaction["id"])
        elif fact.state is LegState.PASSED_ON and fact.colleague is not None:
            transfer.ring(tx, actor, interaction["id"], fact.colleague)
        elif fact.state is LegState.PASSED_ON:
            _to_queue(tx, actor, interaction, fact.queue)
        elif fact.state is LegState.CONSULTING:
            consult.ask(tx, actor, interaction["id"], Whom(user=fact.colleague, aside=True))
    except Conflict as error:
        log.info("call %d: %s by a device is not possible: %s", interaction["id"], fact.state, error)


def _to_queue(tx: Tx, actor: Actor, interaction: Row, key: str) -> None:
    queue = work.queue_by_key(tx.conn, key)
    if queue is None:
        raise Conflict("There is no such queue.", {"queue": key})
    transfer.to_queue(tx, actor, interaction["id"], queue["id"])


def _left(tx: Tx, interaction: Row, found: Row, cause: str) -> None:
    if found["ended_at"] is None:
        _not_answered(tx, found, cause)
        return
    row = work.get(tx.conn, found["work_id"]) if interaction["state"] != InteractionState.SELF_SERVICE else None
    if found["state"] == OfferState.BRIDGED and row is not None and row["state"] == WorkState.ASSIGNED:
        _hung_up(tx, interaction, row, cause)
        if cause == Cause.UNREACHABLE:  # nothing came from their device any more: nor would it answer the next call
            presence.put(tx, found["user_id"], Presence.NOT_READY, NotReadyReason.UNREACHABLE)


def _not_answered(tx: Tx, found: Row, cause: str) -> None:
    """Refused on the device is refused. Who cannot be reached, or does not come, takes no work until they say so."""
    if cause == Cause.REJECTED and found["state"] != OfferState.ACCEPTED:
        offer.refused(tx, found["id"])
    elif cause == Cause.NO_ANSWER:
        presence.not_answered(tx, found["id"], found["user_id"])
    elif offer.fail(tx, found["id"], cause) and cause != Cause.REJECTED:
        presence.put(tx, found["user_id"], Presence.NOT_READY, NotReadyReason.UNREACHABLE)


def _hung_up(tx: Tx, interaction: Row, row: Row, cause: str) -> None:
    """An agent is no longer there. Whom they leave behind has the customer; a customer they leave alone is at the front
    of the queue where the line broke or the queue says so, and otherwise goes as well."""
    other = consulted.beside_them(tx, interaction["id"]) or consulted.partner(tx, interaction["id"])
    if row["kind"] == consulted.KIND:
        _free(tx, consulted.left(tx, interaction, row, "LEFT"))
    elif other is not None:
        place.handed_over(tx, interaction, other)
    elif interaction["state"] in HOLDS_SLOT and (cause in BROKEN or _keeps_customers(tx, row)):
        conclude.back_to_queue(tx, interaction)
    elif interaction["state"] == InteractionState.INITIATED:  # a call they placed, and the customer did not answer yet
        conclude.ended(tx, interaction, cause or Cause.HUNG_UP, InteractionState.FAILED)
    else:
        conclude.agent_hung_up(tx, interaction)


def _keeps_customers(tx: Tx, row: Row) -> bool:
    queue = work.queue(tx.conn, row["queue_id"])
    return bool(queue and queue["routing"].get("agent_hangs_up") == "queue")


def _free(tx: Tx, users: list[int]) -> None:
    for user_id in users:
        presence.work_ended(tx, user_id)
