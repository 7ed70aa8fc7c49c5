"""An engine and a clock that moves when told to: one queue, agents who take live text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from hub.model.capacity import Capacity
from hub.routing import events
from hub.routing.decisions import Decision
from hub.routing.engine import Engine
from hub.routing.snapshots import Agent, Work
from tests.routing.floor import DESK, START, offered

QUEUE = DESK
__all__ = ["QUEUE", "START", "Desk", "offered"]


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
