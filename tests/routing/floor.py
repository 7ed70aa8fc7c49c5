"""An engine, a clock that moves when told to, and agents and work as tests want them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hub.model.capacity import Capacity
from hub.routing import events
from hub.routing.decisions import Decision, MakeOffer
from hub.routing.engine import Engine
from hub.routing.policy import QueuePolicy
from hub.routing.snapshots import Agent, Work

START = datetime(2026, 11, 21, 8, tzinfo=UTC)
DESK, BACK = 1, 2
ROOMY = Capacity({"LIVE_TEXT": 100})


class Floor:
    """An engine, a clock, and agents with room for one chat each unless told otherwise."""

    def __init__(self, **policy: Any) -> None:
        self.engine = Engine()
        self.now = START
        self.tell(events.QueueChanged(QueuePolicy(DESK, **policy)))

    def tell(self, event: events.Event) -> list[Decision]:
        return self.engine.apply(event, self.now)

    def agent(self, number: int, **fields: Any) -> list[tuple[int, int]]:
        plain = {"routable": True, "queues": (DESK,), "capacity": Capacity({"LIVE_TEXT": 1})}
        return offered(self.tell(events.AgentChanged(Agent(number, **{**plain, **fields}))))

    def work(self, number: int, **fields: Any) -> list[Decision]:
        plain = {"queue": DESK, "medium": "LIVE_TEXT", "enqueued_at": self.now}
        return self.tell(events.WorkEnqueued(Work(number, **{**plain, **fields})))

    def serve(self, number: int, **fields: Any) -> int:
        """Work comes, is accepted and done; by whom."""
        [(_, agent)] = offered(self.work(number, **fields))
        self.tell(events.OfferAccepted(number, agent))
        self.now += timedelta(seconds=1)
        self.tell(events.SlotFreed(agent, number))
        return agent

    def wait(self, seconds: float) -> list[Decision]:
        """Time passes, with all that it brings on the way."""
        until, told = self.now + timedelta(seconds=seconds), []
        while (due := self.engine.next_deadline()) is not None and due <= until:
            self.now = max(due, self.now)
            told += self.tell(events.Tick())
        self.now = until
        return told


def offered(decisions: list[Decision]) -> list[tuple[int, int]]:
    return [(each.work, each.agent) for each in decisions if isinstance(each, MakeOffer)]
