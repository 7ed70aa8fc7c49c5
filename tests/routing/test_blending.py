"""How much an agent takes at once, and what blocks what."""

from __future__ import annotations

from hub.model.capacity import Capacity
from hub.routing import events
from tests.routing.floor import Floor, offered


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
