"""Two tellings of one stretch side by side: figures by queue, work by agent, and whose course differs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hub.routing.retelling.courses import Course, Ending
from hub.routing.retelling.stretch import Contact

Targets = Mapping[int, Mapping[str | None, float]]  # queue → medium (None: any) → seconds


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """What a queue came to. Waits (in seconds) are of the answered; `service_level` is the share answered in the target
    of what was answered, left or moved on and has one, null where nothing has."""

    offered: int = 0
    answered: int = 0
    left: int = 0
    overflowed: int = 0
    waiting: int = 0
    average_wait_seconds: float = 0.0
    longest_wait_seconds: float = 0.0
    service_level: float | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """`queues` and `agents`: id → before, after. `differing`: pairs of courses, in order of arrival."""

    queues: Mapping[int, tuple[QueueFigures, QueueFigures]]
    agents: Mapping[int, tuple[int, int]]
    differing: Sequence[tuple[Course, Course]]


@dataclass(slots=True)
class _Tally:
    endings: Counter[Ending] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    measured: int = 0
    in_time: int = 0

    def add(self, ending: Ending, waited: float, within: float | None) -> None:
        self.endings[ending] += 1
        if ending is Ending.ANSWERED:
            self.waits.append(waited)
        if within is not None and ending is not Ending.WAITING:
            self.measured += 1
            self.in_time += ending is Ending.ANSWERED and waited <= within

    def figures(self) -> QueueFigures:
        return QueueFigures(
            offered=self.endings.total(),
            answered=self.endings[Ending.ANSWERED],
            left=self.endings[Ending.LEFT],
            overflowed=self.endings[Ending.OVERFLOWED],
            waiting=self.endings[Ending.WAITING],
            average_wait_seconds=sum(self.waits) / len(self.waits) if self.waits else 0.0,
            longest_wait_seconds=max(self.waits, default=0.0),
            service_level=self.in_time / self.measured if self.measured else None,
        )


def compared(before: Mapping[int, Course], after: Mapping[int, Course], targets: Targets) -> Comparison:
    """Both are of the same contacts. One measure for both: the same targets."""
    old, new = _figures(before.values(), targets), _figures(after.values(), targets)
    had, has = _answered(before.values()), _answered(after.values())
    return Comparison(
        queues={queue: (old.get(queue, _NONE), new.get(queue, _NONE)) for queue in sorted({*old, *new})},
        agents={agent: (had[agent], has[agent]) for agent in sorted({*had, *has})},
        differing=[(course, after[work]) for work, course in before.items() if not course.is_as(after[work])],
    )


def as_recorded(contacts: Iterable[Contact], told: Mapping[int, Course]) -> int:
    """How many came to what is recorded when they were told again and nothing was changed."""
    return sum(
        _recorded(contact) == (told[contact.work.id].ending, told[contact.work.id].agent) for contact in contacts
    )


def _recorded(contact: Contact) -> tuple[Ending, int | None]:
    if contact.agent is not None:
        return Ending.ANSWERED, contact.agent
    if contact.overflowed:
        return Ending.OVERFLOWED, None
    return (Ending.WAITING if contact.left_at is None else Ending.LEFT), None


def _figures(courses: Iterable[Course], targets: Targets) -> dict[int, QueueFigures]:
    tallies: defaultdict[int, _Tally] = defaultdict(_Tally)
    for course in courses:
        for stay in course.stays:
            within = targets.get(stay.queue, {})
            tallies[stay.queue].add(stay.ending, stay.waited, within.get(stay.medium, within.get(None)))
    return {queue: tally.figures() for queue, tally in tallies.items()}


def _answered(courses: Iterable[Course]) -> Counter[int]:
    return Counter(course.agent for course in courses if course.agent is not None)


_NONE = QueueFigures()
