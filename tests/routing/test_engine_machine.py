"""Whatever happens in whatever order, the engine does what the simple reference does, and keeps its promises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hub.model.capacity import DEFAULT_BLOCKS, Capacity
from hub.routing import events
from hub.routing.decisions import Decision, ExpireOffer, MakeOffer, Overflow, RescindOffer, SetNotReady
from hub.routing.engine import Engine
from hub.routing.policy import OverflowReason, OverflowRule, QueuePolicy, Ring, RoutingSettings, Strategy
from hub.routing.snapshots import Agent, Held, OpenOffer, Snapshot, Work
from tests.routing.reference import Pair, Reference

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
        channels=st.sampled_from([{}, {}, {"post": 1}]),
        budget=st.sampled_from([None, None, 3]),
        interrupts=st.sampled_from([{}, {"VOICE": frozenset({"DEFERRED", "LIVE_TEXT"})}]),
    ),
    preferences=st.sampled_from([{}, {}, {1: 1}, {2: 2}]),
    weights=st.sampled_from([{}, {1: 3}]),
)
rings = st.sampled_from(
    [(), (), (Ring(7, {"zh": 1}),), (Ring(5, {"zh": 1}), Ring(20, {"zh": 0, "fax": 0}, (2,))), (Ring(12, queues=(1,)),)]
)
overflows = st.sampled_from(
    [
        (),
        (),
        (OverflowRule(OverflowReason.WAIT, 60, 2),),
        (OverflowRule(OverflowReason.DEPTH, 3, 2), OverflowRule(OverflowReason.WAIT, 90, action="message")),
        (OverflowRule(OverflowReason.WAIT, 30, action="message"), OverflowRule(OverflowReason.DEPTH, 4, action="end")),
    ]
)
policies = st.builds(
    QueuePolicy,
    id=st.integers(1, 2),
    strategy=st.sampled_from(Strategy),
    rings=rings,
    overflow=overflows,
    width=st.sampled_from([0, 2]),
)
wanted_work = st.fixed_dictionaries(
    {
        "queue": st.integers(1, 2),
        "medium": media,
        "priority": st.integers(0, 1),
        "skills": skills,
        "channel": st.sampled_from(["", "post"]),
        "agent": st.sampled_from([None, None, 1, 2]),
    }
)


class Routing(RuleBasedStateMachine):
    """Plays the store: it answers decisions late, in any order, and things happen in between."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.engine = Engine(SETTINGS)
        self.simple = Reference(SETTINGS)
        self.uncommitted: set[Pair] = set()
        self.asked: dict[Pair, type[Decision]] = {}
        self.overflowing: dict[int, OverflowRule] = {}
        self.born = 0
        self.outcomes: Counter[int] = Counter()

    # --- what happens ---

    @initialize(
        enrolled=st.lists(agents, min_size=2, max_size=4, unique_by=lambda agent: agent.id),
        served=st.lists(policies, max_size=2),
    )
    def agents_log_in(self, enrolled: list[Agent], served: list[QueuePolicy]) -> None:
        for policy in served:
            self.queue_changes(policy)
        for agent in enrolled:
            self.agent_changes(agent)

    @rule(
        wanted=st.lists(
            st.tuples(wanted_work, st.integers(0, 300), st.sampled_from([0, 0, 15])), min_size=1, max_size=5
        )
    )
    def work_comes(self, wanted: list[tuple[dict[str, Any], int, int]]) -> None:
        for fields, waited, kept in wanted:
            self.born += 1
            until = self.now + timedelta(seconds=kept) if kept else None
            work = Work(
                id=self.born,
                enqueued_at=self.now - timedelta(seconds=waited),
                queued_at=self.now - timedelta(seconds=waited // 10),
                agent_until=until,
                **fields,
            )
            self.simple.enqueue(work, self.now)
            self.tell(events.WorkEnqueued(work))

    @rule(agent=agents)
    def agent_changes(self, agent: Agent) -> None:
        self.simple.change(agent, self.now)
        self.tell(events.AgentChanged(agent), [agent.id] if agent.routable else [])

    @rule(policy=policies)
    def queue_changes(self, policy: QueuePolicy) -> None:
        self.simple.change_policy(policy)
        self.tell(events.QueueChanged(policy))

    @precondition(lambda self: self.simple.offered)
    @rule(data=st.data())
    def offer_is_accepted(self, data: st.DataObject) -> None:
        work, agent = self.any_offer(data)
        freed = self.simple.take(work.id, agent, work.slot, self.now)
        self.outcomes[work.id] += 1
        self.tell(events.OfferAccepted(work.id, agent), freed)

    @precondition(lambda self: self.simple.offered)
    @rule(data=st.data(), kind=st.sampled_from([events.OfferRejected, events.OfferEnded, events.OfferFailed]))
    def offer_is_refused(self, data: st.DataObject, kind: Any) -> None:
        work, agent = self.any_offer(data)
        self.simple.requeue(work.id, agent, self.now)
        self.tell(kind(work.id, agent), [agent])

    @precondition(lambda self: self.uncommitted)
    @rule(data=st.data())
    def store_commits_an_offer(self, data: st.DataObject) -> None:
        work, agent = data.draw(st.sampled_from(sorted(self.uncommitted)))
        self.uncommitted.discard((work, agent))
        stale = (work, agent) not in self.simple.offered
        decisions = self.engine.apply(events.OfferCommitted(work, agent, work * 100 + agent), self.now)
        assert decisions == ([RescindOffer(work, agent, work * 100 + agent)] if stale else [])

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def store_answers_what_was_asked(self, data: st.DataObject) -> None:
        (work, agent), kind = data.draw(st.sampled_from(sorted(self.asked.items(), key=str)))
        if kind is ExpireOffer:
            self.simple.unroutable(agent)
            self.simple.requeue(work, agent, None)
            told = self.tell(events.OfferTimedOut(work, agent), [agent])
            assert SetNotReady(agent) in told
        else:
            self.simple.requeue(work, agent, self.now)
            self.tell(events.OfferEnded(work, agent), [agent])

    @precondition(lambda self: self.overflowing)
    @rule(data=st.data())
    def store_moves_what_overflows(self, data: st.DataObject) -> None:
        number, overflow = data.draw(st.sampled_from(sorted(self.overflowing.items(), key=str)))
        work = self.simple.waiting[number]
        if overflow.action == "end":
            self.simple.forget(number)
            self.outcomes[number] += 1
            self.tell(events.WorkWithdrawn(number))
            return
        medium = "DEFERRED" if overflow.action == "message" else work.medium
        queue, visited = overflow.queue or work.queue, work.visited | {work.queue}
        moved = replace(work, queue=queue, medium=medium, queued_at=self.now, visited=visited)
        self.simple.kept.pop(number, None)
        self.simple.enqueue(moved, self.now)
        self.tell(events.WorkEnqueued(moved))

    @rule(agent=agent_ids)
    def agent_goes(self, agent: int) -> None:
        if agent in self.simple.agents:
            self.simple.unroutable(agent)
        theirs = {pair for pair in self.simple.offered if pair[1] == agent}
        told = self.tell(events.AgentGone(agent))
        assert {(each.work, each.agent) for each in told if isinstance(each, RescindOffer)} == theirs

    @precondition(lambda self: self.born)
    @rule(data=st.data(), agent=agent_ids)
    def work_is_taken_by_hand(self, data: st.DataObject, agent: int) -> None:
        known = {**self.simple.waiting, **{work.id: work for work in self.simple.offered.values()}}
        if known and agent in self.simple.agents:
            work = known[data.draw(st.sampled_from(sorted(known)))]
            freed = self.simple.take(work.id, agent, work.slot, self.now)
            self.outcomes[work.id] += 1
            told = self.tell(events.SlotTaken(agent, work.id, *work.slot), freed)
            assert [each.agent for each in told if isinstance(each, RescindOffer)] == freed

    @precondition(lambda self: self.simple.held)
    @rule(data=st.data(), told=st.integers(1, 2))
    def slot_is_freed(self, data: st.DataObject, told: int) -> None:
        work = data.draw(st.sampled_from(sorted(self.simple.held)))
        _, agent = self.simple.held.pop(work)
        self.simple.idle[agent] = self.now
        self.tell(events.SlotFreed(agent, work), [agent])
        if told == 2:
            assert self.tell(events.SlotFreed(agent, work)) == []

    @precondition(lambda self: self.born)
    @rule(data=st.data())
    def work_is_withdrawn(self, data: st.DataObject) -> None:
        work = data.draw(st.integers(1, self.born))
        freed = [agent for each, agent in self.simple.offered if each == work]
        freed += [self.simple.held[work][1]] if work in self.simple.held else []
        if work in self.open_work():
            self.outcomes[work] += 1
        self.simple.forget(work)
        self.tell(events.WorkWithdrawn(work), freed)

    @precondition(lambda self: self.born)
    @rule(data=st.data(), agent=agent_ids, kind=st.sampled_from([events.OfferRejected, events.OfferTimedOut]))
    def a_report_comes_too_late(self, data: st.DataObject, agent: int, kind: Any) -> None:
        work = data.draw(st.integers(1, self.born))
        if (work, agent) not in self.simple.offered:
            assert self.tell(kind(work, agent)) == []

    @rule(seconds=st.integers(1, 40))
    def time_passes(self, seconds: int) -> None:
        until = self.now + timedelta(seconds=seconds)
        while (due := self.engine.next_deadline()) is not None and due <= until:
            self.now = max(due, self.now)
            self.simple.time_is(self.now)
            self.tell(events.Tick())
        self.now = until
        self.check_that_nothing_is_overdue()

    @rule()
    def another_node_takes_over(self) -> None:
        """It forgets refusals and turns, so only the promises are compared, by going on with a fresh reference too."""
        simple = self.simple
        simple.refused, simple.turns, simple.shares, simple.share, simple.turn = {}, {}, {}, {}, 0
        self.asked, self.uncommitted, self.overflowing = {}, set(), {}
        self.engine = Engine(SETTINGS)
        waiting = dict(simple.waiting)
        ringing = {work for work, _ in simple.offered}
        rings_on = [work for work in simple.offered.values() if simple.policy(work).strategy is Strategy.ALL_RING]
        waiting |= {work.id: work for work in rings_on}
        simple.waiting = {}
        for work in waiting.values():
            simple.enqueue(work, self.now)
            if work.id in ringing:
                simple.kept.pop(work.id, None)
        snapshot = Snapshot(
            agents=tuple(replace(agent, idle_since=simple.idle[agent.id]) for agent in simple.agents.values()),
            waiting=tuple(work for work in waiting.values() if work.id not in ringing),
            held=tuple(Held(work, agent, *slot) for work, (slot, agent) in simple.held.items()),
            offers=tuple(
                OpenOffer(work, agent, work.id * 100 + agent, self.now + work.lease)
                for (_, agent), work in simple.offered.items()
            ),
            queues=tuple(simple.policies.values()),
        )
        self.compare(self.engine.restore(snapshot, self.now))

    # --- how it is compared ---

    def any_offer(self, data: st.DataObject) -> tuple[Work, int]:
        pair = data.draw(st.sampled_from(sorted(self.simple.offered)))
        return self.simple.offered[pair], pair[1]

    def open_work(self) -> set[int]:
        return {*self.simple.waiting, *(work for work, _ in self.simple.offered)}

    def tell(self, event: events.Event, freed: Sequence[int] = ()) -> list[Decision]:
        decisions = self.engine.apply(event, self.now)
        self.compare(decisions, freed)
        return decisions

    def compare(self, decisions: list[Decision], freed: Sequence[int] = ()) -> None:
        wanted = self.simple.match(self.now, freed)
        made = [each for each in decisions if isinstance(each, MakeOffer)]
        assert {(each.work, each.agent) for each in made} == wanted
        assert len(made) == len(wanted)
        for offer in made:
            self.check_capacity(offer)
        self.uncommitted |= wanted
        for each in decisions:
            if isinstance(each, ExpireOffer | RescindOffer):
                self.asked[each.work, each.agent] = type(each)
            if isinstance(each, Overflow):
                self.check_overflow(each)
        self.asked = {pair: kind for pair, kind in self.asked.items() if pair in self.simple.offered}
        ringing = {work for work, _ in self.simple.offered}
        still = {work: rule for work, rule in self.overflowing.items() if work in self.simple.waiting}
        self.overflowing = {work: rule for work, rule in still.items() if work not in ringing}

    def check_capacity(self, offer: MakeOffer) -> None:
        medium, channel = self.simple.offered[offer.work, offer.agent].slot
        load, capacity = self.simple.load(offer.agent), self.simple.agents[offer.agent].capacity
        assert load[medium] <= capacity.limits[medium]
        assert not channel or load[channel] <= capacity.channels.get(channel, 99)

    def check_overflow(self, told: Overflow) -> None:
        """Only where the rules say so, and never back to where it has been."""
        work = self.simple.waiting.get(told.work)
        assert work is not None
        assert told.rule.queue not in {work.queue, *work.visited}
        assert told.rule.queue or work.queue not in work.visited
        if told.rule.reason is OverflowReason.WAIT and told.rule in self.simple.policy(work).overflow:
            assert (self.now - work.since).total_seconds() >= told.rule.limit
        self.overflowing[told.work] = told.rule

    def check_that_nothing_is_overdue(self) -> None:
        """What waited too long was asked to move on, whatever happened to it before: it rang, its queue changed."""
        self.tell(events.Tick())
        ringing = {work for work, _ in self.simple.offered}
        for work in self.simple.waiting.values():
            limits = [each for each in self.simple.policy(work).overflow if each.reason is OverflowReason.WAIT]
            due = [each for each in limits if (self.now - work.since).total_seconds() >= each.limit]
            leads_on = [each for each in due if each.queue not in {work.queue, *work.visited}]
            if leads_on and work.queue not in work.visited and work.id not in ringing:
                assert work.id in self.overflowing

    @invariant()
    def every_piece_of_work_is_in_one_place(self) -> None:
        places = [*self.open_work(), *self.simple.held]
        assert len(set(places)) == len(places)
        assert all(count == 1 for count in self.outcomes.values())
        assert self.open_work() ^ set(range(1, self.born + 1)) == set(self.outcomes)

    @invariant()
    def queues_are_in_order(self) -> None:
        known = {**self.simple.waiting, **{work.id: work for work in self.simple.offered.values()}}
        for queue in (1, 2):
            mine = sorted(self.simple.place(work) for work in known.values() if work.queue == queue)
            assert self.engine.queue_order(queue) == [work for _, work in mine]


Routing.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestRouting = Routing.TestCase
