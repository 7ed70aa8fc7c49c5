"""The router: told facts, it answers with decisions.

Order: priority, then first enqueue time; work that nobody can take holds up nobody else's. Of the agents
with the queue, the skills and room for the medium: the fewest pieces of work in hand, then the longest idle.

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

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from hub.routing import events
from hub.routing.classes import Matrix, WorkClass
from hub.routing.decisions import Decision, MakeOffer, RescindOffer, SetNotReady
from hub.routing.events import Event
from hub.routing.explain import WhyWaiting, why_agent, why_not
from hub.routing.offers import Offers
from hub.routing.refusals import Refusals, RoutingSettings
from hub.routing.roster import Member, Roster
from hub.routing.snapshots import OpenOffer, Snapshot, Work
from hub.routing.waiting import Waiting, place


class Engine:
    def __init__(self, settings: RoutingSettings | None = None) -> None:
        settings = settings or RoutingSettings()
        self._matrix = Matrix()
        self._roster = Roster(self._matrix)
        self._waiting = Waiting(self._matrix)
        self._offers = Offers(settings.retry)
        self._refusals = Refusals(settings)

    def restore(self, snapshot: Snapshot, now: datetime) -> list[Decision]:
        """Take over what the store says, as the new owner of the routing; only for an engine that knows nothing yet."""
        for agent in snapshot.agents:
            self._roster.change(agent, now)
        for held in snapshot.held:
            self._roster.fill(held.agent, held.work, held.medium, now)
        for offer in snapshot.offers:
            self._open(offer, now)
        for work in snapshot.waiting:
            self._waiting.add(work)
        return self._offer_each([work.id for work in snapshot.waiting], now)

    def apply(self, event: Event, now: datetime) -> list[Decision]:
        """What follows from a fact. One that does not fit what the engine knows is ignored, never an error."""
        return _HANDLERS[type(event)](self, event, now)

    def next_deadline(self) -> datetime | None:
        """When the next Tick is due; None if nothing hangs on time."""
        deadlines = (self._offers.next_deadline(), self._refusals.next_end())
        return min(filter(None, deadlines), default=None)

    def queue_order(self, queue: int) -> list[int]:
        """The work of a queue in the order it is served, what is on offer included."""
        offered = [reservation.work for reservation in self._offers if reservation.work.queue == queue]
        return [work.id for work in sorted([*self._waiting.in_queue(queue), *offered], key=place)]

    def explain(self, work_id: int, now: datetime) -> WhyWaiting | None:
        """Why nobody has it yet; None if it does not wait."""
        work = self._waiting.get(work_id)
        if work is None:
            return None
        wanted = WorkClass.of(work)
        reasons = Counter(why_not(member, wanted) for member in self._roster.members.values())
        position = self.queue_order(work.queue).index(work_id) + 1
        return WhyWaiting(position, (now - work.enqueued_at).total_seconds(), dict(reasons))

    # --- facts about work -------------------------------------------------------------------------------------------

    def _enqueued(self, event: events.WorkEnqueued, now: datetime) -> list[Decision]:
        work = event.work
        if reservation := self._offers.get(work.id):
            reservation.work = work
            return []
        freed = self._roster.clear(work.id)
        returned_by = freed if freed is not None else event.returned_by
        if returned_by is not None:
            self._refusals.add(work.id, returned_by, now)
        self._waiting.add(work)
        return [*self._offer_each([work.id], now), *self._serve(freed, now)]

    def _withdrawn(self, event: events.WorkWithdrawn, now: datetime) -> list[Decision]:
        rescinded = self._forget(event.work)
        return [*rescinded, *self._serve(self._roster.clear(event.work), now)]

    # --- facts about agents -----------------------------------------------------------------------------------------

    def _agent_changed(self, event: events.AgentChanged, now: datetime) -> list[Decision]:
        self._roster.change(event.agent, now)
        return self._serve(event.agent.id, now)

    def _agent_gone(self, event: events.AgentGone, now: datetime) -> list[Decision]:
        self._roster.set_unroutable(event.agent)
        theirs = [reservation for reservation in self._offers if reservation.agent == event.agent]
        return [self._offers.close(reservation, RescindOffer, now) for reservation in theirs]

    def _slot_taken(self, event: events.SlotTaken, now: datetime) -> list[Decision]:
        return self._take(event.agent, event.work, event.medium, now)

    def _slot_freed(self, event: events.SlotFreed, now: datetime) -> list[Decision]:
        if event.work in self._offers or self._roster.holder.get(event.work) != event.agent:
            return []
        self._roster.clear(event.work)
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
        reservation = self._offers.get(event.work)
        work = reservation.work if reservation else self._waiting.get(event.work)
        return self._take(event.agent, event.work, work.medium, now) if work else []

    def _refused(
        self, event: events.OfferRejected | events.OfferFailed | events.OfferEnded, now: datetime
    ) -> list[Decision]:
        if self._offers.between(event.work, event.agent) is None:
            return []
        self._refusals.add(event.work, event.agent, now)
        return self._requeue(event.work, now)

    def _timed_out(self, event: events.OfferTimedOut, now: datetime) -> list[Decision]:
        if self._offers.between(event.work, event.agent) is None:
            return []
        self._roster.set_unroutable(event.agent)
        return [SetNotReady(event.agent), *self._requeue(event.work, now)]

    def _tick(self, event: events.Tick, now: datetime) -> list[Decision]:
        return [*self._offers.close_due(now), *self._offer_each(self._refusals.pop_ended(now), now)]

    # --- matching ---------------------------------------------------------------------------------------------------
    # Between two events no waiting work has an agent who could take it. So what an event frees can be matched
    # alone: a piece of work with the best agent for it, an agent with the best work for them.

    def _offer_each(self, works: Iterable[int], now: datetime) -> list[Decision]:
        chosen = ((work, self._best_agent(work, now)) for work in self._waiting.sorted(works))
        return [self._offer(work, agent, now) for work, agent in chosen if agent is not None]

    def _serve(self, agent: int | None, now: datetime) -> list[Decision]:
        """Offer an agent all they have room for."""
        member = self._roster.members.get(agent) if agent is not None else None
        made: list[Decision] = []
        while member and (work := self._best_work(member, now)) is not None:
            made.append(self._offer(work, member.agent.id, now))
        return made

    def _best_agent(self, work: Work, now: datetime) -> int | None:
        line = self._matrix.line(work)
        if not self._refusals.any_of(work.id):
            return self._roster.best(line)
        cooling, paused = self._refusals.cooling(work.id, now), self._refusals.paused(work.id, now)
        fresh = self._roster.best(line, lambda agent: agent not in cooling)
        return fresh if fresh is not None else self._roster.best(line, lambda agent: agent not in paused)

    def _best_work(self, member: Member, now: datetime) -> Work | None:
        agent, media = member.agent.id, member.open_media()

        def accepts(work: int) -> bool:
            return agent not in self._refusals.paused(work, now)

        lines = [line for line in member.group.lines if line.work_class.medium in media]
        firsts = (line.waiting.first_where(accepts) for line in lines)
        return min((self._waiting[work] for work in firsts if work is not None), key=place, default=None)

    def _offer(self, work: Work, agent: int, now: datetime) -> MakeOffer:
        why = why_agent(
            self._roster.members[agent],
            work,
            candidates=self._roster.count(self._matrix.line(work)),
            refused=self._refusals.any_of(work.id),
            now=now,
        )
        expires_at = now + work.lease
        self._waiting.drop(work.id)
        self._open(OpenOffer(work, agent, None, expires_at), now)
        return MakeOffer(work.id, agent, expires_at, why)

    # --- what moves together ----------------------------------------------------------------------------------------

    def _open(self, offer: OpenOffer, now: datetime) -> None:
        self._offers.open(offer)
        self._roster.fill(offer.agent, offer.work.id, offer.work.medium, now)

    def _requeue(self, work: int, now: datetime) -> list[Decision]:
        """Back to its place, which its first enqueue time keeps; the agent is free for other work."""
        reservation = self._offers.pop(work)
        assert reservation is not None
        self._roster.clear(work)
        self._waiting.add(reservation.work)
        return [*self._offer_each([work], now), *self._serve(reservation.agent, now)]

    def _take(self, agent: int, work: int, medium: str, now: datetime) -> list[Decision]:
        """It is theirs: whoever else held it or let it ring has room again."""
        before = self._roster.holder.get(work)
        rescinded = self._forget(work, winner=agent)
        self._roster.fill(agent, work, medium, now)
        self._roster.worked(agent, now)
        return [*rescinded, *self._serve(before, now)]

    def _forget(self, work: int, winner: int | None = None) -> list[Decision]:
        """It waits no longer; whoever it rings at, but the winner, is told."""
        self._waiting.drop(work)
        self._refusals.forget(work)
        reservation = self._offers.pop(work)
        if reservation is None or reservation.agent == winner:
            return []
        return [RescindOffer(work, reservation.agent, reservation.offer)]


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
    events.OfferRejected: Engine._refused,
    events.OfferTimedOut: Engine._timed_out,
    events.OfferEnded: Engine._refused,
    events.Tick: Engine._tick,
}
