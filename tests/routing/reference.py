"""A router that anybody can check by reading: no classes, no heaps; it looks at everything after every fact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from hub.model.capacity import has_room
from hub.routing.policy import QueuePolicy, RoutingSettings, Strategy
from hub.routing.snapshots import Agent, Slot, Work

Pair = tuple[int, int]  # work, agent


@dataclass
class Reference:
    settings: RoutingSettings
    policies: dict[int, QueuePolicy] = field(default_factory=dict)
    agents: dict[int, Agent] = field(default_factory=dict)
    idle: dict[int, datetime] = field(default_factory=dict)
    waiting: dict[int, Work] = field(default_factory=dict)
    kept: dict[int, int] = field(default_factory=dict)
    offered: dict[Pair, Work] = field(default_factory=dict)
    held: dict[int, tuple[Slot, int]] = field(default_factory=dict)
    refused: dict[Pair, datetime] = field(default_factory=dict)
    turns: dict[Pair, int] = field(default_factory=dict)
    shares: dict[Pair, float] = field(default_factory=dict)
    turn: int = 0
    share: dict[int, float] = field(default_factory=dict)

    def match(self, now: datetime, freed: Iterable[int] = ()) -> set[Pair]:
        """Give all that can be given; returns (work, agent) pairs. Whom the fact freed choose last, one by one."""
        freed, made = list(freed), set()
        for work in sorted(self.waiting.values(), key=self.place):
            while best := self._best_agent(work, [agent for agent in self.agents if agent not in freed], now):
                made.add(self._offer(work, best))
        for agent in freed:
            while best_work := self._best_work(agent, now):
                made.add(self._offer(best_work, agent))
        return made

    def place(self, work: Work) -> tuple[float, int]:
        return (work.enqueued_at.timestamp() - work.priority * self.settings.priority.total_seconds(), work.id)

    def may_take(self, agent_id: int, work: Work, now: datetime) -> bool:
        agent = self.agents[agent_id]
        if work.id not in self.waiting or self.kept.get(work.id, agent_id) != agent_id or not agent.routable:
            return False
        if (work.id, agent_id) in self.offered or not has_room(self.load(agent_id), *self._slot(work, agent)):
            return False
        width, ringing = self.policy(work).width, sum(work.id == each for each, _ in self.offered)
        if width and ringing >= width:
            return False
        return not self._paused(agent_id, work, now) and (work.id in self.kept or self._fits(agent, work, now))

    def load(self, agent_id: int) -> Counter[str]:
        slots = [work.slot for (_, agent), work in self.offered.items() if agent == agent_id]
        slots += [slot for slot, agent in self.held.values() if agent == agent_id]
        return Counter(name for slot in slots for name in slot if name)

    def policy(self, work: Work) -> QueuePolicy:
        return self.policies.get(work.queue, QueuePolicy(work.queue))

    # --- what happens ---

    def enqueue(self, work: Work, now: datetime) -> None:
        self.waiting[work.id] = work
        own = self.agents.get(work.agent or 0)
        if (
            own
            and own.routable
            and work.agent_until
            and work.agent_until > now
            and not self._cooling(own.id, work, now)
        ):
            self.kept[work.id] = own.id

    def take(self, work: int, agent: int, slot: Slot, now: datetime) -> list[int]:
        """Returns whose slots that freed."""
        freed = [other for each, other in self.offered if each == work and other != agent]
        self.forget(work)
        self.held[work] = (slot, agent)
        self.idle[agent] = now
        return freed

    def forget(self, work: int) -> None:
        for place in (self.waiting, self.held, self.kept):
            place.pop(work, None)
        self.offered = {pair: of for pair, of in self.offered.items() if pair[0] != work}
        self.refused = {pair: at for pair, at in self.refused.items() if pair[0] != work}

    def requeue(self, work_id: int, agent: int, refused_at: datetime | None) -> None:
        work = self.offered.pop((work_id, agent))
        if not any(each == work_id for each, _ in self.offered):
            self.waiting[work_id] = work
        if refused_at:
            self.refused[work_id, agent] = refused_at

    def change(self, agent: Agent, now: datetime) -> None:
        before = self.agents.get(agent.id)
        if before is None or (agent.routable and not before.routable):
            self.idle[agent.id] = now
        self.agents[agent.id] = agent
        if not agent.routable:
            self.unroutable(agent.id)

    def change_policy(self, policy: QueuePolicy) -> None:
        self.policies[policy.id] = policy
        if policy.strategy is not Strategy.ALL_RING:
            for work in self.offered.values():
                if work.queue == policy.id:
                    self.waiting.pop(work.id, None)

    def unroutable(self, agent: int) -> None:
        self.agents[agent] = replace(self.agents[agent], routable=False)
        self.kept = {work: whose for work, whose in self.kept.items() if whose != agent}

    def time_is(self, now: datetime) -> None:
        over = {work.id for work in self.waiting.values() if work.agent_until and work.agent_until <= now}
        self.kept = {work: agent for work, agent in self.kept.items() if work not in over}

    # --- who, which ---

    def _best_agent(self, work: Work, among: list[int], now: datetime) -> int | None:
        takers = [agent for agent in among if self.may_take(agent, work, now)]
        return min(takers, key=lambda agent: self._rank(agent, work, now), default=None)

    def _best_work(self, agent: int, now: datetime) -> Work | None:
        def order(work: Work) -> tuple[bool, float, int]:
            place, number = self.place(work)
            kept = work.id in self.kept
            return (not kept, place + (0 if kept else self._handicap(agent, work, now)), number)

        mine = [work for work in self.waiting.values() if self.may_take(agent, work, now)]
        return min(mine, key=order, default=None)

    def _handicap(self, agent: int, work: Work, now: datetime) -> float:
        _, preference, _ = self._kinship(agent, work, now)
        return preference * self.settings.preference.total_seconds()

    def _rank(self, agent: int, work: Work, now: datetime) -> Any:
        cooling = self._cooling(agent, work, now)
        if agent == work.agent and not cooling:
            return (False,)
        return (True, cooling, self._kinship(agent, work, now), self._turn_of(agent, work), agent)

    def _kinship(self, agent_id: int, work: Work, now: datetime) -> tuple[bool, int, int]:
        agent = self.agents[agent_id]
        queues, skills = self._wanted(work, now)
        preference = min((agent.preferences.get(queue, 0) for queue in agent.queues if queue in queues), default=0)
        most_skilled = self.policy(work).strategy is Strategy.MOST_SKILLED
        skill = sum(agent.skills.get(name, 0) for name in skills) if most_skilled else 0
        return (work.queue not in agent.queues, preference, -skill)

    def _turn_of(self, agent: int, work: Work) -> tuple[float, datetime]:
        load = sum(agent == other for _, other in self.offered) + sum(agent == other for _, other in self.held.values())
        match self.policy(work).strategy:
            case Strategy.LONGEST_IDLE:
                return (0, self.idle[agent])
            case Strategy.ROUND_ROBIN:
                return (self.turns.get((work.queue, agent), 0), self.idle[agent])
            case Strategy.WEIGHTED:
                return (self.shares.get((work.queue, agent), 0), self.idle[agent])
            case _:
                return (load, self.idle[agent])

    def _offer(self, work: Work, agent: int) -> Pair:
        strategy, queue = self.policy(work).strategy, work.queue
        if strategy is Strategy.ROUND_ROBIN:
            self.turn += 1
            self.turns[queue, agent] = self.turn
        if strategy is Strategy.WEIGHTED:
            self.share[queue] = max(self.shares.get((queue, agent), 0.0), self.share.get(queue, 0.0))
            self.shares[queue, agent] = self.share[queue] + 1 / self.agents[agent].weights.get(queue, 1)
        if strategy is not Strategy.ALL_RING or work.id in self.kept:
            del self.waiting[work.id]
            self.kept.pop(work.id, None)
        self.offered[work.id, agent] = work
        return (work.id, agent)

    def _fits(self, agent: Agent, work: Work, now: datetime) -> bool:
        queues, skills = self._wanted(work, now)
        able = all(agent.skills.get(name, 0) >= level for name, level in skills.items())
        return able and any(queue in queues for queue in agent.queues)

    def _wanted(self, work: Work, now: datetime) -> tuple[set[int], dict[str, int]]:
        queues, skills = {work.queue}, dict(work.skills)
        for ring in self.policy(work).rings:
            if (now - work.since).total_seconds() >= ring.after:
                queues |= set(ring.queues)
                skills = {name: min(level, ring.skills.get(name, level)) for name, level in skills.items()}
        return queues, {name: level for name, level in skills.items() if level}

    def _slot(self, work: Work, agent: Agent) -> tuple[Any, ...]:
        return (work.medium, agent.capacity, work.channel)

    def _paused(self, agent: int, work: Work, now: datetime) -> bool:
        return self._within(agent, work.id, now, self.settings.pause.total_seconds())

    def _cooling(self, agent: int, work: Work, now: datetime) -> bool:
        return self._within(agent, work.id, now, self.settings.cool_down.total_seconds())

    def _within(self, agent: int, work: int, now: datetime, seconds: float) -> bool:
        at = self.refused.get((work, agent))
        return at is not None and (now - at).total_seconds() < seconds
