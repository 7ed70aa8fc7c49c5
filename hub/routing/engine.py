"""The router: told facts, it answers with decisions.

Order of work: first enqueue time, earlier by what its priority counts for; work that nobody can take holds up nobody
else's. Who gets it: its own agent; else, of those in the queue with the skills its ring asks for and room for its
medium, the first by preference and by the queue's strategy.

The store disposes. A decision is a proposal that the caller commits by compare-and-swap and answers with
an event; meanwhile the engine holds the reservation, so it never offers twice however long the commit
takes, and every reservation has a deadline, so that none is stuck. Facts may come late or twice: what no
longer matches a reservation changes nothing, and what the store says of slots always wins. One task is all
the caller needs:

    engine = Engine()
    decisions = engine.restore(snapshot, now())
    while True:
        for decision in decisions:
            start(commit(decision))           # puts OfferCommitted, OfferFailed, OfferTimedOut … into `facts`
        event = await facts.get_until(engine.next_deadline()) or Tick()
        decisions = engine.apply(event, now())

Only offers are answered: SetNotReady is confirmed by AgentChanged whenever it is.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from datetime import datetime
from typing import Any

from hub.routing import events
from hub.routing.answers import Answers
from hub.routing.decisions import Decision, RescindOffer, SetNotReady
from hub.routing.events import Event
from hub.routing.explain import Preview, WhyWaiting
from hub.routing.offering import Offering
from hub.routing.offers import Reservation
from hub.routing.policy import OverflowReason, RoutingSettings, Strategy
from hub.routing.snapshots import Slot, Snapshot, Work
from hub.routing.state import State


class Engine:
    def __init__(self, settings: RoutingSettings | None = None) -> None:
        self.settings = settings or RoutingSettings()
        self._state = State(self.settings)
        self._offering = Offering(self._state)
        self._answers = Answers(self._state)

    def restore(self, snapshot: Snapshot, now: datetime) -> list[Decision]:
        """Take over what the store says, as the new owner of the routing; only for an engine that knows nothing yet."""
        return self._offering.to_agents(self._state.restore(snapshot, now), now)

    def apply(self, event: Event, now: datetime) -> list[Decision]:
        """What follows from a fact. One that does not fit what the engine knows is ignored, never an error."""
        return _HANDLERS[type(event)](self, event, now)

    def next_deadline(self) -> datetime | None:
        """When the next Tick is due; None if nothing hangs on time."""
        deadlines = (
            self._state.offers.next_deadline(),
            self._state.refusals.next_end(),
            self._state.waiting.next_step(),
            self._state.queues.next_change(),
        )
        return min(filter(None, deadlines), default=None)

    def members_of(self, queues: Set[int]) -> set[int]:
        """The agents who take work of these queues, as far as the engine has heard."""
        return {
            agent for agent, member in self._state.roster.members.items() if not queues.isdisjoint(member.agent.queues)
        }

    def queue_order(self, queue: int) -> list[int]:
        """The work of a queue in the order it is served, what is on offer included."""
        return self._answers.queue_order(queue)

    def explain(self, work_id: int, now: datetime) -> WhyWaiting | None:
        """Why nobody has it yet; None if it does not wait."""
        return self._answers.explain(work_id, now)

    def preview(self, work: Work, now: datetime) -> Preview:
        """Who would get work like this, and why; nothing is changed by asking."""
        return self._answers.preview(work, now)

    # --- facts about work -------------------------------------------------------------------------------------------

    def _enqueued(self, event: events.WorkEnqueued, now: datetime) -> list[Decision]:
        work = event.work
        if reservations := self._state.offers.of(work.id):
            return self._changed_while_ringing(work, reservations, now)
        freed = self._state.let_go(work.id)
        returned_by = freed if freed is not None else event.returned_by
        if returned_by is not None:
            self._state.refusals.add(work.id, returned_by, now)
        is_new = returned_by is None and work.id not in self._state.waiting
        ahead = self._state.waiting.depth[work.queue]
        self._state.put(work, now)
        rule = self._state.queues.overflow_on_arrival(work, ahead, now) if is_new else None
        if rule and rule.reason is OverflowReason.CLOSED:
            return self._offering.move_on([work.id], rule, now)
        made = [*self._offering.to_agents([work.id], now), *self._offering.serve(freed, now)]
        return made + self._offering.move_on([work.id], rule, now) if rule else made

    def _withdrawn(self, event: events.WorkWithdrawn, now: datetime) -> list[Decision]:
        rescinded, freed = self._state.forget(event.work)
        return [*rescinded, *self._offering.serve_all([*freed, self._state.let_go(event.work)], now)]

    def _queue_changed(self, event: events.QueueChanged, now: datetime) -> list[Decision]:
        self._state.queues.change(event.policy, now)
        if event.policy.strategy is not Strategy.ALL_RING:  # what rings at several rings on, and at nobody else
            for reservation in self._state.offers:
                if reservation.work.queue == event.policy.id:
                    self._state.waiting.drop(reservation.work.id)
        return self._offering.to_agents(self._state.waiting.rebuild(event.policy.id, now), now)

    # --- facts about agents -----------------------------------------------------------------------------------------

    def _agent_changed(self, event: events.AgentChanged, now: datetime) -> list[Decision]:
        self._state.roster.change(event.agent, now)
        if event.agent.routable:
            return self._offering.serve(event.agent.id, now)
        return self._offering.to_agents(self._state.waiting.release(event.agent.id, now), now)

    def _agent_gone(self, event: events.AgentGone, now: datetime) -> list[Decision]:
        self._state.roster.set_unroutable(event.agent)
        theirs = [each for each in self._state.offers if each.agent == event.agent]
        closed: list[Decision] = [self._state.offers.close(each, RescindOffer, now) for each in theirs]
        return closed + self._offering.to_agents(self._state.waiting.release(event.agent, now), now)

    def _slot_taken(self, event: events.SlotTaken, now: datetime) -> list[Decision]:
        return self._take(event.agent, event.work, (event.medium, event.channel), now)

    def _slot_freed(self, event: events.SlotFreed, now: datetime) -> list[Decision]:
        member = self._state.done(event.agent, event.work, now)
        return [] if member is None else self._offering.fill(member, now)

    # --- facts about offers -----------------------------------------------------------------------------------------

    def _committed(self, event: events.OfferCommitted, now: datetime) -> list[Decision]:
        reservation = self._state.offers.between(event.work, event.agent)
        if reservation is None:  # what it was for ended while the commit was under way
            return [RescindOffer(event.work, event.agent, event.offer)]
        reservation.offer = event.offer
        return []

    def _accepted(self, event: events.OfferAccepted, now: datetime) -> list[Decision]:
        reservation = self._state.offers.between(event.work, event.agent)
        if reservation is not None and not event.bridged:
            reservation.accepted = True
            self._state.offers.extend(reservation, now + self.settings.bridge)
            self._state.waiting.drop(event.work)
            return []
        ringing = self._state.offers.of(event.work)
        work = ringing[0].work if ringing else self._state.waiting.get(event.work)
        return self._take(event.agent, event.work, work.slot, now) if work else []

    def _bridged(self, event: events.OfferBridged, now: datetime) -> list[Decision]:
        return self._accepted(events.OfferAccepted(event.work, event.agent), now)

    def _refused(
        self, event: events.OfferRejected | events.OfferFailed | events.OfferEnded, now: datetime
    ) -> list[Decision]:
        reservation = self._state.offers.between(event.work, event.agent)
        if reservation is None:
            return []
        self._state.refusals.add(event.work, event.agent, now)
        return self._offering.requeue(reservation, now)

    def _timed_out(self, event: events.OfferTimedOut, now: datetime) -> list[Decision]:
        reservation = self._state.offers.between(event.work, event.agent)
        if reservation is None:
            return []
        self._state.roster.set_unroutable(event.agent)
        released = self._state.waiting.release(event.agent, now)
        return [SetNotReady(event.agent), *self._offering.requeue(reservation, now, released)]

    # --- time -------------------------------------------------------------------------------------------------------

    def _tick(self, event: events.Tick, now: datetime) -> list[Decision]:
        decisions: list[Decision] = [*self._state.offers.close_due(now)]
        due = self._state.waiting.due(now)
        for queue, rule in self._state.queues.closed_by(now):
            decisions += self._offering.move_on([work.id for work in self._state.waiting.in_queue(queue)], rule, now)
        for entry in due:
            self._state.waiting.step(entry, now)
        awaited = [*(entry.number for entry in due), *self._state.refusals.pop_ended(now)]
        decisions += self._offering.to_agents(awaited, now)
        for entry in due:
            due_rule = entry.asked or self._state.queues.overflow_due(entry.work, now)
            decisions += self._offering.move_on([entry.work.id], due_rule, now) if due_rule else []
        return decisions

    # --- what several facts say -------------------------------------------------------------------------------------

    def _changed_while_ringing(self, work: Work, reservations: list[Reservation], now: datetime) -> list[Decision]:
        for reservation in reservations:
            reservation.work = work
        if work.id in self._state.waiting:
            self._state.waiting.add(work, now)
        return []

    def _take(self, agent: int, work: int, slot: Slot, now: datetime) -> list[Decision]:
        """It is theirs: whoever else held it or let it ring has room again."""
        before = self._state.holders.get(work)
        rescinded, freed = self._state.forget(work, winner=agent)
        if before is not None and before[0].agent.id != agent:
            freed.append(before[0].agent.id)
        self._state.hold(agent, work, slot, now)
        self._state.roster.worked(agent, now)
        return [*rescinded, *self._offering.serve_all(freed, now)]


_HANDLERS: dict[type[Event], Callable[[Engine, Any, datetime], list[Decision]]] = {
    events.WorkEnqueued: Engine._enqueued,
    events.WorkWithdrawn: Engine._withdrawn,
    events.AgentChanged: Engine._agent_changed,
    events.AgentGone: Engine._agent_gone,
    events.SlotTaken: Engine._slot_taken,
    events.SlotFreed: Engine._slot_freed,
    events.OfferCommitted: Engine._committed,
    events.OfferFailed: Engine._refused,
    events.OfferAccepted: Engine._accepted,
    events.OfferBridged: Engine._bridged,
    events.OfferRejected: Engine._refused,
    events.OfferTimedOut: Engine._timed_out,
    events.OfferEnded: Engine._refused,
    events.QueueChanged: Engine._queue_changed,
    events.Tick: Engine._tick,
}
