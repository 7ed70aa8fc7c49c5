"""What the router promises, one test each; many are bugs that users of other systems met."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.capacity import Capacity
from hub.model.states import NotReadyReason
from hub.routing import events
from hub.routing.decisions import Decision, ExpireOffer, MakeOffer, RescindOffer, SetNotReady
from hub.routing.engine import Engine
from hub.routing.explain import NotYet
from hub.routing.snapshots import Agent, Held, OpenOffer, Snapshot, Work

START = datetime(2026, 11, 21, 8, tzinfo=UTC)
QUEUE = 1


class Desk:
    """An engine and a clock that moves when told to."""

    def __init__(self, *agents: int, capacity: int = 1) -> None:
        self.engine = Engine()
        self.now = START
        for agent in agents:
            self.ready(agent, LIVE_TEXT=capacity)

    def tell(self, event: events.Event, after: float = 0) -> list[Decision]:
        self.now += timedelta(seconds=after)
        return self.engine.apply(event, self.now)

    def ready(self, agent: int, skills: dict[str, int] | None = None, **limits: int) -> list[Decision]:
        snapshot = Agent(agent, True, (QUEUE,), skills or {}, Capacity(limits or {"LIVE_TEXT": 1}))
        return self.tell(events.AgentChanged(snapshot))

    def work(
        self, number: int, medium: str = "LIVE_TEXT", priority: int = 0, age: float = 0, skills: Sequence[str] = ()
    ) -> list[Decision]:
        since = self.now - timedelta(seconds=age)
        work = Work(number, QUEUE, medium, since, priority, dict.fromkeys(skills, 1))
        return self.tell(events.WorkEnqueued(work))

    def accept(self, work: int, agent: int) -> list[Decision]:
        return self.tell(events.OfferAccepted(work, agent))


def offered(decisions: list[Decision]) -> list[tuple[int, int]]:
    return [(each.work, each.agent) for each in decisions if isinstance(each, MakeOffer)]


# --- never too much, never twice --------------------------------------------------------------------------------------


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


# --- order ------------------------------------------------------------------------------------------------------------


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


# --- who --------------------------------------------------------------------------------------------------------------


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


# --- offers end, always -----------------------------------------------------------------------------------------------


def test_who_lets_it_ring_becomes_not_ready_and_the_work_goes_on() -> None:
    desk = Desk(7, 8)
    desk.work(1, age=5)
    desk.tell(events.OfferCommitted(1, 7, 100))
    assert desk.engine.next_deadline() == START + timedelta(seconds=30)
    assert desk.tell(events.Tick(), after=30) == [ExpireOffer(1, 7, 100)]
    told = desk.tell(events.OfferTimedOut(1, 7))
    assert told[0] == SetNotReady(7, NotReadyReason.NO_ANSWER)
    assert offered(told) == [(1, 8)]
    assert desk.work(2) == []


def test_an_answer_at_the_last_moment_wins_over_the_time_out() -> None:
    desk = Desk(7, 8)
    desk.work(1)
    assert desk.tell(events.Tick(), after=30) == [ExpireOffer(1, 7, None)]
    assert desk.accept(1, 7) == []
    assert desk.tell(events.OfferTimedOut(1, 7)) == []
    assert desk.tell(events.Tick(), after=600) == []


def test_no_reservation_is_ever_stuck() -> None:
    """ASTERISK-26621, FreeSWITCH #2540: what is not answered is asked again."""
    desk = Desk(7)
    desk.work(1)
    asked = [desk.tell(events.Tick(), after=seconds) for seconds in (30, 4, 1, 5)]
    assert asked == [[ExpireOffer(1, 7, None)], [], [ExpireOffer(1, 7, None)], [ExpireOffer(1, 7, None)]]


def test_who_hangs_up_while_the_offer_is_being_made_rings_nowhere() -> None:
    """FreeSWITCH #2529, the zombie leg."""
    desk = Desk(7)
    desk.work(1)
    assert desk.tell(events.WorkWithdrawn(1)) == [RescindOffer(1, 7, None)]
    assert desk.tell(events.OfferCommitted(1, 7, 100)) == [RescindOffer(1, 7, 100)]
    assert offered(desk.work(2)) == [(2, 7)]


def test_the_loser_is_told_when_somebody_takes_it_by_hand() -> None:
    """asterisk #176."""
    desk = Desk(7, 8)
    desk.work(1)
    desk.work(2)
    desk.work(3)
    told = desk.tell(events.SlotTaken(8, 1, "LIVE_TEXT"))
    assert told[0] == RescindOffer(1, 7, None)
    assert offered(told) == [(3, 7)]


def test_a_rejected_offer_is_not_the_end_of_the_work() -> None:
    """OpenSIPS #2886."""
    desk = Desk(7, 8)
    desk.work(1)
    assert offered(desk.tell(events.OfferRejected(1, 7))) == [(1, 8)]


def test_who_refused_is_asked_again_after_a_pause_if_there_is_nobody_else() -> None:
    desk = Desk(7)
    desk.work(1)
    assert desk.tell(events.OfferRejected(1, 7)) == []
    assert desk.engine.next_deadline() == START + timedelta(seconds=5)
    assert desk.tell(events.Tick(), after=4) == []
    assert offered(desk.tell(events.Tick(), after=1)) == [(1, 7)]


def test_who_refused_comes_last_during_the_cool_down() -> None:
    desk = Desk(7)
    desk.work(1)
    desk.tell(events.OfferRejected(1, 7))
    desk.tell(events.SlotTaken(7, 50, "LIVE_TEXT"))
    desk.tell(events.Tick(), after=6)
    assert offered(desk.ready(9)) == [(1, 9)]
    desk.tell(events.SlotFreed(7, 50), after=1)
    desk.now += timedelta(seconds=1)
    desk.ready(8)
    assert offered(desk.tell(events.OfferRejected(1, 9))) == [(1, 8)]


