"""The agents: what each holds, and who has room for what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from hub.model.capacity import has_room
from hub.routing.classes import AgentKey, Group, Line, Matrix
from hub.routing.heap import LazyHeap
from hub.routing.snapshots import Agent


@dataclass(eq=False, slots=True)
class Member:
    """An agent at work. `held` is kept by work, so that hearing of one twice does not count it twice."""

    agent: Agent
    group: Group
    idle_since: datetime
    held: dict[int, str] = field(default_factory=dict)

    def rank(self) -> AgentKey:
        """The least loaded first, then the longest idle."""
        return (len(self.held), self.idle_since, self.agent.id)

    def open_media(self) -> set[str]:
        """What one more of could be given."""
        if not self.agent.routable:
            return set()
        load, capacity = Counter(self.held.values()), self.agent.capacity
        return {medium for medium in capacity.limits if has_room(load, medium, capacity)}


class Roster:
    def __init__(self, matrix: Matrix) -> None:
        self._matrix = matrix
        self.members: dict[int, Member] = {}
        self.holder: dict[int, int] = {}

    def change(self, agent: Agent, now: datetime) -> Member:
        known = self.members.get(agent.id)
        member = self._rejoin(known, agent) if known else self._enrol(agent, now)
        if known and agent.routable and not known.agent.routable:
            member.idle_since = now
        member.agent = agent
        self._place(member)
        return member

    def set_unroutable(self, agent: int) -> None:
        if member := self.members.get(agent):
            member.agent = replace(member.agent, routable=False)
            self._place(member)

    def fill(self, agent: int, work: int, medium: str, now: datetime) -> None:
        """A slot is taken or reserved; whoever had this work before has it no longer."""
        self.clear(work)
        member = self.members.get(agent) or self._enrol(Agent(agent, routable=False, queues=()), now)
        member.held[work] = medium
        self.holder[work] = agent
        self._place(member)

    def clear(self, work: int) -> int | None:
        """The slot is free again; the agent who held it, if any."""
        agent = self.holder.pop(work, None)
        if agent is not None:
            member = self.members[agent]
            del member.held[work]
            self._place(member)
        return agent

    def worked(self, agent: int, now: datetime) -> None:
        """Being idle starts over."""
        if member := self.members.get(agent):
            member.idle_since = now
            self._place(member)

    def best(self, line: Line, accepts: Callable[[int], bool] | None = None) -> int | None:
        """Of those with room for the line's work, the first by rank."""
        heaps = _with_room(line)
        firsts = (heap.first_where(accepts) for heap in heaps) if accepts else (heap.first() for heap in heaps)
        members = (self.members[agent] for agent in firsts if agent is not None)
        best = min(members, key=Member.rank, default=None)
        return best.agent.id if best else None

    def count(self, line: Line) -> int:
        """How many have room for the line's work."""
        return sum(map(len, _with_room(line)))

    def _enrol(self, agent: Agent, now: datetime) -> Member:
        member = Member(agent, self._matrix.join(agent), agent.idle_since or now)
        self.members[agent.id] = member
        return member

    def _rejoin(self, member: Member, agent: Agent) -> Member:
        group = self._matrix.join(agent)
        if group is not member.group:
            for heap in member.group.with_room.values():
                heap.drop(agent.id)
        self._matrix.leave(member.group)
        member.group = group
        return member

    def _place(self, member: Member) -> None:
        """Into the heaps of the media the agent has room for, out of the others."""
        key, media = member.rank(), member.open_media()
        for medium in media:
            member.group.with_room[medium].put(member.agent.id, key)
        for medium in member.group.with_room.keys() - media:
            member.group.with_room[medium].drop(member.agent.id)


def _with_room(line: Line) -> list[LazyHeap[AgentKey]]:
    medium = line.work_class.medium
    return [heap for group in line.groups if (heap := group.with_room.get(medium))]
