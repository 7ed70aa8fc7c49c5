"""Whom work goes to: each strategy, preference and named agent by itself."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from hub.model.capacity import Capacity
from hub.routing import events
from hub.routing.explain import NotYet
from hub.routing.policy import Strategy
from tests.routing.floor import BACK, DESK, ROOMY, Floor, offered


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
