"""Every offer ends, exactly once, and the work goes on."""

from __future__ import annotations

from datetime import timedelta

from hub.model.states import NotReadyReason
from hub.routing import events
from hub.routing.decisions import ExpireOffer, RescindOffer, SetNotReady
from tests.routing.desk import START, Desk, offered


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
