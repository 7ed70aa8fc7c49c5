"""What waits, each piece in the line of its class, the agents of one signature in a group, and the links between.

A line holds what waits itself, in order. What left stays behind until it comes up, and its own field then says that it
is not meant: nothing has to be kept beside. A group holds those with room only, and a link joins the two where they
fit, so an event touches only what it can change.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from operator import add, attrgetter, itemgetter

from hub.routing.heap import LazyHeap
from hub.routing.policy import TAKING_TURNS, OverflowRule, QueuePolicy, Strategy
from hub.routing.signatures import Signature, WorkClass
from hub.routing.snapshots import Slot, Work

AgentKey = tuple[float, float]
Order = tuple[Slot, Strategy, int]  # `int`: the queue, where each has an order of its own, else 0
ID_BITS = 63  # of a place: the lowest say whose it is
ID = (1 << ID_BITS) - 1
NOBODY = 1 << 200  # later than any place
_LIKE_LEAST_BUSY = frozenset({Strategy.MOST_SKILLED, Strategy.ALL_RING})
_SLACK = 32
_PLACE = attrgetter("place")


@dataclass(eq=False, slots=True)
class Entry:
    """Work that waits. `number` is its id, `place` its key in the one order of work, which never changes: the moment in
    microseconds, and below that the id, so that no two have the same and a place says whose it is.

    `line`: None while it is `kept_for` one agent, and when it waits no longer. `asked`: the overflow the store was
    asked for and has not done. `ring`: how many of its queue's rings it had reached when it was put there. `due`: when
    waiting alone changes something.
    """

    work: Work
    number: int
    place: int
    line: Line | None = None
    ring: int = 0
    kept_for: int | None = None
    asked: OverflowRule | None = None
    due: datetime | None = None

    def __lt__(self, other: Entry) -> bool:
        """Asked only by an agenda of two of one piece of work, of which one at most is meant: either may come first."""
        return False


@dataclass(eq=False, slots=True)
class Line:
    """`heads[number]` is the place of the first in it: all lines' stand side by side, so that comparing many of them is
    one look at each, and no walk through memory.

    `row`: by place, from `start` on; if any waits, that one does. New work mostly comes last and the first is taken, so
    neither moves the others. `open`: those of its links by which somebody could take its work now.
    `rings_on`: its work still waits while it rings.
    """

    work_class: WorkClass
    policy: QueuePolicy
    number: int
    heads: list[int]
    row: list[Entry] = field(default_factory=list)
    start: int = 0
    length: int = 0
    links: list[Link] = field(default_factory=list)
    open: dict[Link, None] = field(default_factory=dict)
    rings_on: bool = field(init=False)

    def __post_init__(self) -> None:
        self.rings_on = self.policy.strategy is Strategy.ALL_RING

    @property
    def order(self) -> Order:
        strategy = Strategy.LEAST_BUSY if self.policy.strategy in _LIKE_LEAST_BUSY else self.policy.strategy
        return (self.work_class.slot, strategy, self.work_class.queue if strategy in TAKING_TURNS else 0)

    def put(self, entry: Entry) -> None:
        place, row = entry.place, self.row
        entry.line = self
        self.length += 1
        if self.start == len(row) or place > row[-1].place:
            row.append(entry)
        else:
            insort(row, entry, self.start, key=_PLACE)
        if place < self.heads[self.number]:
            self.heads[self.number] = place
        if len(row) > 2 * self.length + _SLACK:
            self.row = list(dict.fromkeys(each for each in row[self.start :] if each.line is self))
            self.start = 0

    def drop(self, entry: Entry) -> None:
        """It must stand here."""
        entry.line = None
        self.length -= 1
        if entry.place == self.heads[self.number]:
            self._advance()

    def _advance(self) -> None:
        """The first left: the next that still stands here is it."""
        row = self.row
        for start in range(self.start + 1, len(row)):
            if row[start].line is self:
                self.start, self.heads[self.number] = start, row[start].place
                return
        self.start, self.heads[self.number] = len(row), NOBODY

    def first_where(self, accepts: Callable[[Entry], bool]) -> Entry | None:
        for entry in islice(self.row, self.start, None):
            if entry.line is self and accepts(entry):
                return entry
        return None


@dataclass(eq=False, slots=True)
class Group:
    signature: Signature
    members: set[int] = field(default_factory=set)
    orders: dict[Slot, dict[Order, Free]] = field(default_factory=dict)
    reach: dict[Slot, Reach] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Link:
    """One line and one group that fit. `rank`: (reached by a ring only, preference, −skill), the lowest first.

    `free`: the group's agents with room for the line's work, in the line's order. `handicap`: what the agents'
    preference costs the line's work, as places count.
    """

    line: Line
    group: Group
    rank: tuple[bool, int, int]
    free: Free
    handicap: int


class Free(LazyHeap[AgentKey]):
    """The agents of one group who have room for one more, in one order. Lines are told when the first is there, and
    when the last is gone: while things wait there mostly is nobody, and then nobody has to be looked for."""

    __slots__ = ("links",)

    def __init__(self) -> None:
        super().__init__()
        self.links: list[Link] = []

    def join(self, link: Link) -> None:
        self.links.append(link)
        if self.keys:
            link.line.open[link] = None

    def put(self, item: int, key: AgentKey) -> None:
        if not self.keys:
            for link in self.links:
                link.line.open[link] = None
        super().put(item, key)

    def drop(self, item: int) -> None:
        if self.keys.pop(item, None) is not None and not self.keys:
            for link in self.links:
                del link.line.open[link]


class Reach:
    """All lines of one slot that a group fits. Every free slot looks at the heads of all of them: that is one call each
    of functions written in C, whatever their number."""

    __slots__ = ("_costs", "_heads_of", "links")

    def __init__(self) -> None:
        self.links: list[Link] = []
        self._heads_of: Callable[[list[int]], tuple[int, ...]] | None = None
        self._costs: tuple[int, ...] = ()

    def add(self, link: Link) -> None:
        self.links.append(link)
        self._heads_of = None

    def remove(self, line: Line) -> None:
        self.links = [link for link in self.links if link.line is not line]
        self._heads_of = None

    def first(self, heads: list[int]) -> int:
        """The place of what comes first for the group, preference counted; NOBODY or more, if nobody waits."""
        places = (self._heads_of or self.prepare())(heads)
        return min(map(add, places, self._costs)) if self._costs else min(places)

    def prepare(self) -> Callable[[list[int]], tuple[int, ...]]:
        """Made when first asked: most lines are new together."""
        costs = tuple(link.handicap for link in self.links)
        self._costs = costs if any(costs) else ()
        self._heads_of = getter = _getter([link.line.number for link in self.links])
        return getter


def _getter(numbers: list[int]) -> Callable[[list[int]], tuple[int, ...]]:
    """One by itself, or none, `itemgetter` would not put into a tuple."""
    if len(numbers) > 1:
        return itemgetter(*numbers)
    return lambda heads: tuple(heads[number] for number in numbers) or (NOBODY,)
