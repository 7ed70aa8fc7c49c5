"""The next owner of routing goes on where the last one stopped."""

from __future__ import annotations

from datetime import timedelta

from hub.model.capacity import Capacity
from hub.routing import events
from hub.routing.engine import Engine
from hub.routing.policy import QueuePolicy, Strategy
from hub.routing.snapshots import Agent, Held, OpenOffer, Refusal, Snapshot, Turn, Work
from tests.routing.desk import QUEUE, START, Desk, offered


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


def test_turns_go_on_under_the_next_owner() -> None:
    agents = tuple(Agent(agent, True, (QUEUE,), capacity=Capacity({"LIVE_TEXT": 1})) for agent in (7, 8, 9))
    turns = tuple(Turn(QUEUE, agent) for agent in (7, 8, 9, 7))
    engine = Engine()
    engine.restore(Snapshot(agents, queues=(QueuePolicy(QUEUE, Strategy.ROUND_ROBIN),), turns=turns), START)
    works = [Work(number, QUEUE, "LIVE_TEXT", START) for number in (1, 2, 3)]
    assert [pair for work in works for pair in offered(engine.apply(events.WorkEnqueued(work), START))] == [
        (1, 8),
        (2, 9),
        (3, 7),
    ]


def test_shares_go_on_under_the_next_owner() -> None:
    heavy = Agent(7, True, (QUEUE,), capacity=Capacity({"LIVE_TEXT": 9}), weights={QUEUE: 3})
    light = Agent(8, True, (QUEUE,), capacity=Capacity({"LIVE_TEXT": 9}))
    engine = Engine()
    turns = tuple(Turn(QUEUE, agent) for agent in (7, 8, 7))
    engine.restore(Snapshot((heavy, light), queues=(QueuePolicy(QUEUE, Strategy.WEIGHTED),), turns=turns), START)
    works = [Work(number, QUEUE, "LIVE_TEXT", START) for number in (1, 2)]
    made = [pair for work in works for pair in offered(engine.apply(events.WorkEnqueued(work), START))]
    assert made == [(1, 7), (2, 7)], "seven has had two of their three"


def test_who_rejected_it_under_the_last_owner_is_spared_it_by_the_next() -> None:
    agents = tuple(Agent(agent, True, (QUEUE,), capacity=Capacity({"LIVE_TEXT": 1})) for agent in (7, 8))
    work = Work(1, QUEUE, "LIVE_TEXT", START)
    refused = (Refusal(1, 7, START - timedelta(seconds=2)),)
    engine = Engine()
    assert offered(engine.restore(Snapshot(agents, (work,), refused=refused), START)) == [(1, 8)]
    alone = Engine()
    assert offered(alone.restore(Snapshot(agents[:1], (work,), refused=refused), START)) == []
    assert offered(alone.apply(events.Tick(), START + timedelta(seconds=3))) == [(1, 7)]
