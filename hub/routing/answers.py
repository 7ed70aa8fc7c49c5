"""What the engine can be asked: the order of a queue, why something waits, who would get it. Asking changes nothing."""

from __future__ import annotations

from datetime import datetime

from hub.routing.explain import NotYet, Preview, WhyWaiting, obstacles, ranked
from hub.routing.queues import next_step, ring_of
from hub.routing.snapshots import Work
from hub.routing.state import State


class Answers:
    def __init__(self, state: State) -> None:
        self._roster, self._waiting = state.roster, state.waiting
        self._offers, self._queues = state.offers, state.queues

    def queue_order(self, queue: int) -> list[int]:
        works = {work.id: work for work in self._waiting.in_queue(queue)}
        works |= {each.work.id: each.work for each in self._offers if each.work.queue == queue}
        return [work.id for work in sorted(works.values(), key=self._waiting.place)]

    def explain(self, work_id: int, now: datetime) -> WhyWaiting | None:
        entry = self._waiting.entry(work_id)
        if entry is None:
            return None
        work, policy = entry.work, self._queues.policies[entry.work.queue]
        kept = NotYet.REFUSED if entry.kept_for is None else NotYet.KEPT
        agents, named = obstacles(self._roster, self._waiting.line_for(work, now), kept)
        step = next_step(policy, work, now)
        return WhyWaiting(
            position=self.queue_order(work.queue).index(work_id) + 1,
            waited_seconds=(now - work.enqueued_at).total_seconds(),
            agents=agents,
            ring=ring_of(policy, work, now),
            next_step_seconds=(step - now).total_seconds() if step else None,
            kept_for=entry.kept_for,
            named=named,
        )

    def preview(self, work: Work, now: datetime) -> Preview:
        line = self._waiting.line_for(work, now)
        self._roster.settle()
        agents, named = obstacles(self._roster, line, NotYet.REFUSED)
        first = ranked(line)
        agents.pop(NotYet.REFUSED, None)
        if work.agent in first:
            first = (work.agent, *(agent for agent in first if agent != work.agent))
        others = tuple(each for each in named if each.reason is not NotYet.REFUSED)
        return Preview(
            first, ring_of(self._queues.policies[work.queue], work, now), line.policy.strategy, agents, others
        )
