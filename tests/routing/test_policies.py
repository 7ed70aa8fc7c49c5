"""Each strategy, ring, rule and limit by itself; what they do together is tested against the reference."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hub.model.capacity import Capacity
from hub.model.hours import OpeningHours
from hub.routing import events
from hub.routing.decisions import Decision, ExpireOffer, MakeOffer, Overflow, RescindOffer
from hub.routing.engine import Engine
from hub.routing.explain import NotYet
from hub.routing.policy import OverflowReason, OverflowRule, QueuePolicy, Ring, Strategy
from hub.routing.snapshots import Agent, Snapshot, Work

START = datetime(2026, 11, 21, 8, tzinfo=UTC)
DESK, BACK = 1, 2
ROOMY = Capacity({"LIVE_TEXT": 100})


class Floor:
    """An engine, a clock, and agents with room for one chat each unless told otherwise."""

    def __init__(self, **policy: Any) -> None:
        self.engine = Engine()
        self.now = START
        self.tell(events.QueueChanged(QueuePolicy(DESK, **policy)))

    def tell(self, event: events.Event) -> list[Decision]:
        return self.engine.apply(event, self.now)

    def agent(self, number: int, **fields: Any) -> list[tuple[int, int]]:
        plain = {"routable": True, "queues": (DESK,), "capacity": Capacity({"LIVE_TEXT": 1})}
        return offered(self.tell(events.AgentChanged(Agent(number, **{**plain, **fields}))))

    def work(self, number: int, **fields: Any) -> list[Decision]:
        plain = {"queue": DESK, "medium": "LIVE_TEXT", "enqueued_at": self.now}
        return self.tell(events.WorkEnqueued(Work(number, **{**plain, **fields})))

    def serve(self, number: int, **fields: Any) -> int:
        """Work comes, is accepted and done; by whom."""
        [(_, agent)] = offered(self.work(number, **fields))
        self.tell(events.OfferAccepted(number, agent))
        self.now += timedelta(seconds=1)
        self.tell(events.SlotFreed(agent, number))
        return agent

    def wait(self, seconds: float) -> list[Decision]:
        """Time passes, with all that it brings on the way."""
        until, told = self.now + timedelta(seconds=seconds), []
        while (due := self.engine.next_deadline()) is not None and due <= until:
            self.now = max(due, self.now)
            told += self.tell(events.Tick())
        self.now = until
        return told


def offered(decisions: list[Decision]) -> list[tuple[int, int]]:
    return [(each.work, each.agent) for each in decisions if isinstance(each, MakeOffer)]


# --- who comes first ------------------------------------------------------------------------------------------------


def test_longest_idle_does_not_ask_who_is_less_busy() -> None:
    floor = Floor(strategy=Strategy.LONGEST_IDLE)
    floor.agent(7, capacity=ROOMY)
    floor.tell(events.SlotTaken(7, 90, "LIVE_TEXT"))
    floor.now += timedelta(seconds=5)
    floor.agent(8, capacity=ROOMY)
    assert offered(floor.work(1)) == [(1, 7)]


def test_most_skilled_takes_the_highest_levels_of_what_is_asked_for() -> None:
    floor = Floor(strategy=Strategy.MOST_SKILLED)
    floor.agent(7, skills={"zh": 1, "boilers": 9})
    floor.agent(8, skills={"zh": 3})
    assert offered(floor.work(1, skills={"zh": 1})) == [(1, 8)]
    assert offered(floor.work(2, skills={"zh": 1})) == [(2, 7)]


def test_round_robin_goes_round_whoever_is_idle() -> None:
    floor = Floor(strategy=Strategy.ROUND_ROBIN)
    for agent in (7, 8, 9):
        floor.agent(agent)
    assert [floor.serve(number) for number in range(1, 7)] == [7, 8, 9, 7, 8, 9]


def test_weighted_gives_by_weight_and_does_not_let_the_absent_catch_up() -> None:
    floor = Floor(strategy=Strategy.WEIGHTED)
    floor.agent(7, weights={DESK: 3})
    floor.agent(8)
    assert Counter(floor.serve(number) for number in range(1, 41)) == {7: 30, 8: 10}
    floor.agent(9)
    later = Counter(floor.serve(number) for number in range(41, 91))
    assert later[7] == pytest.approx(30, abs=2)
    assert later[9] == pytest.approx(10, abs=2)


def test_the_queue_higher_on_an_agents_list_comes_first_but_not_for_ever() -> None:
    floor = Floor()
    floor.work(1, queue=BACK)
    floor.now += timedelta(seconds=119)
    floor.work(2)
    assert floor.agent(7, queues=(DESK, BACK), preferences={BACK: 1}) == [(2, 7)]
    floor.tell(events.OfferAccepted(2, 7))
    floor.now += timedelta(seconds=2)
    floor.work(3)
    assert offered(floor.tell(events.SlotFreed(7, 2))) == [(1, 7)]


def test_an_agent_who_has_the_queue_higher_on_their_list_is_asked_before_others() -> None:
    floor = Floor(strategy=Strategy.LONGEST_IDLE)
    floor.agent(7, queues=(BACK, DESK), preferences={DESK: 1})
    floor.now += timedelta(seconds=5)
    floor.agent(8)
    assert offered(floor.work(1)) == [(1, 8)]


def test_priority_counts_for_waiting_so_that_nobody_waits_for_ever() -> None:
    floor = Floor()
    floor.work(1)
    floor.now += timedelta(minutes=11)
    floor.work(2, priority=2)
    assert floor.engine.queue_order(DESK) == [1, 2]


# --- one agent in particular ----------------------------------------------------------------------------------------


def test_work_is_kept_for_its_agent_while_they_are_ready_and_then_for_anybody() -> None:
    floor = Floor()
    floor.agent(7)
    floor.agent(8)
    floor.tell(events.SlotTaken(7, 90, "LIVE_TEXT"))
    assert floor.work(1, agent=7, agent_until=floor.now + timedelta(seconds=30)) == []
    why = floor.engine.explain(1, floor.now)
    assert why is not None
    assert (why.kept_for, why.agents, why.next_step_seconds) == (7, {NotYet.NO_ROOM: 1, NotYet.KEPT: 1}, 30)
    assert floor.wait(29) == []
    assert offered(floor.wait(1)) == [(1, 8)]


def test_what_is_kept_comes_before_what_waits_longer() -> None:
    floor = Floor()
    floor.agent(7)
    floor.tell(events.SlotTaken(7, 90, "LIVE_TEXT"))
    floor.work(1)
    floor.work(2, agent=7, agent_until=floor.now + timedelta(seconds=30), skills={"not": 9})
    assert offered(floor.tell(events.SlotFreed(7, 90))) == [(2, 7)]


def test_nothing_is_kept_for_who_is_not_there_or_leaves() -> None:
    floor = Floor()
    floor.agent(7)
    until = floor.now + timedelta(seconds=30)
    assert offered(floor.work(1, agent=9, agent_until=until)) == [(1, 7)]
    floor.agent(8, capacity=Capacity({"LIVE_TEXT": 0}))
    floor.agent(6)
    floor.tell(events.SlotTaken(6, 91, "LIVE_TEXT"))
    assert floor.work(2, agent=8, agent_until=until) == []
    floor.tell(events.SlotFreed(6, 91))
    assert offered(floor.tell(events.AgentGone(8))) == [(2, 6)]


# --- rings and overflow ---------------------------------------------------------------------------------------------


def test_rings_lower_levels_and_then_bring_another_team() -> None:
    floor = Floor(rings=(Ring(20, {"zh": 2}), Ring(40, {"zh": 0}, (BACK,))))
    floor.agent(7, skills={"zh": 1})
    floor.agent(8, skills={"zh": 2})
    floor.agent(9, queues=(BACK,))
    assert floor.work(1, skills={"zh": 3}) == []
    assert floor.wait(19) == []
    assert offered(floor.wait(1)) == [(1, 8)]
    assert floor.work(2, skills={"zh": 3}) == []
    floor.tell(events.SlotTaken(7, 90, "LIVE_TEXT"))
    assert offered(floor.wait(39)) == []
    made = [each for each in floor.wait(1) if isinstance(each, MakeOffer)]
    assert [(each.work, each.agent, each.why.ring) for each in made] == [(2, 9, 2)]


def test_the_queues_own_agents_come_before_those_a_ring_brings() -> None:
    floor = Floor(rings=(Ring(0, queues=(BACK,)),))
    floor.agent(9, queues=(BACK,))
    floor.now += timedelta(seconds=60)
    floor.agent(7)
    assert offered(floor.work(1)) == [(1, 7)]


def test_overflow_is_asked_for_until_it_is_done_and_never_goes_back() -> None:
    rule = OverflowRule(OverflowReason.WAIT, 60, BACK)
    floor = Floor(overflow=(rule,))
    floor.tell(events.QueueChanged(QueuePolicy(BACK, overflow=(OverflowRule(OverflowReason.WAIT, 10, DESK),))))
    floor.work(1)
    assert floor.wait(60) == [Overflow(1, rule)]
    assert floor.wait(5) == [Overflow(1, rule)]
    waited = floor.now - timedelta(seconds=65)
    moved = Work(1, BACK, "LIVE_TEXT", waited, queued_at=floor.now, visited=frozenset({DESK}))
    assert floor.tell(events.WorkEnqueued(moved)) == []
    assert floor.wait(600) == []


def test_what_an_agent_was_faster_to_take_does_not_overflow() -> None:
    floor = Floor(overflow=(OverflowRule(OverflowReason.WAIT, 60, BACK),))
    floor.work(1)
    assert floor.agent(7) == [(1, 7)]
    floor.tell(events.OfferAccepted(1, 7))
    assert floor.wait(120) == []


def test_a_full_queue_sends_on_what_comes_and_keeps_what_waits() -> None:
    rule = OverflowRule(OverflowReason.DEPTH, 2, action="message")
    floor = Floor(overflow=(rule,))
    assert [floor.work(number) for number in (1, 2, 3)] == [[], [], [Overflow(3, rule)]]


def test_when_a_queue_closes_what_waits_goes_where_its_rule_says() -> None:
    hours = OpeningHours.parse({"zone": "Asia/Shanghai", "week": {"sat": ["09:00-16:30"]}})
    assert hours is not None
    assert hours.zone == ZoneInfo("Asia/Shanghai")
    rule = OverflowRule(OverflowReason.CLOSED, action="callback")
    floor = Floor(hours=hours, overflow=(rule,))
    assert floor.work(1) == []
    assert floor.wait(29 * 60) == []
    assert floor.wait(60) == [Overflow(1, rule)]
    assert floor.work(2) == [Overflow(2, rule)]


def test_a_limit_that_passes_while_it_rings_counts_once_it_is_back() -> None:
    rule = OverflowRule(OverflowReason.WAIT, 10, action="message")
    floor = Floor(overflow=(rule,))
    floor.agent(7)
    floor.work(1)
    floor.now += timedelta(seconds=15)
    floor.tell(events.OfferRejected(1, 7))
    assert floor.wait(0) == [Overflow(1, rule)]


def test_a_limit_that_is_over_when_a_rule_is_made_or_routing_taken_over_counts_at_once() -> None:
    rule = OverflowRule(OverflowReason.WAIT, 10, action="message")
    floor = Floor()
    floor.work(1)
    floor.wait(60)
    floor.tell(events.QueueChanged(QueuePolicy(DESK, overflow=(rule,))))
    assert floor.wait(0) == [Overflow(1, rule)]
    engine, late = Engine(), Work(1, DESK, "LIVE_TEXT", START)
    engine.restore(Snapshot(waiting=(late,), queues=(QueuePolicy(DESK, overflow=(rule,)),)), floor.now)
    assert engine.apply(events.Tick(), floor.now) == [Overflow(1, rule)]


def test_what_waits_in_a_queue_that_is_closed_already_goes_on() -> None:
    hours = OpeningHours.parse({"zone": "UTC", "week": {}})
    rule = OverflowRule(OverflowReason.CLOSED, action="end")
    late = Work(1, DESK, "LIVE_TEXT", START)
    engine = Engine()
    engine.restore(Snapshot(waiting=(late,), queues=(QueuePolicy(DESK, overflow=(rule,), hours=hours),)), START)
    assert engine.apply(events.Tick(), START) == [Overflow(1, rule)]


# --- ringing at all of them -----------------------------------------------------------------------------------------


def test_all_ring_rings_at_everybody_and_at_who_comes_free_meanwhile() -> None:
    floor = Floor(strategy=Strategy.ALL_RING)
    floor.agent(7)
    floor.agent(8)
    assert offered(floor.work(1)) == [(1, 7), (1, 8)]
    assert floor.agent(9) == [(1, 9)]
    told = floor.tell(events.OfferAccepted(1, 8))
    assert told == [RescindOffer(1, 7, None), RescindOffer(1, 9, None)]
    assert floor.wait(600) == []


def test_all_ring_of_a_width_rings_at_the_next_when_one_refuses() -> None:
    floor = Floor(strategy=Strategy.ALL_RING, width=2)
    for agent in (7, 8, 9):
        floor.agent(agent)
    assert offered(floor.work(1)) == [(1, 7), (1, 8)]
    assert offered(floor.tell(events.OfferRejected(1, 7))) == [(1, 9)]


def test_losers_ring_on_until_the_winners_media_is_up() -> None:
    """asterisk #1557: the winner drops before the bridge."""
    floor = Floor(strategy=Strategy.ALL_RING)
    floor.agent(7)
    floor.agent(8)
    floor.work(1)
    assert floor.tell(events.OfferAccepted(1, 7, bridged=False)) == []
    assert floor.tell(events.OfferEnded(1, 7)) == []
    assert floor.tell(events.OfferAccepted(1, 8, bridged=False)) == []
    assert floor.tell(events.OfferBridged(1, 8)) == []
    assert offered(floor.work(2)) == [(2, 7)]


