"""Plays a day: customers, agents and the store around the engine, which decides as it does on a site."""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count

from hub.routing import events
from hub.routing.decisions import Decision, ExpireOffer, MakeOffer, Overflow, RescindOffer, SetNotReady
from hub.routing.engine import Engine
from hub.routing.events import Event
from hub.routing.policy import OverflowRule
from hub.routing.simulation.agenda import Agenda
from hub.routing.simulation.floor import Floor
from hub.routing.simulation.outcomes import Outcome, Played, Segment
from hub.routing.simulation.scenario import Contact, History, Scenario
from hub.routing.snapshots import Work


@dataclass(slots=True)
class Case:
    """A contact under way: where it waits, and since when."""

    contact: Contact
    work: Work
    since: float


class World:
    """`contacts` in order of arrival; they are numbered from one."""

    def __init__(self, scenario: Scenario, contacts: Sequence[Contact], seed: int = 0) -> None:
        self._scenario = scenario
        self._chance = random.Random(f"agents {seed}")
        self._engine = Engine(scenario.settings)
        self._agenda = Agenda()
        self._floor = Floor({shift.agent.id: shift.agent for shift in scenario.shifts}, scenario.interval)
        self._desks = {desk.policy.id: desk for desk in scenario.desks}
        self._now = 0.0
        self._decisions: deque[Decision] = deque()
        self._waiting: dict[int, Case] = {}
        self._offers: set[tuple[int, int]] = set()
        self._segments: list[Segment] = []
        self._last: dict[str, int | None] = {}
        self._numbers = count(1)
        self._unfinished = len(contacts)
        self._prepare(contacts)

    def play(self) -> Played:
        """To the end of all contacts, or of the time given."""
        while self._unfinished:
            planned, due = self._agenda.next, self._deadline()
            if min(planned, due) > self._scenario.end:
                break
            self._now = max(min(planned, due), self._now)
            if due <= planned:
                self._tell(events.Tick())
            else:
                self._agenda.pop()()
        self._close()
        return Played(tuple(self._segments), tuple(self._floor.people.values()))

    # --- what is known beforehand ---

    def _prepare(self, contacts: Sequence[Contact]) -> None:
        for desk in self._scenario.desks:
            self._tell(events.QueueChanged(desk.policy))
        for shift in self._scenario.shifts:
            self._agenda.plan(shift.start, partial(self._comes, shift.agent.id))
            self._agenda.plan(shift.end, partial(self._goes, shift.agent.id))
        for number, contact in enumerate(contacts, 1):
            self._agenda.plan(contact.at, partial(self._arrives, number, contact))

    # --- customers ---

    def _arrives(self, number: int, contact: Contact) -> None:
        now = self._clock()
        wanted = self._scenario.asking(contact, self._history(contact), now)
        work = Work(
            id=number,
            queue=wanted.queue,
            medium=contact.medium,
            enqueued_at=now,
            priority=wanted.priority,
            skills=wanted.skills,
            offer_seconds=self._desks[wanted.queue].offer_seconds,
            channel=contact.channel,
            agent=wanted.agent,
            agent_until=wanted.agent_until,
        )
        self._waiting[number] = Case(contact, work, self._now)
        if contact.patience is not None:
            self._agenda.plan(self._now + contact.patience, partial(self._gives_up, number))
        self._tell(events.WorkEnqueued(work))

    def _history(self, contact: Contact) -> History:
        """What is known of the customer, who is known from now on."""
        returning, last = contact.customer in self._last, self._last.get(contact.customer)
        if contact.customer:
            self._last[contact.customer] = last
        return History(returning, last)

    def _gives_up(self, number: int) -> None:
        if number in self._waiting:
            self._leaves(number, Outcome.ABANDONED)

    def _leaves(self, number: int, outcome: Outcome) -> None:
        self._conclude(self._waiting.pop(number), outcome)
        self._unfinished -= 1
        self._tell(events.WorkWithdrawn(number))

    # --- agents ---

    def _comes(self, agent: int) -> None:
        person = self._floor.comes(agent, self._now)
        self._tell(events.AgentChanged(replace(person.agent, routable=person.ready)))

    def _goes(self, agent: int) -> None:
        person = self._floor.goes(agent, self._now)
        self._tell(events.AgentChanged(replace(person.agent, routable=False)))

    def _rests(self, agent: int) -> None:
        person = self._floor.people[agent]
        person.resting = True
        self._tell(events.AgentChanged(replace(person.agent, routable=False)))
        self._agenda.plan(self._now + self._scenario.habits.rest.draw(self._chance), partial(self._rested, agent))

    def _rested(self, agent: int) -> None:
        person = self._floor.people[agent]
        person.resting = False
        self._tell(events.AgentChanged(replace(person.agent, routable=person.ready)))

    def _accepts(self, number: int, agent: int) -> None:
        if (number, agent) not in self._offers or number not in self._waiting:
            return
        self._offers.discard((number, agent))
        case = self._waiting.pop(number)
        over_at = self._now + case.contact.handle + self._desks[case.work.queue].wrap_up_seconds
        self._conclude(case, Outcome.ANSWERED, agent, over_at)
        self._floor.takes(agent, self._now)
        if case.contact.customer:
            self._last[case.contact.customer] = agent
        self._agenda.plan(over_at, partial(self._finishes, number, agent))
        self._tell(events.OfferAccepted(number, agent))

    def _finishes(self, number: int, agent: int) -> None:
        self._floor.is_done(agent, self._now)
        self._unfinished -= 1
        self._tell(events.SlotFreed(agent, number))

    # --- the store ---

    def _tell(self, event: Event) -> None:
        """What follows at once is carried out in the order it was decided."""
        is_first = not self._decisions
        self._decisions.extend(self._engine.apply(event, self._clock()))
        while is_first and self._decisions:
            self._carry_out(self._decisions[0])
            self._decisions.popleft()

    def _carry_out(self, decision: Decision) -> None:
        match decision:
            case MakeOffer():
                self._rings(decision)
            case ExpireOffer(work=number, agent=agent):
                self._offers.discard((number, agent))
                self._tell(events.OfferTimedOut(number, agent))
            case RescindOffer(work=number, agent=agent):
                self._offers.discard((number, agent))
                self._tell(events.OfferEnded(number, agent))
            case SetNotReady(agent=agent):
                self._rests(agent)
            case Overflow(work=number, rule=rule):
                self._overflows(number, rule)

    def _rings(self, offer: MakeOffer) -> None:
        habits = self._scenario.habits
        self._offers.add((offer.work, offer.agent))
        self._tell(events.OfferCommitted(offer.work, offer.agent, next(self._numbers)))
        if offer.auto_accept:
            self._accepts(offer.work, offer.agent)
        elif not habits.unanswered or self._chance.random() >= habits.unanswered:
            delay = habits.accept.draw(self._chance)
            accept = partial(self._accepts, offer.work, offer.agent)
            self._agenda.plan(self._now + delay, accept) if delay else accept()

    def _overflows(self, number: int, rule: OverflowRule) -> None:
        """Only what still waits: an agent who was faster wins."""
        case = self._waiting.get(number)
        if case is None or any(work == number for work, _ in self._offers):
            return
        if rule.queue is None:
            self._leaves(number, Outcome.OVERFLOWED)
            return
        self._conclude(case, Outcome.OVERFLOWED)
        case.since = self._now
        visited = case.work.visited | {case.work.queue}
        desk = self._desks[rule.queue]
        case.work = replace(
            case.work,
            queue=rule.queue,
            queued_at=self._clock(),
            visited=visited,
            offer_seconds=desk.offer_seconds,
        )
        self._tell(events.WorkEnqueued(case.work))

    # --- the record ---

    def _conclude(self, case: Case, outcome: Outcome, agent: int | None = None, over_at: float | None = None) -> None:
        segment = Segment(case.work.id, case.contact, case.work.queue, case.since, self._now, outcome, agent, over_at)
        self._segments.append(segment)

    def _close(self) -> None:
        if self._unfinished:
            self._now = self._scenario.end
        for case in self._waiting.values():
            self._conclude(case, Outcome.WAITING)
        self._floor.close(self._now)

    def _clock(self) -> datetime:
        return self._scenario.start + timedelta(seconds=self._now)

    def _deadline(self) -> float:
        due = self._engine.next_deadline()
        return math.inf if due is None else (due - self._scenario.start).total_seconds()
