"""How a queue's contacts went since a moment: answered, given up, moved on, and how many in time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, and_, case, cast, func, literal, null, select

from hub.model.states import SegmentOutcome
from hub.store.elapsed import seconds_between
from hub.store.tables import interactions, segments


@dataclass(frozen=True, slots=True)
class Target:
    """`percent` of what comes is to be answered within `seconds`; `medium` null is any."""

    medium: str | None
    percent: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Today:
    """Stretches in the queue that began today.

    `service_level`: of those answered, abandoned or overflowed that have a target, the share answered within it; null
    when there are none. `average_wait_seconds` is of the answered.
    """

    offered: int
    answered: int
    abandoned: int
    overflowed: int
    answered_in_target: int
    service_level: float | None
    average_wait_seconds: float


def targets_of(routing: Mapping[str, Any]) -> list[Target]:
    """The targets of a queue's routing document."""
    return [Target(each.get("medium"), each["percent"], each["seconds"]) for each in routing.get("targets", [])]


def target_for(targets: Sequence[Target], medium: str | None = None) -> Target | None:
    """The medium's own target, else the one for every medium; for no medium at all the first there is, if need be."""
    by_medium = {target.medium: target for target in reversed(targets)}
    first = targets[0] if targets and medium is None else None
    return by_medium.get(medium) or by_medium.get(None) or first


@dataclass(frozen=True, slots=True)
class Tally:
    """`judged` of the offered ended and have a target, `met` of them within it. `waited`: seconds, of the answered."""

    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    overflowed: int = 0
    met: int = 0
    judged: int = 0
    waited: float = 0.0

    @classmethod
    def of_all(cls, some: Iterable[Tally]) -> Tally:
        return cls(*map(sum, zip(*map(astuple, some), strict=True)))

    def today(self) -> Today:
        level = self.met / self.judged if self.judged else None
        average = float(self.waited) / self.answered if self.answered else 0.0
        return Today(self.offered, self.answered, self.abandoned, self.overflowed, self.met, level, average)


Slot = tuple[str, str]  # channel, medium


def today_of(conn: Connection, queues: Mapping[int, Sequence[Target]], since: datetime) -> dict[int, dict[Slot, Tally]]:
    """By queue, channel and medium; what nothing came to is not named. `queues` gives the targets of each."""
    s, i = segments.c, interactions.c
    wait = seconds_between(conn, s.started_at, s.ended_at)
    within = _within(queues)
    answered, abandoned = s.outcome == SegmentOutcome.ANSWERED, s.outcome == SegmentOutcome.ABANDONED
    overflowed = s.outcome == SegmentOutcome.OVERFLOWED
    slot = (s.queue_id, i.channel, i.medium)
    counted = select(
        *slot,
        func.count(),
        _how_many(answered),
        _how_many(abandoned),
        _how_many(overflowed),
        _how_many(and_(answered, wait <= within)),
        _how_many(and_(answered | abandoned | overflowed, within.is_not(None))),
        func.coalesce(func.sum(case((answered, wait))), 0.0),
    )
    mine = counted.where(s.queue_id.in_(list(queues)), s.started_at >= since, s.kind == "QUEUE")
    rows = conn.execute(mine.select_from(segments.join(interactions, i.id == s.interaction_id)).group_by(*slot))
    found: dict[int, dict[Slot, Tally]] = {}
    for queue, channel, medium, *figures in rows:
        found.setdefault(queue, {})[channel, medium] = Tally(*figures)
    return found


def _within(queues: Mapping[int, Sequence[Target]]) -> ColumnElement[Any]:
    """The seconds within which a stretch is to be answered; null where there is no target."""
    s, medium = segments.c, interactions.c.medium
    cases = [
        (s.queue_id == queue if target.medium is None else and_(s.queue_id == queue, medium == target.medium), target)
        for queue, targets in queues.items()
        for target in sorted(targets, key=lambda target: target.medium is None)
    ]
    if not cases:
        return cast(null(), Integer)
    return case(*[(condition, literal(target.seconds, Integer)) for condition, target in cases], else_=null())


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))
