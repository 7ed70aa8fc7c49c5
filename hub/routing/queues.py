"""The queues' policies, and when each opens or closes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hub.routing.heap import LazyHeap
from hub.routing.policy import OverflowReason, OverflowRule, QueuePolicy
from hub.routing.snapshots import Work, span


@dataclass(frozen=True, slots=True)
class Requirement:
    """Who may take the work at one stage of its wait: members of one of the queues, with these levels."""

    queues: frozenset[int]
    skills: frozenset[tuple[str, int]]


def ring_of(policy: QueuePolicy, work: Work, now: datetime) -> int:
    """How many of the queue's rings the work has reached."""
    return bisect_right(policy.openings, (now - work.since).total_seconds()) if policy.openings else 0


def requirement(policy: QueuePolicy, work: Work, ring: int) -> Requirement:
    """What the work asks for once it has reached so many rings."""
    if not ring:
        return Requirement(frozenset((work.queue,)), frozenset(work.skills.items()))
    skills: dict[str, int] = dict(work.skills)
    queues = {work.queue}
    for step in policy.rings[:ring]:
        skills = _relaxed(skills, step.skills)
        queues.update(step.queues)
    return Requirement(frozenset(queues), frozenset(skills.items()))


def next_step(policy: QueuePolicy, work: Work, now: datetime) -> datetime | None:
    """When waiting alone next changes something: the end of its being kept, a ring, overflow."""
    since, rule, openings = work.since, policy.on_wait, policy.openings
    waited = (now - since).total_seconds()
    opened = bisect_right(openings, waited)
    nearest = openings[opened] if opened < len(openings) else None
    if rule is not None and rule.limit > waited and (nearest is None or rule.limit < nearest) and _leads_on(rule, work):
        nearest = rule.limit
    step = None if nearest is None else since + span(nearest)
    until = work.agent_until
    return until if until is not None and until > now and (step is None or until < step) else step


def _leads_on(rule: OverflowRule, work: Work) -> bool:
    """What has followed a rule of its queue already, and stays in it for later or to be called back, is left alone."""
    if rule.queue is None:
        return work.queue not in work.visited
    return rule.queue != work.queue and rule.queue not in work.visited


def _relaxed(skills: Mapping[str, int], allowed: Mapping[str, int]) -> dict[str, int]:
    """A ring never asks for more than before."""
    lowered = {name: min(level, allowed.get(name, level)) for name, level in skills.items()}
    return {name: level for name, level in lowered.items() if level > 0}


@dataclass(slots=True)
class _Opening:
    is_open: bool
    changes_at: datetime | None


class Policies(dict[int, QueuePolicy]):
    """By queue; the plainest there is where none is known."""

    def __missing__(self, queue: int) -> QueuePolicy:
        found = self[queue] = QueuePolicy(queue)
        return found


class Queues:
    """Hours are looked up when they change, not for every piece of work."""

    def __init__(self) -> None:
        self.policies = Policies()
        self._openings: dict[int, _Opening] = {}
        self._changes: LazyHeap[datetime] = LazyHeap()

    def change(self, policy: QueuePolicy, now: datetime) -> None:
        self.policies[policy.id] = policy
        self._look_up(policy.id, now)

    def is_open(self, queue: int, now: datetime) -> bool:
        opening = self._openings.get(queue)
        if opening is not None and opening.changes_at is not None and opening.changes_at <= now:
            opening = self._look_up(queue, now)
        return opening is None or opening.is_open

    def overflow_on_arrival(self, work: Work, ahead: int, now: datetime) -> OverflowRule | None:
        """The rule that sends new work on at once, if any: the queue is closed, or too many wait."""
        policy = self.policies[work.queue]
        if not policy.overflow:
            return None
        rule = policy.on_close
        if rule and _leads_on(rule, work) and not self.is_open(work.queue, now):
            return rule
        rule = policy.rule(OverflowReason.DEPTH)
        return rule if rule and _leads_on(rule, work) and ahead >= rule.limit else None

    def overflow_due(self, work: Work, now: datetime) -> OverflowRule | None:
        """The rule by which work that waits should have gone on already: it waited too long, or the queue is closed."""
        policy = self.policies[work.queue]
        if not policy.overflow:
            return None
        rule = policy.on_wait
        if rule and (now - work.since).total_seconds() >= rule.limit and _leads_on(rule, work):
            return rule
        rule = policy.on_close
        return rule if rule and _leads_on(rule, work) and not self.is_open(work.queue, now) else None

    def closed_by(self, now: datetime) -> list[tuple[int, OverflowRule]]:
        """The queues that have closed since last asked and whose waiting work goes elsewhere then."""
        closed = []
        while (queue := self._changes.first()) is not None and self._changes.keys[queue] <= now:
            was_open = self._openings[queue].is_open
            is_open = self._look_up(queue, now).is_open
            rule = self.policies[queue].on_close
            if was_open and not is_open and rule is not None:
                closed.append((queue, rule))
        return closed

    def next_change(self) -> datetime | None:
        first = self._changes.first()
        return None if first is None else self._changes.keys[first]

    def _look_up(self, queue: int, now: datetime) -> _Opening:
        hours = self.policies[queue].hours
        changes_at = hours.next_change(now) if hours else None
        opening = self._openings[queue] = _Opening(hours is None or hours.is_open(now), changes_at)
        if changes_at is None:
            self._changes.drop(queue)
        else:
            self._changes.put(queue, changes_at)
        return opening
