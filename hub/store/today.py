"""How a queue's contacts went since a moment: answered, given up, moved on, and how many in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Integer, and_, case, cast, func, literal, null, select

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


NOTHING = Today(0, 0, 0, 0, 0, None, 0.0)


def targets_of(routing: Mapping[str, Any]) -> list[Target]:
    """The targets of a queue's routing document."""
    return [Target(each.get("medium"), each["percent"], each["seconds"]) for each in routing.get("targets", [])]


def general(targets: Sequence[Target]) -> Target | None:
    """The target for every medium, else the first."""
    return next((target for target in targets if target.medium is None), targets[0] if targets else None)


def today_of(conn: Connection, queues: Mapping[int, Sequence[Target]], since: datetime) -> dict[int, Today]:
    """By queue; one that nothing came to is not named. `queues` gives the targets of each."""
    s = segments.c
    wait = seconds_between(conn, s.started_at, s.ended_at)
    within = _within(queues)
    answered, abandoned = s.outcome == SegmentOutcome.ANSWERED, s.outcome == SegmentOutcome.ABANDONED
    overflowed = s.outcome == SegmentOutcome.OVERFLOWED
    counted = select(
        s.queue_id,
        func.count(),
        _how_many(answered),
        _how_many(abandoned),
        _how_many(overflowed),
        _how_many(and_(answered, wait <= within)),
        _how_many(and_(answered | abandoned | overflowed, within.is_not(None))),
        func.avg(case((answered, wait))),
    )
    mine = counted.where(s.queue_id.in_(list(queues)), s.started_at >= since, s.kind == "QUEUE").group_by(s.queue_id)
    rows = conn.execute(mine.select_from(_asked(queues)))
    return {row[0]: _today(*row[1:]) for row in rows}


def _today(offered: int, answered: int, abandoned: int, overflowed: int, met: int, judged: int, wait: Any) -> Today:
    level = met / judged if judged else None
    return Today(offered, answered, abandoned, overflowed, met, level, float(wait or 0))


def _asked(queues: Mapping[int, Sequence[Target]]) -> FromClause:
    """The interactions are looked up only where a target is for one medium: they make the reading twice as long."""
    if all(target.medium is None for targets in queues.values() for target in targets):
        return segments
    return segments.join(interactions, interactions.c.id == segments.c.interaction_id)


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
