"""Work of one requirement and agents of one ability are matched once, as classes, not one by one.

A line holds the waiting work of one class in order; a group the agents of one signature, by medium,
those with room only. Each knows the others it fits, so an event touches only what it can change.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from hub.routing.heap import LazyHeap
from hub.routing.snapshots import Agent, Work

WorkKey = tuple[int, datetime, int]  # −priority, first enqueue time, id: never changes while it waits
AgentKey = tuple[int, datetime, int]  # pieces of work held or on offer, idle since, id


@dataclass(frozen=True, slots=True)
class WorkClass:
    queue: int
    medium: str
    skills: frozenset[tuple[str, int]]

    @classmethod
    def of(cls, work: Work) -> WorkClass:
        return cls(work.queue, work.medium, frozenset(work.skills.items()))


@dataclass(frozen=True, slots=True)
class Signature:
    queues: frozenset[int]
    skills: frozenset[tuple[str, int]]

    @classmethod
    def of(cls, agent: Agent) -> Signature:
        return cls(frozenset(agent.queues), frozenset(agent.skills.items()))


def lacks(signature: Signature, wanted: WorkClass) -> list[str]:
    """The skills an agent of this signature lacks for the class, in order of name."""
    levels = dict(signature.skills)
    return sorted(name for name, level in wanted.skills if levels.get(name, 0) < level)


def fits(signature: Signature, wanted: WorkClass) -> bool:
    return wanted.queue in signature.queues and not lacks(signature, wanted)


@dataclass(eq=False, slots=True)
class Line:
    work_class: WorkClass
    waiting: LazyHeap[WorkKey] = field(default_factory=LazyHeap)
    groups: list[Group] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Group:
    signature: Signature
    with_room: defaultdict[str, LazyHeap[AgentKey]] = field(default_factory=lambda: defaultdict(LazyHeap))
    lines: list[Line] = field(default_factory=list)
    size: int = 0


class Matrix:
    """All lines and groups, each new one compared once with all of the other kind."""

    def __init__(self) -> None:
        self.lines: dict[WorkClass, Line] = {}
        self.groups: dict[Signature, Group] = {}

    def line(self, work: Work) -> Line:
        work_class = WorkClass.of(work)
        found = self.lines.get(work_class)
        return found or self._new_line(work_class)

    def join(self, agent: Agent) -> Group:
        signature = Signature.of(agent)
        group = self.groups.get(signature) or self._new_group(signature)
        group.size += 1
        return group

    def leave(self, group: Group) -> None:
        """Skills are edited for years: a signature that nobody has any more is forgotten."""
        group.size -= 1
        if not group.size:
            del self.groups[group.signature]
            for line in group.lines:
                line.groups.remove(group)

    def _new_line(self, work_class: WorkClass) -> Line:
        line = self.lines[work_class] = Line(work_class)
        line.groups = [group for group in self.groups.values() if fits(group.signature, work_class)]
        for group in line.groups:
            group.lines.append(line)
        return line

    def _new_group(self, signature: Signature) -> Group:
        group = self.groups[signature] = Group(signature)
        group.lines = [line for line in self.lines.values() if fits(signature, line.work_class)]
        for line in group.lines:
            line.groups.append(group)
        return group
