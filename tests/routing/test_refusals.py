"""Who refused work is spared it for a while, and the work keeps its place."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.routing import events
from hub.routing.decisions import RescindOffer
from hub.routing.explain import NotYet
from tests.routing.desk import QUEUE, START, Desk, offered


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
