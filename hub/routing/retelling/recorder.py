"""Reads a stretch out of what the router was told and decided, in the order it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from hub.model.states import OfferState
from hub.routing import events
from hub.routing.events import Event
from hub.routing.policy import QueuePolicy
from hub.routing.retelling.stretch import Answer, Contact, Stretch
from hub.routing.snapshots import Agent, Held, Snapshot, Work

MOST = 2_000  # contacts: more would keep whoever asks waiting for too long


class Recorder:
    """Told everything from a snapshot at or before `since` on; `stretch` says what it comes to."""

    def __init__(self, since: datetime, until: datetime, most: int = MOST) -> None:
        self._since, self._until, self._most = since, until, most
        self._agents: dict[int, Agent] = {}
        self._policies: dict[int, QueuePolicy] = {}
        self._contacts: dict[int, Contact] = {}
        self._held: dict[int, Held] = {}
        self._rung: dict[tuple[int, int], datetime] = {}
        self._moving: set[int] = set()
        self._happenings: list[tuple[datetime, Event]] = []
        self._opening: Stretch | None = None
        self._full = False

    @property
    def is_over(self) -> bool:
        """Whether what else there is would change nothing."""
        return self._full

    def snapshot(self, state: Snapshot, at: datetime) -> None:
        """A new owner began from this: whatever was not heard before is told from it."""
        self._begin(at)
        for policy in state.queues:
            self._policies[policy.id] = policy
            self._happens(at, events.QueueChanged(policy))
        for agent in state.agents:
            self._agent_changed(events.AgentChanged(agent), at)
        for work in (*state.waiting, *(offer.work for offer in state.offers)):
            if work.id not in self._contacts:
                self._contacts[work.id] = Contact(work, at)
        self._rung |= {(offer.work.id, offer.agent): at for offer in state.offers}
        self._reconcile(state, at)

    def round(self, at: datetime, heard: Iterable[Event], decided: Iterable[Any]) -> None:
        """One round of the router; decisions as the journal puts them: (name, work, agent)."""
        self._begin(at)
        for fact in heard:
            if (handler := _HANDLERS.get(type(fact))) is not None and not self._full:
                handler(self, fact, at)
        self._moving.update(work for name, work, _ in decided if name == "Overflow")

    def stretch(self) -> Stretch:
        self._begin(self._until)
        opening = self._opening
        assert opening is not None
        self._ring_on()
        return Stretch(
            self._since,
            self._until,
            opening.agents,
            opening.policies,
            opening.held,
            tuple(sorted(self._contacts.values(), key=lambda contact: (contact.at, contact.work.id))),
            tuple(self._happenings),
            self._full,
        )

    def _ring_on(self) -> None:
        """Who was still being asked when the record ends had not answered by then."""
        for (work, agent), at in self._rung.items():
            contact = self._contacts.get(work)
            if contact is not None and contact.waits:
                rung = Answer(OfferState.TIMED_OUT, (self._until - at).total_seconds())
                contact.answers.setdefault(agent, rung)

    # --- where the stretch begins -----------------------------------------------------------------------------------

    def _begin(self, at: datetime) -> None:
        """What stands when the stretch begins is where the telling starts; what was over by then is left out."""
        if self._opening is not None or at < self._since:
            return
        held = [*self._held.values(), *(_held(each) for each in self._contacts.values() if each.agent is not None)]
        agents, policies = tuple(self._agents.values()), dict(self._policies)
        self._opening = Stretch(self._since, self._until, agents, policies, tuple(held))
        self._held |= {each.work: each for each in held}
        self._contacts = {work: each for work, each in self._contacts.items() if each.waits}
        for contact in self._contacts.values():
            contact.at, contact.answers = self._since, {}
        self._rung = {pair: self._since for pair in self._rung if pair[0] in self._contacts}

    def _happens(self, at: datetime, event: Event) -> None:
        if self._opening is not None:
            self._happenings.append((at, event))

    def _forget(self, work: int) -> None:
        if self._opening is None:
            self._contacts.pop(work, None)

    # --- facts ------------------------------------------------------------------------------------------------------

    def _enqueued(self, fact: events.WorkEnqueued, at: datetime) -> None:
        work, known = fact.work, self._contacts.get(fact.work.id)
        if known is None:
            self._comes(work, at)
        elif self._opening is None:
            known.work = work
        elif work.id not in self._moving:
            known.changes.append((at, work))
        self._moving.discard(work.id)

    def _comes(self, work: Work, at: datetime) -> None:
        if self._opening is not None and len(self._contacts) >= self._most:
            self._full, self._until = True, at
        else:
            self._contacts[work.id] = Contact(work, at)

    def _withdrawn(self, fact: events.WorkWithdrawn, at: datetime) -> None:
        if (contact := self._contacts.get(fact.work)) is not None and contact.waits:
            if fact.work in self._moving:
                contact.overflowed = True
            else:
                contact.left_at = at
            self._forget(fact.work)
        self._moving.discard(fact.work)

    def _committed(self, fact: events.OfferCommitted, at: datetime) -> None:
        self._rung[(fact.work, fact.agent)] = at

    def _answered(
        self,
        fact: events.OfferAccepted | events.OfferBridged | events.OfferRejected | events.OfferTimedOut,
        at: datetime,
    ) -> None:
        contact = self._contacts.get(fact.work)
        rung = self._rung.pop((fact.work, fact.agent), at)
        if contact is None or not contact.waits:
            return
        contact.answers[fact.agent] = Answer(_HOW[type(fact)], (at - rung).total_seconds())
        if _HOW[type(fact)] is OfferState.ACCEPTED:
            contact.agent, contact.answered_at = fact.agent, at

    def _ended(self, fact: events.OfferEnded, at: datetime) -> None:
        """Who had said yes did not get it after all: their media never came up."""
        self._rung.pop((fact.work, fact.agent), None)
        contact = self._contacts.get(fact.work)
        if contact is not None and contact.agent == fact.agent and contact.over_at is None:
            contact.agent = contact.answered_at = None

    def _taken(self, fact: events.SlotTaken, at: datetime) -> None:
        contact = self._contacts.get(fact.work)
        if contact is not None and contact.waits:
            contact.left_at = at
        elif contact is None:
            self._held[fact.work] = Held(fact.work, fact.agent, fact.medium, fact.channel, fact.queue)
        if contact is None or contact.left_at == at:
            self._happens(at, fact)

    def _freed(self, fact: events.SlotFreed, at: datetime) -> None:
        contact = self._contacts.get(fact.work)
        if contact is not None and contact.agent == fact.agent:
            contact.over_at = at
            self._forget(fact.work)
        else:
            self._held.pop(fact.work, None)
            self._happens(at, fact)

    def _agent_changed(self, fact: events.AgentChanged, at: datetime) -> None:
        self._agents[fact.agent.id] = fact.agent
        self._happens(at, fact)

    def _agent_gone(self, fact: events.AgentGone, at: datetime) -> None:
        self._happens(at, fact)

    def _queue_changed(self, fact: events.QueueChanged, at: datetime) -> None:
        self._policies[fact.policy.id] = fact.policy
        self._happens(at, fact)

    # --- another owner ----------------------------------------------------------------------------------------------

    def _reconcile(self, state: Snapshot, at: datetime) -> None:
        """A crash loses a second of the journal: the snapshot after it says what came of everything meanwhile."""
        held = {each.work: each for each in state.held}
        waiting = {work.id for work in state.waiting} | {offer.work.id for offer in state.offers}
        for work, contact in list(self._contacts.items()):
            if contact.waits and work in held:
                contact.agent, contact.answered_at = held[work].agent, at
            elif contact.waits and work not in waiting:
                self._withdrawn(events.WorkWithdrawn(work), at)
            elif contact.agent is not None and contact.over_at is None and work not in held:
                self._freed(events.SlotFreed(contact.agent, work), at)
        for known in [each for each in self._held.values() if each.work not in held]:
            self._freed(events.SlotFreed(known.agent, known.work), at)
        for each in held.values():
            if each.work not in self._contacts and each.work not in self._held:
                self._taken(events.SlotTaken(each.agent, each.work, each.medium, each.channel, each.queue), at)


def _held(contact: Contact) -> Held:
    work = contact.work
    return Held(work.id, contact.agent or 0, work.medium, work.channel, work.queue)


_HOW = {
    events.OfferAccepted: OfferState.ACCEPTED,
    events.OfferBridged: OfferState.ACCEPTED,
    events.OfferRejected: OfferState.REJECTED,
    events.OfferTimedOut: OfferState.TIMED_OUT,
}
_HANDLERS: dict[type[Event], Callable[[Recorder, Any, datetime], None]] = {
    events.WorkEnqueued: Recorder._enqueued,
    events.WorkWithdrawn: Recorder._withdrawn,
    events.OfferCommitted: Recorder._committed,
    events.OfferAccepted: Recorder._answered,
    events.OfferBridged: Recorder._answered,
    events.OfferRejected: Recorder._answered,
    events.OfferTimedOut: Recorder._answered,
    events.OfferEnded: Recorder._ended,
    events.SlotTaken: Recorder._taken,
    events.SlotFreed: Recorder._freed,
    events.AgentChanged: Recorder._agent_changed,
    events.AgentGone: Recorder._agent_gone,
    events.QueueChanged: Recorder._queue_changed,
}
