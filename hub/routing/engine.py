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

from collections.abc import Callable, Iterable, Sequence, Set
from datetime import datetime
from typing import Any

from hub.routing import events
from hub.routing.answers import Answers
from hub.routing.decisions import Decision, MakeOffer, Overflow, RescindOffer, SetNotReady
from hub.routing.events import Event
from hub.routing.explain import Preview, WhyWaiting, why_agent
from hub.routing.matching import Matcher
from hub.routing.offers import Offers, Reservation
from hub.routing.policy import OverflowReason, OverflowRule, RoutingSettings, Strategy
from hub.routing.queues import Queues
from hub.routing.refusals import Refusals
from hub.routing.roster import Roster
from hub.routing.snapshots import OpenOffer, Slot, Snapshot, Work
from hub.routing.waiting import Entry, Waiting


class Engine:
    def __init__(self, settings: RoutingSettings | None = None) -> None:
        self.settings = settings or RoutingSettings()
        self._queues = Queues()
        self._roster = Roster(self.settings)
        self._waiting = Waiting(self._roster.matrix, self._queues, self.settings)
        self._offers = Offers(self.settings.retry)
        self._refusals = Refusals(self.settings)
        self._holders: dict[int, int] = {}
        self._matcher = Matcher(self._roster, self._waiting, self._offers, self._refusals)
        self._answers = Answers(self._roster, self._waiting, self._offers, self._queues)

    def restore(self, snapshot: Snapshot, now: datetime) -> list[Decision]:
        """Take over what the store says, as the new owner of the routing; only for an engine that knows nothing yet."""
        for policy in snapshot.queues:
            self._queues.change(policy, now)
        for agent in snapshot.agents:
            self._roster.change(agent, now)
        for held in snapshot.held:
            self._hold(held.agent, held.work, (held.medium, held.channel), now)
        for offer in snapshot.offers:
            self._open(offer, now)
        for work in snapshot.waiting:
            self._waiting.add(work, now, self._is_kept(work, now))
        ringing = {each.work.id: each.work for each in snapshot.offers if self._rings_on(each)}
        for work in ringing.values():
            self._waiting.add(work, now)
        return self._offer_each([*ringing, *(work.id for work in snapshot.waiting)], now)

    def apply(self, event: Event, now: datetime) -> list[Decision]:
        """What follows from a fact. One that does not fit what the engine knows is ignored, never an error."""
        return _HANDLERS[type(event)](self, event, now)

    def next_deadline(self) -> datetime | None:
        """When the next Tick is due; None if nothing hangs on time."""
        deadlines = (
            self._offers.next_deadline(),
            self._refusals.next_end(),
            self._waiting.next_step(),
            self._queues.next_change(),
        )
        return min(filter(None, deadlines), default=None)

    def members_of(self, queues: Set[int]) -> set[int]:
        """The agents who take work of these queues, as far as the engine has heard."""
        return {agent for agent, member in self._roster.members.items() if not queues.isdisjoint(member.agent.queues)}

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
        if reservations := self._offers.of(work.id):
            return self._changed_while_ringing(work, reservations, now)
        freed = self._let_go(work.id)
        returned_by = freed if freed is not None else event.returned_by
        if returned_by is not None:
            self._refusals.add(work.id, returned_by, now)
        is_new = returned_by is None and work.id not in self._waiting
        ahead = self._waiting.depth[work.queue]
        self._waiting.add(work, now, self._is_kept(work, now))
        rule = self._queues.overflow_on_arrival(work, ahead, now) if is_new else None
        if rule and rule.reason is OverflowReason.CLOSED:
            return self._move_on([work.id], rule, now)
        made = [*self._offer_each([work.id], now), *self._serve(freed, now)]
        return made + self._move_on([work.id], rule, now) if rule else made

    def _withdrawn(self, event: events.WorkWithdrawn, now: datetime) -> list[Decision]:
        rescinded, freed = self._forget(event.work)
        return [*rescinded, *self._serve_all([*freed, self._let_go(event.work)], now)]

    def _queue_changed(self, event: events.QueueChanged, now: datetime) -> list[Decision]:
        self._queues.change(event.policy, now)
        if event.policy.strategy is not Strategy.ALL_RING:  # what rings at several rings on, and at nobody else
            for reservation in self._offers:
                if reservation.work.queue == event.policy.id:
                    self._waiting.drop(reservation.work.id)
        return self._offer_each(self._waiting.rebuild(event.policy.id, now), now)

    # --- facts about agents -----------------------------------------------------------------------------------------

    def _agent_changed(self, event: events.AgentChanged, now: datetime) -> list[Decision]:
        self._roster.change(event.agent, now)
        if event.agent.routable:
            return self._serve(event.agent.id, now)
        return self._offer_each(self._waiting.release(event.agent.id, now), now)

    def _agent_gone(self, event: events.AgentGone, now: datetime) -> list[Decision]:
        self._roster.set_unroutable(event.agent)
        theirs = [each for each in self._offers if each.agent == event.agent]
        closed: list[Decision] = [self._offers.close(each, RescindOffer, now) for each in theirs]
        return closed + self._offer_each(self._waiting.release(event.agent, now), now)

    def _slot_taken(self, event: events.SlotTaken, now: datetime) -> list[Decision]:
        return self._take(event.agent, event.work, (event.medium, event.channel), now)

    def _slot_freed(self, event: events.SlotFreed, now: datetime) -> list[Decision]:
        if self._holders.get(event.work) != event.agent:
            return []
        self._let_go(event.work)
        self._roster.worked(event.agent, now)
        return self._serve(event.agent, now)

    # --- facts about offers -----------------------------------------------------------------------------------------

    def _committed(self, event: events.OfferCommitted, now: datetime) -> list[Decision]:
        reservation = self._offers.between(event.work, event.agent)
        if reservation is None:  # what it was for ended while the commit was under way
            return [RescindOffer(event.work, event.agent, event.offer)]
        reservation.offer = event.offer
        return []

    def _accepted(self, event: events.OfferAccepted, now: datetime) -> list[Decision]:
        reservation = self._offers.between(event.work, event.agent)
        if reservation is not None and not event.bridged:
            reservation.accepted = True
            self._offers.extend(reservation, now + self.settings.bridge)
            self._waiting.drop(event.work)
            return []
        ringing = self._offers.of(event.work)
        work = ringing[0].work if ringing else self._waiting.get(event.work)
        return self._take(event.agent, event.work, work.slot, now) if work else []

    def _bridged(self, event: events.OfferBridged, now: datetime) -> list[Decision]:
        return self._accepted(events.OfferAccepted(event.work, event.agent), now)

    def _refused(
        self, event: events.OfferRejected | events.OfferFailed | events.OfferEnded, now: datetime
    ) -> list[Decision]:
        reservation = self._offers.between(event.work, event.agent)
        if reservation is None:
            return []
        self._refusals.add(event.work, event.agent, now)
        return self._requeue(reservation, now)

    def _timed_out(self, event: events.OfferTimedOut, now: datetime) -> list[Decision]:
        reservation = self._offers.between(event.work, event.agent)
        if reservation is None:
            return []
        self._roster.set_unroutable(event.agent)
        released = self._waiting.release(event.agent, now)
        return [SetNotReady(event.agent), *self._requeue(reservation, now, released)]

    # --- time -------------------------------------------------------------------------------------------------------

    def _tick(self, event: events.Tick, now: datetime) -> list[Decision]:
        decisions: list[Decision] = [*self._offers.close_due(now)]
        due = self._waiting.due(now)
        for queue, rule in self._queues.closed_by(now):
            decisions += self._move_on([work.id for work in self._waiting.in_queue(queue)], rule, now)
        entries = [self._waiting.step(work, now) for work in due]
        decisions += self._offer_each([*due, *self._refusals.pop_ended(now)], now)
        for entry in entries:
            due_rule = entry.asked or self._queues.overflow_due(entry.work, now)
            decisions += self._move_on([entry.work.id], due_rule, now) if due_rule else []
        return decisions

    def _move_on(self, works: Iterable[int], rule: OverflowRule, now: datetime) -> list[Decision]:
        """What still waits of these shall wait elsewhere."""
        entries = [entry for work in works if (entry := self._waiting.entry(work)) is not None]
        for entry in entries:
            self._waiting.ask(entry, rule, now)
        return [Overflow(entry.work.id, rule) for entry in entries]

    # --- matching ---------------------------------------------------------------------------------------------------

    def _offer_each(self, works: Iterable[int], now: datetime) -> list[Decision]:
        made: list[Decision] = []
        nobody: set[int] = set()
        for work in self._waiting.sorted(works):
            entry = self._waiting.entry(work.id)
            if entry is None or (id(entry.line) in nobody and work.agent is None):
                continue
            agent = self._matcher.best_agent(entry, now)
            if agent is None and not self._refusals.any_of(work.id) and work.id not in self._offers:
                nobody.add(id(entry.line))
            while agent is not None:
                made.append(self._offer(entry, agent, now))
                agent = self._matcher.best_agent(entry, now) if work.id in self._waiting else None
        return made

    def _serve_all(self, agents: Iterable[int | None], now: datetime) -> list[Decision]:
        return [decision for agent in agents for decision in self._serve(agent, now)]

    def _serve(self, agent: int | None, now: datetime) -> list[Decision]:
        """Offer an agent all they have room for."""
        member = self._roster.members.get(agent) if agent is not None else None
        made: list[Decision] = []
        if member is None or not member.agent.routable:
            return made
        while (work := self._matcher.best_work(member, now)) is not None:
            entry = self._waiting.entry(work.id)
            assert entry is not None
            made.append(self._offer(entry, member.agent.id, now, alone=True))
        return made

    def _offer(self, entry: Entry, agent: int, now: datetime, alone: bool = False) -> MakeOffer:
        """`alone`: nobody else could have taken it, or they would have it already."""
        work, policy = entry.work, self._queues[entry.work.queue]
        line = entry.line or self._waiting.line_for(work, now)
        member = self._roster.members[agent]
        why = why_agent(
            member,
            work,
            line,
            candidates=1 if alone else max(sum(len(link.free) for link in line.links), 1),
            refused=self._refusals.any_of(work.id),
            ring=entry.ring,
            now=now,
        )
        self._roster.took_turn(member, work.queue, policy.strategy)
        if policy.strategy is not Strategy.ALL_RING or entry.kept_for is not None:
            self._waiting.drop(work.id)
        alongside = work.id in self._offers
        expires_at = now + work.lease
        self._open(OpenOffer(work, agent, None, expires_at), now)
        return MakeOffer(work.id, agent, expires_at, why, policy.auto_accept, alongside)

    def _rings_on(self, offer: OpenOffer) -> bool:
        """Whether it may ring at more agents while this offer stands."""
        return self._queues[offer.work.queue].strategy is Strategy.ALL_RING and not offer.accepted

    def _is_kept(self, work: Work, now: datetime) -> bool:
        """Whether it waits for its own agent alone: they are there, and the time it is kept for is not over."""
        if work.agent is None or work.agent_until is None or work.agent_until <= now:
            return False
        member = self._roster.members.get(work.agent)
        return member is not None and member.agent.routable and work.agent not in self._refusals.cooling(work.id, now)

    # --- what moves together ----------------------------------------------------------------------------------------

    def _open(self, offer: OpenOffer, now: datetime) -> None:
        self._offers.open(offer)
        self._roster.fill(offer.agent, offer.work.id, offer.work.slot, now)

    def _hold(self, agent: int, work: int, slot: Slot, now: datetime) -> None:
        self._holders[work] = agent
        self._roster.fill(agent, work, slot, now)

    def _let_go(self, work: int) -> int | None:
        """Nobody holds it any more; who did."""
        agent = self._holders.pop(work, None)
        if agent is not None:
            self._roster.clear(agent, work)
        return agent

    def _drop(self, reservation: Reservation) -> None:
        self._offers.drop(reservation)
        self._roster.clear(reservation.agent, reservation.work.id)

    def _requeue(self, reservation: Reservation, now: datetime, released: Sequence[int] = ()) -> list[Decision]:
        """Back to its place, which its first enqueue time keeps; the agent is free for other work.

        `released`: what else may go to others now.
        """
        work = reservation.work
        self._drop(reservation)
        if work.id not in self._offers and work.id not in self._waiting:
            self._waiting.add(work, now)
        return [*self._offer_each([work.id, *released], now), *self._serve(reservation.agent, now)]

    def _changed_while_ringing(self, work: Work, reservations: list[Reservation], now: datetime) -> list[Decision]:
        for reservation in reservations:
            reservation.work = work
        if work.id in self._waiting:
            self._waiting.add(work, now)
        return []

    def _take(self, agent: int, work: int, slot: Slot, now: datetime) -> list[Decision]:
        """It is theirs: whoever else held it or let it ring has room again."""
        before = self._holders.get(work)
        rescinded, freed = self._forget(work, winner=agent)
        if before is not None and before != agent:
            self._let_go(work)
            freed.append(before)
        self._hold(agent, work, slot, now)
        self._roster.worked(agent, now)
        return [*rescinded, *self._serve_all(freed, now)]

    def _forget(self, work: int, winner: int | None = None) -> tuple[list[Decision], list[int]]:
        """It waits no longer; whoever it rings at, but the winner, is told and has room again."""
        self._waiting.drop(work)
        self._refusals.forget(work)
        told: list[Decision] = []
        freed: list[int] = []
        for reservation in self._offers.of(work):
            self._drop(reservation)
            if reservation.agent != winner:
                told.append(RescindOffer(work, reservation.agent, reservation.offer))
                freed.append(reservation.agent)
        return told, freed


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
