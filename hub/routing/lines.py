"""What waits, each piece in the line of its class; and who is in a line says so itself.

A line and an agenda hold the things themselves, in order. One that left, or is due at another time, stays behind until
it comes up, and its own field then says that it is not meant: nothing has to be kept beside.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heapify, heappop, heappush
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from hub.routing.policy import TAKING_TURNS, OverflowRule, QueuePolicy, Strategy
from hub.routing.signatures import WorkClass
from hub.routing.snapshots import Slot, Work

if TYPE_CHECKING:
    from hub.routing.classes import Link

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


class Due(Protocol):
    """What time brings something to, at most once at a time."""

    number: int
    due: datetime | None


D = TypeVar("D", bound=Due)


class Agenda(Generic[D]):
    """What is due when, the soonest first, of one moment the lowest number."""

    __slots__ = ("_heap", "_length", "_limit")

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, D]] = []
        self._length, self._limit = 0, _SLACK

    def put(self, thing: D, at: datetime) -> None:
        """Add, or move to another time."""
        if thing.due is None:
            self._length += 1
        thing.due = at
        heappush(self._heap, (at, thing.number, thing))
        if len(self._heap) > self._limit:
            self._tidy()

    def drop(self, thing: D) -> None:
        if thing.due is not None:
            thing.due = None
            self._length -= 1

    def next(self) -> datetime | None:
        """When the first is due."""
        heap = self._heap
        while heap:
            at, _, thing = heap[0]
            if thing.due is at:
                return at
            heappop(heap)
        return None

    def due_by(self, now: datetime) -> Iterator[D]:
        """Those due, each taken out."""
        while (at := self.next()) is not None and at <= now:
            thing = self._heap[0][2]
            self.drop(thing)
            yield thing

    def _tidy(self) -> None:
        """What is not meant any more goes, once it is as much as what is."""
        if len(self._heap) > 2 * self._length + _SLACK:
            self._heap = list(dict.fromkeys(each for each in self._heap if each[2].due is each[0]))
            heapify(self._heap)
        self._limit = 2 * self._length + _SLACK
