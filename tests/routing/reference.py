"""A router that anybody can check by reading: no classes, no heaps; it looks at everything after every fact."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime

from hub.model.capacity import has_room
from hub.routing.refusals import RoutingSettings
from hub.routing.snapshots import Agent, Work


@dataclass
class Reference:
    settings: RoutingSettings
    agents: dict[int, Agent] = field(default_factory=dict)
    idle: dict[int, datetime] = field(default_factory=dict)
    waiting: dict[int, Work] = field(default_factory=dict)
    offered: dict[int, tuple[Work, int]] = field(default_factory=dict)
    held: dict[int, tuple[str, int]] = field(default_factory=dict)
    refused: dict[tuple[int, int], datetime] = field(default_factory=dict)

    def match(self, now: datetime) -> set[tuple[int, int]]:
        """Give all that can be given, in order; returns (work, agent) pairs."""
        made = set()
        for work in sorted(self.waiting.values(), key=lambda work: (-work.priority, work.enqueued_at, work.id)):
            takers = [agent for agent in self.agents if self.may_take(agent, work, now)]
            if takers:
                best = min(takers, key=lambda agent: self._rank(agent, work.id, now))
                del self.waiting[work.id]
                self.offered[work.id] = (work, best)
                made.add((work.id, best))
        return made

    def may_take(self, agent_id: int, work: Work, now: datetime) -> bool:
        agent = self.agents[agent_id]
        able = all(agent.skills.get(name, 0) >= level for name, level in work.skills.items())
        paused = self._within(agent_id, work.id, now, self.settings.pause.total_seconds())
        room = has_room(self.load(agent_id), work.medium, agent.capacity)
        return agent.routable and work.queue in agent.queues and able and room and not paused

    def load(self, agent_id: int) -> Counter[str]:
        offered = [work.medium for work, agent in self.offered.values() if agent == agent_id]
        return Counter([*offered, *(medium for medium, agent in self.held.values() if agent == agent_id)])

    def take(self, work: int, agent: int, medium: str, now: datetime) -> None:
        self.forget(work)
        self.held[work] = (medium, agent)
        self.idle[agent] = now

    def forget(self, work: int) -> None:
        for place in (self.waiting, self.offered, self.held):
            place.pop(work, None)
        self.refused = {pair: at for pair, at in self.refused.items() if pair[1] != work}

    def requeue(self, work_id: int, refused_at: datetime | None) -> None:
        work, agent = self.offered.pop(work_id)
        self.waiting[work_id] = work
        if refused_at:
            self.refused[agent, work_id] = refused_at

    def change(self, agent: Agent, now: datetime) -> None:
        before = self.agents.get(agent.id)
        if before is None or (agent.routable and not before.routable):
            self.idle[agent.id] = now
        self.agents[agent.id] = agent

    def unroutable(self, agent: int) -> None:
        self.agents[agent] = replace(self.agents[agent], routable=False)

    def _within(self, agent: int, work: int, now: datetime, seconds: float) -> bool:
        at = self.refused.get((agent, work))
        return at is not None and (now - at).total_seconds() < seconds

    def _rank(self, agent: int, work: int, now: datetime) -> tuple[bool, int, datetime, int]:
        cooling = self._within(agent, work, now, self.settings.cool_down.total_seconds())
        return (cooling, self.load(agent).total(), self.idle[agent], agent)