def test_media_that_does_not_come_up_in_time_ends_the_offer() -> None:
    """Every reservation has a deadline."""
    floor = Floor()
    floor.agent(7)
    floor.work(1)
    floor.tell(events.OfferCommitted(1, 7, 100))
    floor.tell(events.OfferAccepted(1, 7, bridged=False))
    assert floor.wait(19) == []
    assert floor.wait(1) == [ExpireOffer(1, 7, 100)]


# --- capacity -------------------------------------------------------------------------------------------------------


def test_a_channel_has_a_limit_within_its_medium() -> None:
    floor = Floor()
    floor.agent(7, capacity=Capacity({"LIVE_TEXT": 3}, channels={"post": 1}))
    assert offered(floor.work(1, channel="post")) == [(1, 7)]
    assert floor.work(2, channel="post") == []
    assert offered(floor.work(3, channel="wire")) == [(3, 7)]


def test_weights_add_up_to_a_budget_which_a_call_may_come_in_over() -> None:
    limits = {"VOICE": 1, "LIVE_TEXT": 9, "DEFERRED": 9}
    blended = Capacity(limits, {}, weights={"LIVE_TEXT": 2}, budget=4, interrupts={"VOICE": frozenset({"DEFERRED"})})
    floor = Floor()
    floor.agent(7, capacity=blended)
    assert [offered(floor.work(number)) for number in (1, 2, 3)] == [[(1, 7)], [(2, 7)], []]
    floor.tell(events.WorkWithdrawn(3))
    floor.tell(events.WorkWithdrawn(2))
    assert [offered(floor.work(n, medium="DEFERRED")) for n in (4, 5, 6)] == [[(4, 7)], [(5, 7)], []]
    assert offered(floor.work(7, medium="VOICE")) == [(7, 7)]


def test_an_agents_own_limit_only_lowers() -> None:
    given = Capacity.of({"LIVE_TEXT": 3, "channels": {"post": 2}}, {"LIVE_TEXT": 5, "post": 1, "VOICE": 0})
    assert (given.limits["LIVE_TEXT"], given.limits["VOICE"], given.channels["post"]) == (3, 0, 1)


# --- asking without doing -------------------------------------------------------------------------------------------


def test_a_preview_names_who_would_get_it_in_order_and_changes_nothing() -> None:
    floor = Floor(strategy=Strategy.MOST_SKILLED)
    floor.agent(7, skills={"zh": 1})
    floor.agent(8, skills={"zh": 3})
    floor.agent(9)
    wanted = Work(99, DESK, "LIVE_TEXT", floor.now, skills={"zh": 1})
    seen = floor.engine.preview(wanted, floor.now)
    assert (seen.first, seen.agents) == ((8, 7), {NotYet.LACKS_SKILL: 1})
    assert [(each.agent, each.lacks) for each in seen.named] == [(9, ("zh",))]
    assert floor.engine.queue_order(DESK) == []
    assert floor.engine.preview(replace(wanted, agent=7), floor.now).first == (7, 8)
