"""Why this agent, and why nobody yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hub.routing import events
from hub.routing.decisions import MakeOffer
from hub.routing.explain import NotYet
from hub.routing.policy import Strategy
from hub.routing.snapshots import Agent, Work
from tests.routing.desk import QUEUE, Desk
from tests.routing.floor import DESK, Floor


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
