"""What waiting brings: wider rings, and another place to wait."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from hub.model.hours import OpeningHours
from hub.routing import events
from hub.routing.decisions import MakeOffer, Overflow
from hub.routing.engine import Engine
from hub.routing.policy import OverflowReason, OverflowRule, QueuePolicy, Ring
from hub.routing.snapshots import Snapshot, Work
from tests.routing.floor import BACK, DESK, START, Floor, offered


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


@pytest.mark.parametrize("action", ["message", "callback"])
@pytest.mark.parametrize("reason", [OverflowReason.WAIT, OverflowReason.CLOSED])
def test_what_stays_in_its_queue_for_later_follows_a_rule_once(action: str, reason: OverflowReason) -> None:
    rule = OverflowRule(reason, 60 if reason is OverflowReason.WAIT else 0, action=action)
    hours = OpeningHours.parse({"zone": "UTC", "week": {}}) if reason is OverflowReason.CLOSED else None
    floor = Floor(hours=hours, overflow=(rule,))
    assert [*floor.work(1), *floor.wait(rule.limit)] == [Overflow(1, rule)]
    left = Work(1, DESK, "DEFERRED", START, queued_at=floor.now, visited=frozenset({DESK}))
    assert floor.tell(events.WorkEnqueued(left)) == []
    assert floor.wait(3600) == []
    floor.tell(events.WorkWithdrawn(1))
    taken_over = Engine()
    taken_over.restore(Snapshot(waiting=(left,), queues=(QueuePolicy(DESK, overflow=(rule,), hours=hours),)), floor.now)
    assert taken_over.apply(events.Tick(), floor.now) == []


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
