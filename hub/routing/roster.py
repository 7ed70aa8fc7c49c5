"""The agents: what each holds, and who has room for what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hub.model.capacity import has_room
from hub.routing.lines import ID_BITS, AgentKey, Group, Line, Order
from hub.routing.matrix import Matrix
from hub.routing.policy import RoutingSettings, Strategy
from hub.routing.snapshots import Agent, Slot

Accepts = Callable[[int], bool]


@dataclass(eq=False, slots=True)
class Member:
    """An agent at work. `in_hand` counts what they hold and what rings at them, `load` the same by medium and channel.

    `turns`: queue → when they were last chosen, as a running number;
    `shares`: queue → what they had of it, by weight.
    """

    agent: Agent
    group: Group
    idle_since: datetime
    in_hand: int = 0
    load: dict[str, int] = field(default_factory=dict)
    turns: dict[int, int] = field(default_factory=dict)
    shares: dict[int, float] = field(default_factory=dict)

    def has_room(self, slot: Slot) -> bool:
        agent = self.agent
        return agent.routable and has_room(self.load, slot[0], agent.capacity, slot[1])

    def key(self, order: Order) -> AgentKey:
        _, strategy, queue = order
        idle = self.idle_since.timestamp()
        match strategy:
            case Strategy.LONGEST_IDLE:
                return (idle, 0.0)
            case Strategy.ROUND_ROBIN:
                return (self.turns.get(queue, 0), idle)
            case Strategy.WEIGHTED:
                return (self.shares.get(queue, 0.0), idle)
            case _:
                return (self.in_hand, idle)


class Roster:
    def __init__(self, settings: RoutingSettings) -> None:
        self.matrix = Matrix(settings.preference // timedelta(microseconds=1) << ID_BITS, self._fill)
        self.members: dict[int, Member] = {}
        self._moved: dict[Member, None] = {}
        self._turn = 0
        self._share: dict[int, float] = {}

    def change(self, agent: Agent, now: datetime) -> Member:
        known = self.members.get(agent.id)
        member = self._rejoin(known, agent) if known else self._enrol(agent, now)
        if known and agent.routable and not known.agent.routable:
            member.idle_since = now
        member.agent = agent
        self._moved[member] = None
        return member

    def set_unroutable(self, agent: int) -> None:
        if member := self.members.get(agent):
            member.agent = replace(member.agent, routable=False)
            self._moved[member] = None

    def known(self, agent: int, now: datetime) -> Member:
        """Who holds something is known, if only by that."""
        return self.members.get(agent) or self._enrol(Agent(agent, routable=False, queues=()), now)

    def count(self, member: Member, slot: Slot, change: int) -> None:
        """A slot is taken or reserved (1), or free again (-1)."""
        load, (medium, channel) = member.load, slot
        member.in_hand += change
        load[medium] = load.get(medium, 0) + change
        if channel:
            load[channel] = load.get(channel, 0) + change
        self._moved[member] = None

    def worked(self, agent: int, now: datetime) -> None:
        """Being idle starts over."""
        if member := self.members.get(agent):
            member.idle_since = now
            self._moved[member] = None

    def took_turn(self, member: Member, queue: int, strategy: Strategy) -> None:
        """They were chosen for work of the queue. Who was away does not catch up on what they missed."""
        if strategy is Strategy.ROUND_ROBIN:
            self._turn += 1
            member.turns[queue] = self._turn
        elif strategy is Strategy.WEIGHTED:
            had = max(member.shares.get(queue, 0.0), self._share.get(queue, 0.0))
            self._share[queue] = had
            member.shares[queue] = had + 1 / max(member.agent.weights.get(queue, 1), 1)

    def had_turn(self, agent: int, queue: int, strategy: Strategy) -> None:
        """As `took_turn`, of who may have gone since."""
        if (member := self.members.get(agent)) is not None:
            self.took_turn(member, queue, strategy)
            self._moved[member] = None

    def best(self, line: Line, accepts: Accepts | None = None) -> int | None:
        """Of those with room for the line's work, the first: by link, then by the line's strategy, then by id."""
        self.settle()
        best: tuple[tuple[bool, int, int], AgentKey, int] | None = None
        for link in line.open:
            entry = link.free.first_where(accepts) if accepts else link.free.first_entry()
            if entry is not None and (best is None or (link.rank, *entry) < best):
                best = (link.rank, *entry)
        return best[2] if best else None

    def settle(self) -> None:
        """Who changed is put where they belong now: only when somebody asks, since most find work at once."""
        for member in self._moved:
            _place(member)
        self._moved.clear()

    def reaches(self, member: Member, line: Line) -> bool:
        """Whether the line's work may be theirs at all."""
        return any(link.group is member.group for link in line.links)

    def _fill(self, group: Group) -> None:
        for agent in group.members:
            if (member := self.members.get(agent)) is not None:
                self._moved[member] = None

    def _enrol(self, agent: Agent, now: datetime) -> Member:
        member = Member(agent, self.matrix.join(agent), agent.idle_since or now)
        self.members[agent.id] = member
        return member

    def _rejoin(self, member: Member, agent: Agent) -> Member:
        group = self.matrix.join(agent)
        if group is not member.group:
            self.matrix.leave(member.group, agent.id)
            member.group = group
        return member


def _place(member: Member) -> None:
    """Into the orders of the slots the agent has room for, out of the others."""
    agent = member.agent.id
    for slot, orders in member.group.orders.items():
        if member.has_room(slot):
            for order, free in orders.items():
                free.put(agent, member.key(order))
        else:
            for free in orders.values():
                if agent in free.keys:
                    free.drop(agent)
