"""Ringing at several agents with one winner."""

from __future__ import annotations

from hub.routing import events
from hub.routing.decisions import ExpireOffer, RescindOffer
from hub.routing.policy import Strategy
from tests.routing.floor import Floor, offered


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
