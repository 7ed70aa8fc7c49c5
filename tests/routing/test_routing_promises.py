"""What the router promises, one test each; many are bugs that users of other systems met."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.routing import events
from hub.routing.snapshots import Agent, Work
from tests.routing.desk import QUEUE, START, Desk, offered


def test_a_limit_of_three_never_gets_four() -> None:
    """Rocket.Chat #37776."""
    desk = Desk(7, capacity=3)
    made = [pair for number in range(1, 6) for pair in offered(desk.work(number))]
    assert made == [(1, 7), (2, 7), (3, 7)]
    assert [desk.accept(number, 7) for number in (1, 2, 3)] == [[], [], []]
    assert offered(desk.tell(events.SlotFreed(7, 2))) == [(4, 7)]


def test_one_inquiry_is_offered_to_one_agent_however_slow_the_store() -> None:
    """Rocket.Chat #22206, Chatwoot PR 15524."""
    desk = Desk(7, 8, 9)
    assert len(offered(desk.work(1))) == 1
    assert desk.ready(10) == []
    assert desk.tell(events.Tick(), after=29) == []


def test_an_agent_with_an_offer_is_not_offered_a_second_call() -> None:
    """Asterisk ASTERISK-16115: the reservation is our own, not a device's state."""
    desk = Desk()
    desk.ready(7, VOICE=1)
    assert offered(desk.work(1, "VOICE")) == [(1, 7)]
    assert desk.work(2, "VOICE") == []


def test_hearing_of_a_slot_twice_counts_it_once() -> None:
    """asterisk #1736."""
    desk = Desk(7, capacity=2)
    desk.work(1)
    desk.accept(1, 7)
    assert desk.tell(events.SlotTaken(7, 1, "LIVE_TEXT")) == []
    assert offered(desk.work(2)) == [(2, 7)]


def test_work_taken_by_hand_fills_a_slot_even_above_the_limit() -> None:
    desk = Desk(7)
    desk.tell(events.SlotTaken(7, 1, "LIVE_TEXT"))
    desk.tell(events.SlotTaken(7, 2, "LIVE_TEXT"))
    desk.work(3)
    assert desk.tell(events.SlotFreed(7, 1)) == []
    assert offered(desk.tell(events.SlotFreed(7, 2))) == [(3, 7)]


def test_a_call_blocks_text_until_it_is_over() -> None:
    desk = Desk()
    desk.tell(events.AgentChanged(Agent(7, True, (QUEUE,))))
    assert offered(desk.work(1, "VOICE")) == [(1, 7)]
    desk.accept(1, 7)
    assert desk.work(2) == []
    assert offered(desk.tell(events.SlotFreed(7, 1))) == [(2, 7)]


def test_priority_comes_first_then_age() -> None:
    desk = Desk()
    for number, (priority, age) in enumerate([(0, 10), (0, 90), (5, 1), (5, 30)], start=1):
        desk.work(number, priority=priority, age=age)
    assert desk.engine.queue_order(QUEUE) == [4, 3, 2, 1]
    assert offered(desk.ready(7, LIVE_TEXT=4)) == [(4, 7), (3, 7), (2, 7), (1, 7)]


def test_work_that_nobody_can_take_holds_up_nobody_else() -> None:
    """asterisk #108, head-of-line inversion."""
    desk = Desk()
    desk.work(1, priority=9, age=500, skills=["lithuanian"])
    desk.work(2)
    assert offered(desk.ready(7)) == [(2, 7)]


def test_refused_work_goes_to_the_front_with_its_first_enqueue_time() -> None:
    """jambonz enqueue: a failed bridge must not cost the caller's place."""
    desk = Desk(7)
    desk.work(1, age=60)
    desk.work(2, age=30)
    assert offered(desk.tell(events.OfferRejected(1, 7))) == [(2, 7)]
    assert desk.engine.queue_order(QUEUE) == [1, 2]
    assert offered(desk.ready(8)) == [(1, 8)]


@given(st.lists(st.integers(0, 2), min_size=1, max_size=40), st.integers(1, 3))
def test_with_equal_priority_everyone_is_served_in_turn(pauses: list[int], team: int) -> None:
    desk = Desk()
    for number, pause in enumerate(pauses, start=1):
        desk.now += timedelta(seconds=pause)
        desk.work(number)
    served = [pair for agent in range(team) for pair in offered(desk.ready(agent))]
    for work, agent in served:  # grows while it is gone through
        desk.accept(work, agent)
        served += offered(desk.tell(events.SlotFreed(agent, work)))
    assert [work for work, _ in served] == list(range(1, len(pauses) + 1))


def test_the_longest_idle_of_the_least_loaded_is_first() -> None:
    desk = Desk(7, 8, 9, capacity=2)
    desk.tell(events.SlotTaken(7, 1, "LIVE_TEXT"), after=1)
    desk.tell(events.SlotFreed(7, 1), after=1)
    desk.tell(events.SlotTaken(8, 2, "LIVE_TEXT"), after=1)
    assert [pair for number in (3, 4, 5) for pair in offered(desk.work(number))] == [(3, 9), (4, 7), (5, 9)]


def test_becoming_ready_starts_the_idle_time() -> None:
    desk = Desk(7, 8)
    desk.tell(events.AgentChanged(Agent(7, False, (QUEUE,))), after=5)
    desk.now += timedelta(seconds=5)
    desk.ready(7)
    assert offered(desk.work(1)) == [(1, 8)]


def test_a_level_below_the_required_one_is_not_enough() -> None:
    desk = Desk()
    desk.ready(7, skills={"zh": 1})
    work = Work(1, QUEUE, "LIVE_TEXT", START, skills={"zh": 2})
    assert desk.tell(events.WorkEnqueued(work)) == []
    assert offered(desk.ready(7, skills={"zh": 2})) == [(1, 7)]


def test_a_new_skill_or_queue_counts_at_once_and_a_lost_one_too() -> None:
    desk = Desk(7)
    desk.ready(7, skills={"zh": 1})
    desk.ready(7)
    assert desk.work(1, skills=["zh"]) == []
    assert offered(desk.work(2)) == [(2, 7)]


def test_what_comes_while_nobody_is_there_waits_in_one_queue_and_is_given_out_in_order() -> None:
    """Chatwoot #13050, #1198, Zammad #854: work without an agent stands in a queue, not in a list nobody watches."""
    desk = Desk()
    assert [desk.work(number, medium) for number, medium in enumerate(("DEFERRED", "LIVE_TEXT", "DEFERRED"), 1)] == [
        [],
        [],
        [],
    ]
    assert desk.engine.queue_order(QUEUE) == [1, 2, 3]
    assert offered(desk.ready(7, LIVE_TEXT=1, DEFERRED=5)) == [(1, 7), (2, 7), (3, 7)]
