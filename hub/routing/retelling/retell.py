"""Tells a recorded stretch to a fresh engine: customers, agents and the store behave as they did, routing decides anew.

Who came, who was there and who gave up when is as recorded. An agent answers an offer as they answered that of the same
contact, or else as fast as whoever took it; the contact then takes as long as it took. What nobody could see stays
unknown: how long somebody who was answered would have had patience.
"""

from __future__ import annotations

import math
import statistics
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from hub.api import Medium
from hub.model.states import OfferState
from hub.routing import events
from hub.routing.decisions import Decision, ExpireOffer, MakeOffer, Overflow, RescindOffer, SetNotReady
from hub.routing.engine import Engine
from hub.routing.events import Event
from hub.routing.explain import WhyAgent
from hub.routing.policy import OverflowReason, OverflowRule, QueuePolicy, RoutingSettings
from hub.routing.retelling.courses import Course, Ending, Stay
from hub.routing.retelling.staff import Staff
from hub.routing.retelling.stretch import Answer, Contact, Stretch
from hub.routing.simulation.agenda import Agenda
from hub.routing.snapshots import Agent, Snapshot, Work

_USUAL_ANSWER, _USUAL_HANDLED = 3.0, 300.0  # seconds, where the stretch shows none
_REST = 60.0  # seconds that who let it ring is away for, unless the record has them back sooner


@dataclass(slots=True)
class Case:
    """A contact under way: its work as it waits now, and since when."""

    contact: Contact
    work: Work
    since: float
    stays: list[Stay] = field(default_factory=list)
    overflow: OverflowReason | None = None


