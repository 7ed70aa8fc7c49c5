"""Work of one requirement and agents of one ability are matched once, as classes, not one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TypeVar

from hub.routing.lines import NOBODY, Free, Group, Line, Link, Reach
from hub.routing.policy import QueuePolicy, Strategy
from hub.routing.signatures import Signature, WorkClass, lacks, shared_queues
from hub.routing.snapshots import Agent

T = TypeVar("T")


class Matrix:
    """All lines and groups, each new one compared once with all of the other kind.

    `step`: what a step of preference costs, as places count. `fill`: told of each group that is new to an order.
    """

    def __init__(self, step: int, fill: Callable[[Group], None]) -> None:
        self._step = step
        self._fill = fill
        self.heads: list[int] = []
        self.lines: dict[WorkClass, Line] = {}
        self.groups: dict[Signature, Group] = {}
        self._lines_of: defaultdict[int, dict[Line, None]] = defaultdict(dict)
        self._groups_of: defaultdict[int, dict[Group, None]] = defaultdict(dict)

    def line(self, work_class: WorkClass, policy: QueuePolicy) -> Line:
        found = self.lines.get(work_class)
        if found is not None:
            return found
        line = self.lines[work_class] = Line(work_class, policy, len(self.heads), self.heads)
        self.heads.append(NOBODY)
        queues = sorted(work_class.requirement.queues)
        for queue in queues:
            self._lines_of[queue][line] = None
        for group in _once(self._groups_of[queue] for queue in queues):
            self._join_if_fit(line, group)
        return line

    def forget_line(self, line: Line) -> None:
        """Its policy changed: the next work makes it anew."""
        del self.lines[line.work_class]
        for queue in line.work_class.requirement.queues:
            del self._lines_of[queue][line]
        for link in line.links:
            link.group.reach[line.work_class.slot].remove(line)
            link.free.links.remove(link)

    def prepare(self) -> None:
        """All is there: what the first match would else wait for."""
        for group in self.groups.values():
            for reach in group.reach.values():
                reach.prepare()

    def join(self, agent: Agent) -> Group:
        signature = Signature.of(agent)
        group = self.groups.get(signature) or self._new_group(signature)
        group.members.add(agent.id)
        return group

    def leave(self, group: Group, agent: int) -> None:
        """Skills are edited for years: a signature that nobody has any more is forgotten."""
        for orders in group.orders.values():
            for free in orders.values():
                free.drop(agent)
        group.members.discard(agent)
        if not group.members:
            del self.groups[group.signature]
            for queue, _ in group.signature.queues:
                del self._groups_of[queue][group]
            for reach in group.reach.values():
                for link in reach.links:
                    link.line.links.remove(link)

    def _new_group(self, signature: Signature) -> Group:
        group = self.groups[signature] = Group(signature)
        queues = sorted(queue for queue, _ in signature.queues)
        for queue in queues:
            self._groups_of[queue][group] = None
        for line in _once(self._lines_of[queue] for queue in queues):
            self._join_if_fit(line, group)
        return group

    def _join_if_fit(self, line: Line, group: Group) -> None:
        requirement = line.work_class.requirement
        shared = shared_queues(group.signature, requirement)
        if not shared or lacks(group.signature, requirement):
            return
        preference, own = shared[0][0], line.work_class.queue
        rank = (all(queue != own for _, queue in shared), preference, -_skill(line, group))
        orders, order = group.orders.setdefault(line.work_class.slot, {}), line.order
        if order not in orders:
            orders[order] = Free()
            self._fill(group)
        link = Link(line, group, rank, orders[order], preference * self._step)
        line.links.append(link)
        link.free.join(link)
        group.reach.setdefault(line.work_class.slot, Reach()).add(link)


def _once(several: Iterable[Iterable[T]]) -> Iterable[T]:
    """Each of them once, in a fixed order."""
    return dict.fromkeys(each for some in several for each in some)


def _skill(line: Line, group: Group) -> int:
    """How well the group can do what the line asks for; counts for MOST_SKILLED alone."""
    if line.policy.strategy is not Strategy.MOST_SKILLED:
        return 0
    wanted = {name for name, _ in line.work_class.requirement.skills}
    return sum(level for name, level in group.signature.skills if name in wanted)
