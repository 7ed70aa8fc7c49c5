"""Whatever happens in whatever order, the engine does what the simple reference does, and keeps its promises."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hub.model.capacity import DEFAULT_BLOCKS, Capacity
from hub.routing import events
from hub.routing.decisions import Decision, ExpireOffer, MakeOffer, RescindOffer, SetNotReady
from hub.routing.engine import Engine
from hub.routing.refusals import RoutingSettings
from hub.routing.snapshots import Agent, Held, OpenOffer, Snapshot, Work
from tests.routing.reference import Reference

pytestmark = pytest.mark.slow

START = datetime(2026, 11, 21, 8, tzinfo=UTC)
SETTINGS = RoutingSettings()

media = st.sampled_from(["VOICE", "LIVE_TEXT", "LIVE_TEXT", "DEFERRED"])
agent_ids = st.integers(1, 4)
skills = st.sampled_from([{}, {}, {"zh": 1}, {"zh": 2}, {"zh": 1, "fax": 1}])
agents = st.builds(
    Agent,
    id=agent_ids,
    routable=st.sampled_from([True, True, True, False]),
    queues=st.lists(st.integers(1, 2), min_size=1, max_size=2, unique=True).map(tuple),
    skills=st.sampled_from([{"zh": 1}, {"zh": 2, "fax": 1}, {}]),
    capacity=st.builds(
        Capacity,
        st.fixed_dictionaries({"VOICE": st.just(1), "LIVE_TEXT": st.integers(0, 3), "DEFERRED": st.integers(1, 2)}),
        st.sampled_from([DEFAULT_BLOCKS, {}]),
    ),
)


class Routing(RuleBasedStateMachine):
    """Plays the store: it answers decisions late, in any order, and things happen in between."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.engine = Engine(SETTINGS)
        self.simple = Reference(SETTINGS)
        self.uncommitted: set[tuple[int, int]] = set()
        self.asked: dict[tuple[int, int], type[Decision]] = {}
        self.born = 0
        self.outcomes: Counter[int] = Counter()

    # --- what happens ---

    @initialize(enrolled=st.lists(agents, min_size=2, max_size=4, unique_by=lambda agent: agent.id))
    def agents_log_in(self, enrolled: list[Agent]) -> None:
        for agent in enrolled:
            self.agent_changes(agent)

    @rule(
        wanted=st.lists(
            st.tuples(st.integers(1, 2), media, st.integers(0, 1), skills, st.integers(0, 300)), min_size=1, max_size=5
        )
    )
    def work_comes(self, wanted: list[tuple[int, str, int, dict[str, int], int]]) -> None:
        for queue, medium, priority, needed, waited in wanted:
            self.born += 1
            work = Work(self.born, queue, medium, self.now - timedelta(seconds=waited), priority, needed)
            self.simple.waiting[work.id] = work
            self.tell(events.WorkEnqueued(work))

    @rule(agent=agents)
    def agent_changes(self, agent: Agent) -> None:
        self.simple.change(agent, self.now)
        self.tell(events.AgentChanged(agent))

    @precondition(lambda self: self.simple.offered)
    @rule(data=st.data())
    def offer_is_accepted(self, data: st.DataObject) -> None:
        work, agent = self.any_offer(data)
        self.simple.take(work.id, agent, work.medium, self.now)
        self.outcomes[work.id] += 1
        self.tell(events.OfferAccepted(work.id, agent))

    @precondition(lambda self: self.simple.offered)
    @rule(data=st.data(), kind=st.sampled_from([events.OfferRejected, events.OfferEnded, events.OfferFailed]))
    def offer_is_refused(self, data: st.DataObject, kind: Any) -> None:
        work, agent = self.any_offer(data)
        self.simple.requeue(work.id, self.now)
        self.tell(kind(work.id, agent))

    @precondition(lambda self: self.uncommitted)
    @rule(data=st.data())
    def store_commits_an_offer(self, data: st.DataObject) -> None:
        work, agent = data.draw(st.sampled_from(sorted(self.uncommitted)))
        self.uncommitted.discard((work, agent))
        stale = self.simple.offered.get(work, (None, None))[1] != agent
        decisions = self.engine.apply(events.OfferCommitted(work, agent, work * 100 + agent), self.now)
        assert decisions == ([RescindOffer(work, agent, work * 100 + agent)] if stale else [])

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def store_answers_what_was_asked(self, data: st.DataObject) -> None:
        (work, agent), kind = data.draw(st.sampled_from(sorted(self.asked.items(), key=str)))
        if kind is ExpireOffer:
            self.simple.unroutable(agent)
            self.simple.requeue(work, None)
            told = self.tell(events.OfferTimedOut(work, agent))
            assert SetNotReady(agent) in told
        else:
            self.simple.requeue(work, self.now)
            self.tell(events.OfferEnded(work, agent))

    @rule(agent=agent_ids)
    def agent_goes(self, agent: int) -> None:
        if agent in self.simple.agents:
            self.simple.unroutable(agent)
        theirs = {(work, agent) for work, (_, whose) in self.simple.offered.items() if whose == agent}
        told = self.tell(events.AgentGone(agent))
        assert {(each.work, each.agent) for each in told if isinstance(each, RescindOffer)} == theirs

    @precondition(lambda self: self.born)
    @rule(data=st.data(), agent=agent_ids)
    def work_is_taken_by_hand(self, data: st.DataObject, agent: int) -> None:
        known = {**self.simple.waiting, **{work.id: work for work, _ in self.simple.offered.values()}}
        if known and agent in self.simple.agents:
            work = known[data.draw(st.sampled_from(sorted(known)))]
            rung = self.simple.offered.get(work.id, (work, agent))[1]
            self.simple.take(work.id, agent, work.medium, self.now)
            self.outcomes[work.id] += 1
            told = self.tell(events.SlotTaken(agent, work.id, work.medium))
            rescinded = [each for each in told if isinstance(each, RescindOffer)]
            assert [each.agent for each in rescinded] == ([rung] if rung != agent else [])

    @precondition(lambda self: self.simple.held)
    @rule(data=st.data(), told=st.integers(1, 2))
    def slot_is_freed(self, data: st.DataObject, told: int) -> None:
        work = data.draw(st.sampled_from(sorted(self.simple.held)))
        _, agent = self.simple.held.pop(work)
        self.simple.idle[agent] = self.now
        self.tell(events.SlotFreed(agent, work))
        if told == 2:
            assert self.tell(events.SlotFreed(agent, work)) == []

    @precondition(lambda self: self.born)
    @rule(data=st.data())
    def work_is_withdrawn(self, data: st.DataObject) -> None:
        work = data.draw(st.integers(1, self.born))
        if work in self.simple.waiting or work in self.simple.offered:
            self.outcomes[work] += 1
        self.simple.forget(work)
        self.tell(events.WorkWithdrawn(work))

    @precondition(lambda self: self.born)
    @rule(data=st.data(), agent=agent_ids, kind=st.sampled_from([events.OfferRejected, events.OfferTimedOut]))
    def a_report_comes_too_late(self, data: st.DataObject, agent: int, kind: Any) -> None:
        work = data.draw(st.integers(1, self.born))
        if self.simple.offered.get(work, (None, None))[1] != agent:
            assert self.tell(kind(work, agent)) == []

    @rule(seconds=st.integers(1, 40))
    def time_passes(self, seconds: int) -> None:
        until = self.now + timedelta(seconds=seconds)
        while (due := self.engine.next_deadline()) is not None and due <= until:
            self.now = max(due, self.now)
            self.tell(events.Tick())
        self.now = until

    @rule()
    def another_node_takes_over(self) -> None:
        """It forgets refusals, so only the promises are compared, by going on with a fresh reference too."""
        self.simple.refused = {}
        self.asked = {}
        self.uncommitted = set()
        simple = self.simple
        self.engine = Engine(SETTINGS)
        snapshot = Snapshot(
            agents=tuple(
                Agent(a.id, a.routable, a.queues, a.skills, a.capacity, simple.idle[a.id])
                for a in simple.agents.values()
            ),
            waiting=tuple(simple.waiting.values()),
            held=tuple(Held(work, agent, medium) for work, (medium, agent) in simple.held.items()),
            offers=tuple(
                OpenOffer(work, agent, work.id * 100 + agent, self.now + work.lease)
                for work, agent in simple.offered.values()
            ),
        )
        self.compare(self.engine.restore(snapshot, self.now))

    # --- how it is compared ---

    def any_offer(self, data: st.DataObject) -> tuple[Work, int]:
        return self.simple.offered[data.draw(st.sampled_from(sorted(self.simple.offered)))]

    def tell(self, event: events.Event) -> list[Decision]:
        decisions = self.engine.apply(event, self.now)
        self.compare(decisions)
        return decisions

    def compare(self, decisions: list[Decision]) -> None:
        wanted = self.simple.match(self.now)
        made = [each for each in decisions if isinstance(each, MakeOffer)]
        assert {(each.work, each.agent) for each in made} == wanted
        assert len(made) == len(wanted)
        for offer in made:
            medium = self.simple.offered[offer.work][0].medium
            assert self.simple.load(offer.agent)[medium] <= self.simple.agents[offer.agent].capacity.limits[medium]
        self.uncommitted |= wanted
        for each in decisions:
            if isinstance(each, ExpireOffer | RescindOffer):
                self.asked[each.work, each.agent] = type(each)
        current = {(work, agent) for work, (_, agent) in self.simple.offered.items()}
        self.asked = {pair: kind for pair, kind in self.asked.items() if pair in current}

    @invariant()
    def every_piece_of_work_is_in_one_place(self) -> None:
        places = [*self.simple.waiting, *self.simple.offered, *self.simple.held]
        assert len(set(places)) == len(places)
        assert all(count == 1 for count in self.outcomes.values())
        ended = {*self.simple.waiting, *self.simple.offered} ^ set(range(1, self.born + 1))
        assert ended == set(self.outcomes)

    @invariant()
    def queues_are_in_order(self) -> None:
        for queue in (1, 2):
            known = [*self.simple.waiting.values(), *(work for work, _ in self.simple.offered.values())]
            mine = sorted((-work.priority, work.enqueued_at, work.id) for work in known if work.queue == queue)
            assert self.engine.queue_order(queue) == [work for _, _, work in mine]


Routing.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestRouting = Routing.TestCase