def test_who_puts_work_back_is_not_offered_it_at_once() -> None:
    desk = Desk(7)
    desk.work(1)
    desk.accept(1, 7)
    assert desk.work(1, age=60) == []
    assert offered(desk.work(2)) == [(2, 7)]
    assert offered(desk.ready(8)) == [(1, 8)]


def test_an_agent_who_is_gone_gives_back_what_rings() -> None:
    desk = Desk(7, 8)
    desk.work(1)
    assert desk.tell(events.AgentGone(7)) == [RescindOffer(1, 7, None)]
    assert desk.tell(events.Tick(), after=5) == [RescindOffer(1, 7, None)]
    assert offered(desk.tell(events.OfferEnded(1, 7))) == [(1, 8)]


def test_wrap_up_keeps_the_slot_until_it_is_over() -> None:
    """asterisk #607, OpenSIPS #2679: only SlotFreed frees, and not one that speaks of earlier work."""
    desk = Desk(7)
    desk.work(1)
    desk.accept(1, 7)
    desk.work(2)
    assert desk.tell(events.SlotFreed(7, 2)) == []
    assert desk.tell(events.SlotFreed(8, 1)) == []
    assert offered(desk.tell(events.SlotFreed(7, 1))) == [(2, 7)]
    assert desk.tell(events.SlotFreed(7, 2)) == []
    assert desk.work(3) == []


def test_a_changed_priority_counts_while_it_waits_and_after_it_rang() -> None:
    desk = Desk()
    desk.work(1, age=9)
    desk.work(2)
    desk.work(2, priority=3)
    assert offered(desk.ready(7)) == [(2, 7)]
    desk.work(2, priority=-1)
    assert offered(desk.tell(events.OfferRejected(2, 7))) == [(1, 7)]
    assert desk.engine.queue_order(QUEUE) == [1, 2]


def test_facts_about_things_unknown_change_nothing() -> None:
    desk = Desk()
    unknown: list[events.Event] = [
        events.WorkWithdrawn(1),
        events.AgentGone(7),
        events.SlotFreed(7, 1),
        events.OfferFailed(1, 7),
        events.OfferAccepted(1, 7),
        events.OfferRejected(1, 7),
        events.OfferTimedOut(1, 7),
        events.OfferEnded(1, 7),
        events.Tick(),
    ]
    for event in unknown:
        assert desk.tell(event) == []
    assert desk.engine.next_deadline() is None


# --- taking over, explaining ------------------------------------------------------------------------------------------


def test_the_next_owner_goes_on_where_the_last_one_stopped() -> None:
    """FreeSWITCH mod_callcenter: a restart must not mark everyone abandoned."""
    agents = tuple(Agent(agent, True, (QUEUE,), capacity=Capacity({"LIVE_TEXT": 1})) for agent in (7, 8, 9))
    waiting = tuple(Work(number, QUEUE, "LIVE_TEXT", START - timedelta(seconds=number)) for number in (1, 2))
    ringing = OpenOffer(Work(3, QUEUE, "LIVE_TEXT", START), 8, 100, START + timedelta(seconds=12))
    engine = Engine()
    snapshot = Snapshot(agents, waiting, (Held(4, 9, "LIVE_TEXT"),), (ringing,))
    assert offered(engine.restore(snapshot, START)) == [(2, 7)]
    assert engine.queue_order(QUEUE) == [2, 1, 3]
    assert engine.next_deadline() == START + timedelta(seconds=12)
    assert offered(engine.apply(events.SlotFreed(9, 4), START)) == [(1, 9)]


def test_a_slot_of_an_agent_not_yet_known_is_counted_when_they_are() -> None:
    desk = Desk()
    desk.tell(events.SlotTaken(7, 1, "LIVE_TEXT"))
    desk.work(2)
    assert desk.ready(7) == []


def test_an_offer_says_why_it_is_this_agent() -> None:
    desk = Desk(7, 8)
    desk.now += timedelta(seconds=20)
    offer = desk.work(1, age=12, priority=2)[0]
    assert isinstance(offer, MakeOffer)
    why = offer.why
    assert (why.candidates, why.in_hand, why.priority, why.refused_before) == (2, 0, 2, False)
    assert (why.idle_seconds, why.waited_seconds) == (20, 12)


def test_waiting_work_says_why_nobody_has_it() -> None:
    desk = Desk()
    desk.ready(1, skills={"zh": 1})
    desk.tell(events.SlotTaken(1, 90, "LIVE_TEXT"))
    desk.ready(2)
    desk.tell(events.AgentChanged(Agent(3, False, (QUEUE,), {"zh": 1})))
    desk.tell(events.AgentChanged(Agent(4, True, (2,), {"zh": 1})))
    desk.work(5, skills=["zh"])
    desk.work(6, skills=["zh"])
    why = desk.engine.explain(6, desk.now)
    assert why is not None
    assert why.position == 2
    reasons = {NotYet.NO_ROOM: 1, NotYet.LACKS_SKILL: 1, NotYet.NOT_ROUTABLE: 1, NotYet.NOT_IN_QUEUE: 1}
    assert why.agents == reasons
    assert desk.engine.explain(99, desk.now) is None


@pytest.mark.parametrize("kind", [events.OfferFailed, events.OfferEnded])
def test_an_offer_that_failed_is_not_tried_in_a_loop(
    kind: type[events.OfferFailed] | type[events.OfferEnded],
) -> None:
    desk = Desk(7)
    desk.work(1)
    assert desk.tell(kind(1, 7)) == []
    why = desk.engine.explain(1, desk.now)
    assert why is not None
    assert why.agents == {NotYet.REFUSED: 1}
