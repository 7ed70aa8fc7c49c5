"""The work that waits: each piece in the line of its class and ring, or kept for one agent, with what time brings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from operator import attrgetter

from hub.routing.heap import Agenda, LazyHeap
from hub.routing.lines import ID_BITS, Entry, Line
from hub.routing.matrix import Matrix
from hub.routing.policy import OverflowRule, RoutingSettings
from hub.routing.queues import Queues, next_step, requirement, ring_of
from hub.routing.signatures import WorkClass
from hub.routing.snapshots import Slot, Work


class Waiting:
    """`entries`: work → where it stands. `kept`: agent → what waits for them alone, in order. `depth`: queue → how many
    wait there. All three to read."""

    def __init__(self, matrix: Matrix, queues: Queues, settings: RoutingSettings) -> None:
        self._matrix = matrix
        self._queues = queues
        self._settings = settings
        self._point = settings.priority // timedelta(microseconds=1)
        self.entries: dict[int, Entry] = {}
        self._steps: Agenda[Entry] = Agenda()
        self.kept: dict[int, LazyHeap[int]] = {}
        self._lines: dict[tuple[int, Slot, int, frozenset[tuple[str, int]]], Line] = {}
        self.depth: Counter[int] = Counter()

    def place(self, work: Work) -> int:
        """The one order of work: its enqueue time, earlier by what its priority counts for. Never changes."""
        return round(1e6 * work.enqueued_at.timestamp()) - work.priority * self._point << ID_BITS | work.id

    def get(self, work: int) -> Work | None:
        entry = self.entries.get(work)
        return entry.work if entry else None

    def entry(self, work: int) -> Entry | None:
        return self.entries.get(work)

    def __contains__(self, work: int) -> bool:
        return work in self.entries

    def in_queue(self, queue: int) -> list[Work]:
        return [entry.work for entry in self.entries.values() if entry.work.queue == queue]

    def sorted(self, works: Iterable[int]) -> list[Entry]:
        """Those of them that wait, each once, in order."""
        known = [self.entries[work] for work in set(works) if work in self.entries]
        return sorted(known, key=attrgetter("place"))

    def add(self, work: Work, now: datetime, keep: bool = False) -> Entry:
        """`keep`: for its own agent alone, as long as it says."""
        self.drop(work.id)
        entry = self.entries[work.id] = Entry(work, work.id, self.place(work), kept_for=work.agent if keep else None)
        self._put(entry, now)
        self.depth[work.queue] += 1
        return entry

    def drop(self, work: int) -> None:
        if (entry := self.entries.get(work)) is not None:
            self.take(entry)

    def take(self, entry: Entry) -> None:
        """As `drop`, of what is known to wait."""
        del self.entries[entry.number]
        self._steps.drop(entry)
        self.depth[entry.work.queue] -= 1
        if entry.line is not None:
            entry.line.drop(entry)
        else:
            self._take_out(entry)

    def step(self, entry: Entry, now: datetime) -> None:
        """Its time has come: it is put where it belongs now."""
        self._take_out(entry)
        if entry.kept_for is not None and not _kept(entry.work, now):
            entry.kept_for = None
        self._put(entry, now)

    def ask(self, entry: Entry, rule: OverflowRule, now: datetime) -> None:
        """The store is asked to move it on; asked again until it has."""
        entry.asked = rule
        self._steps.put(entry, now + self._settings.retry)

    def due(self, now: datetime) -> list[Entry]:
        """What time has brought something to."""
        return list(self._steps.due_by(now))

    def next_step(self) -> datetime | None:
        return self._steps.next()

    def release(self, agent: int, now: datetime) -> list[int]:
        """The agent cannot take it: it waits for anybody."""
        works = sorted(self.kept.pop(agent, ()))
        for work in works:
            entry = self.entries[work]
            entry.kept_for = None
            self._put(entry, now)
        return works

    def rebuild(self, queue: int, now: datetime) -> list[int]:
        """The queue's policy changed: its lines are made anew."""
        entries = [entry for entry in self.entries.values() if entry.work.queue == queue]
        for line in [line for line in self._matrix.lines.values() if line.work_class.queue == queue]:
            self._matrix.forget_line(line)
        self._lines = {key: line for key, line in self._lines.items() if key[0] != queue}
        for entry in entries:
            entry.asked = None
            if entry.kept_for is None:
                self._put(entry, now)
        return [entry.work.id for entry in entries]

    def line_for(self, work: Work, now: datetime) -> Line:
        """The line it stands in, or would, now."""
        return self._line(work, ring_of(self._queues.policies[work.queue], work, now))

    def _line(self, work: Work, ring: int) -> Line:
        policy = self._queues.policies[work.queue]
        key = (work.queue, work.slot, ring, frozenset(work.skills.items()))
        line = self._lines.get(key)
        if line is None:
            wanted = WorkClass(work.queue, work.slot, requirement(policy, work, ring))
            line = self._lines[key] = self._matrix.line(wanted, policy)
        return line

    def _put(self, entry: Entry, now: datetime) -> None:
        work = entry.work
        if entry.kept_for is not None:
            self.kept.setdefault(entry.kept_for, LazyHeap()).put(entry.number, entry.place)
        else:
            entry.ring = ring_of(self._queues.policies[work.queue], work, now)
            self._line(work, entry.ring).put(entry)
        self._schedule(entry, now)

    def _schedule(self, entry: Entry, now: datetime) -> None:
        policy, work = self._queues.policies[entry.work.queue], entry.work
        if not (policy.rings or policy.overflow or work.agent_until):
            return
        step = next_step(policy, work, now)
        if entry.asked is not None:
            retry = now + self._settings.retry
            step = retry if step is None else min(step, retry)
        elif self._queues.overflow_due(work, now) is not None:
            step = now
        if step is not None:
            self._steps.put(entry, step)

    def _take_out(self, entry: Entry) -> None:
        if entry.line is not None:
            entry.line.drop(entry)
        elif entry.kept_for is not None and (kept := self.kept.get(entry.kept_for)) is not None:
            kept.drop(entry.number)
            if not kept:
                del self.kept[entry.kept_for]


def _kept(work: Work, now: datetime) -> bool:
    return work.agent_until is not None and work.agent_until > now