class Retelling:
    """`policies` are in the place of the recorded ones of the same queue; `works` in that of the work as it came;
    `staff` says what agents would be like."""

    def __init__(
        self,
        stretch: Stretch,
        settings: RoutingSettings,
        policies: Mapping[int, QueuePolicy] | None = None,
        works: Mapping[int, Work] | None = None,
        staff: Staff | None = None,
    ) -> None:
        self._stretch = stretch
        self._staff = staff or Staff()
        self._policies = policies or {}
        self._engine = Engine(settings)
        self._agenda = Agenda()
        self._now = 0.0
        self._agents = {agent.id: self._staff.as_proposed(agent) for agent in stretch.agents}
        self._waiting: dict[int, Case] = {}
        self._ringing: dict[tuple[int, int], WhyAgent] = {}
        self._decisions: deque[Decision] = deque()
        self._courses: dict[int, Course] = {}
        self._usual = _usual(stretch)
        self._prepare(works or {})

    def courses(self) -> dict[int, Course]:
        """What becomes of every contact, by its work."""
        end = self._seconds(self._stretch.until)
        while (at := min(self._agenda.next, self._deadline())) < end:
            self._now = max(at, self._now)
            if self._deadline() <= self._agenda.next:
                self._tell(events.Tick())
            else:
                self._agenda.pop()()
        self._now = end
        for case in list(self._waiting.values()):
            self._ends(case, Ending.WAITING)
        return self._courses

    # --- what is recorded -------------------------------------------------------------------------------------------

    def _prepare(self, works: Mapping[int, Work]) -> None:
        stretch = self._stretch
        queues = tuple({**stretch.policies, **self._policies}.values())
        self._engine.restore(
            Snapshot(agents=tuple(self._agents.values()), held=stretch.held, queues=queues), stretch.since
        )
        for at, event in stretch.happenings:
            self._agenda.plan(self._seconds(at), partial(self._happens, event))
        for contact in stretch.contacts:
            work = works.get(contact.work.id, contact.work)
            self._agenda.plan(self._seconds(contact.at), partial(self._arrives, contact, work))
            for at, change in contact.changes:
                self._agenda.plan(self._seconds(at), partial(self._changes, contact.work.id, change))
            if contact.left_at is not None:
                self._agenda.plan(self._seconds(contact.left_at), partial(self._leaves, contact.work.id))

    def _happens(self, event: Event) -> None:
        if isinstance(event, events.QueueChanged):
            event = events.QueueChanged(self._policies.get(event.policy.id, event.policy))
        elif isinstance(event, events.AgentChanged):
            event = events.AgentChanged(self._staff.as_proposed(event.agent))
            self._agents[event.agent.id] = event.agent
        self._tell(event)

    def _arrives(self, contact: Contact, work: Work) -> None:
        self._waiting[work.id] = Case(contact, work, self._now)
        self._tell(events.WorkEnqueued(work))

    def _changes(self, number: int, change: Work) -> None:
        """Somebody changed it while it waited: how important it is, or that it may be left alone."""
        if (case := self._waiting.get(number)) is not None:
            visited = case.work.visited | change.visited
            case.work = replace(case.work, priority=change.priority, visited=visited, medium=change.medium)
            self._tell(events.WorkEnqueued(case.work))

    def _leaves(self, number: int) -> None:
        if (case := self._waiting.get(number)) is not None:
            self._ends(case, Ending.LEFT)
            self._tell(events.WorkWithdrawn(number))

    # --- agents -----------------------------------------------------------------------------------------------------

    def _rings(self, offer: MakeOffer) -> None:
        self._ringing[(offer.work, offer.agent)] = offer.why
        self._tell(events.OfferCommitted(offer.work, offer.agent, 0))
        answer = self._answer(self._waiting[offer.work].contact, offer.agent)
        if offer.auto_accept:
            self._accepts(offer.work, offer.agent)
        elif answer.how is OfferState.REJECTED:
            self._agenda.plan(self._now + answer.seconds, partial(self._rejects, offer.work, offer.agent))
        elif answer.how is OfferState.ACCEPTED:
            self._agenda.plan(self._now + answer.seconds, partial(self._accepts, offer.work, offer.agent))

    def _answer(self, contact: Contact, agent: int) -> Answer:
        """As they did; else as fast as who took it."""
        own = contact.answers.get(agent)
        if own is not None:
            return own
        taken = (each for each in contact.answers.values() if each.how is OfferState.ACCEPTED)
        return next(taken, Answer(OfferState.ACCEPTED, self._usual[0]))

    def _rejects(self, number: int, agent: int) -> None:
        if self._ringing.pop((number, agent), None) is not None:
            self._tell(events.OfferRejected(number, agent))

    def _accepts(self, number: int, agent: int) -> None:
        why, case = self._ringing.pop((number, agent), None), self._waiting.get(number)
        if why is None or case is None:
            return
        handled = case.contact.handled
        self._ends(case, Ending.ANSWERED, agent, why)
        over = self._now + (self._usual[1] if handled is None else handled)
        self._agenda.plan(over, partial(self._tell, events.SlotFreed(agent, number)))
        self._tell(events.OfferAccepted(number, agent))

    def _returns(self, agent: Agent) -> None:
        """Who let it ring is back; one whom the record speaks of meanwhile is as it says."""
        if self._agents.get(agent.id) is agent:
            self._tell(events.AgentChanged(agent))

    # --- the store --------------------------------------------------------------------------------------------------

    def _tell(self, event: Event) -> None:
        """What follows at once is carried out in the order it was decided."""
        is_first = not self._decisions
        self._decisions.extend(self._engine.apply(event, self._clock()))
        while is_first and self._decisions:
            self._carry_out(self._decisions[0])
            self._decisions.popleft()

    def _carry_out(self, decision: Decision) -> None:
        match decision:
            case MakeOffer(work=number, agent=agent):
                if number in self._waiting:
                    self._rings(decision)
                else:
                    self._tell(events.OfferFailed(number, agent))
            case ExpireOffer(work=number, agent=agent):
                self._ringing.pop((number, agent), None)
                self._tell(events.OfferTimedOut(number, agent))
            case RescindOffer(work=number, agent=agent):
                self._ringing.pop((number, agent), None)
                self._tell(events.OfferEnded(number, agent))
            case SetNotReady(agent=agent):
                if (known := self._agents.get(agent)) is not None:
                    self._agenda.plan(self._now + _REST, partial(self._returns, known))
            case Overflow(work=number, rule=rule):
                self._overflows(number, rule)

    def _overflows(self, number: int, rule: OverflowRule) -> None:
        """Only what still waits: an agent who was faster wins."""
        case = self._waiting.get(number)
        if case is None or any(work == number for work, _ in self._ringing):
            return
        case.overflow = rule.reason
        if rule.queue is None and rule.action == "end":
            self._ends(case, Ending.OVERFLOWED)
            self._tell(events.WorkWithdrawn(number))
            return
        self._stays(case, Ending.OVERFLOWED)
        case.work = replace(
            case.work,
            queue=rule.queue or case.work.queue,
            queued_at=self._clock(),
            visited=case.work.visited | {case.work.queue},
            medium=Medium.DEFERRED.value if rule.action == "message" else case.work.medium,
        )
        self._tell(events.WorkEnqueued(case.work))

    # --- the record -------------------------------------------------------------------------------------------------

    def _stays(self, case: Case, ending: Ending) -> None:
        case.stays.append(Stay(case.work.queue, case.work.medium, ending, self._now - case.since))
        case.since = self._now

    def _ends(self, case: Case, ending: Ending, agent: int | None = None, why: WhyAgent | None = None) -> None:
        work = case.work
        del self._waiting[work.id]
        self._stays(case, ending)
        waited = (self._clock() - work.enqueued_at).total_seconds()
        self._courses[work.id] = Course(
            work.id, ending, work.queue, waited, agent, why, case.overflow, tuple(case.stays)
        )

    def _clock(self) -> datetime:
        return self._stretch.since + timedelta(seconds=self._now)

    def _seconds(self, at: datetime) -> float:
        return (at - self._stretch.since).total_seconds()

    def _deadline(self) -> float:
        due = self._engine.next_deadline()
        return math.inf if due is None else self._seconds(due)


def _usual(stretch: Stretch) -> tuple[float, float]:
    """How long an answer and a contact take in the middle, in seconds."""
    answers = [
        answer.seconds
        for contact in stretch.contacts
        for answer in contact.answers.values()
        if answer.how is OfferState.ACCEPTED
    ]
    handled = [seconds for contact in stretch.contacts if (seconds := contact.handled) is not None]
    return (
        statistics.median(answers) if answers else _USUAL_ANSWER,
        statistics.median(handled) if handled else _USUAL_HANDLED,
    )
