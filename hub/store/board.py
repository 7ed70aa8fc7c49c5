"""The queue board: what waits, who is there, and how today went; one read for all screens together."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from time import monotonic
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

from hub.model.actor import Actor
from hub.model.hours import OpeningHours
from hub.model.named import Named
from hub.model.states import WorkState
from hub.store import crew
from hub.store.crew import Crew
from hub.store.tables import departments, queues, work
from hub.store.today import Slot, Tally, Target, Today, target_for, targets_of, today_of


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """What waits in a queue on one channel, and how it went there today; `medium` tells a chat that was left for later
    from one that goes on. `target` is that of the medium, else the one for every medium, or null."""

    channel: str
    medium: str
    waiting: int
    longest_wait_seconds: float
    today: Today
    target: Target | None


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One queue now and today. `target` is the one for every medium, or the first there is, or null."""

    id: int
    key: str
    name: str
    department: Named | None
    is_open: bool
    waiting: int
    ringing: int
    longest_wait_seconds: float
    channels: list[ChannelLine]
    agents: Crew
    today: Today
    target: Target | None


@dataclass(frozen=True, slots=True)
class Board:
    """All queues one sees, and everybody who works in them."""

    at: datetime
    queues: list[QueueLine]
    agents: Crew


@dataclass(frozen=True, slots=True)
class Scene:
    """The whole site's board, before anybody looks at it."""

    at: datetime
    queues: list[QueueLine]
    agents: list[crew.Group]


SPARED = 10  # today's figures are kept for so many times what reading them took


class Diary:
    """Today's figures of a site so busy that reading them takes a while; elsewhere they are read each time."""

    def __init__(self) -> None:
        self._kept: tuple[datetime, dict[int, dict[Slot, Tally]]] | None = None

    def today(self, conn: Connection, rows: Sequence[RowMapping], now: datetime) -> dict[int, dict[Slot, Tally]]:
        """By queue, channel and medium."""
        if self._kept is None or now >= self._kept[0]:
            started = monotonic()
            found = _today(conn, rows, now)
            self._kept = (now + SPARED * timedelta(seconds=monotonic() - started), found)
        return self._kept[1]


def scene(conn: Connection, now: datetime, diary: Diary) -> Scene:
    """The site as it is."""
    named = departments.c.name.label("department_name")
    joined = queues.outerjoin(departments, departments.c.id == queues.c.department_id)
    listed = select(queues, named).select_from(joined).where(queues.c.enabled).order_by(queues.c.name, queues.c.id)
    rows = conn.execute(listed).mappings().all()
    waiting, ringing, members, today = (
        _waiting(conn, now),
        _ringing(conn),
        crew.by_queue(conn),
        diary.today(conn, rows, now),
    )
    lines = [
        _line(row, now, waiting.get(row["id"], {}), ringing.get(row["id"], 0), members, today.get(row["id"], {}))
        for row in rows
    ]
    return Scene(now, lines, crew.everybody(conn))


def board_for(actor: Actor, seen: Scene) -> Board:
    """What this user sees of it."""
    lines = [line for line in seen.queues if _sees(actor, line)]
    return Board(seen.at, lines, crew.crew_for(actor, seen.agents))


def _sees(actor: Actor, line: QueueLine) -> bool:
    return actor.departments is None or line.department is None or line.department.id in actor.departments


def _line(
    row: RowMapping,
    now: datetime,
    waiting: Mapping[Slot, Waiting],
    ringing: int,
    members: Mapping[int, Crew],
    today: Mapping[Slot, Tally],
) -> QueueLine:
    hours, targets = _hours(row["hours"]), targets_of(row["routing"])
    channels = [
        ChannelLine(*slot, *waiting.get(slot, (0, 0.0)), today.get(slot, Tally()).today(), target_for(targets, slot[1]))
        for slot in sorted({*waiting, *today})
    ]
    return QueueLine(
        id=row["id"],
        key=row["key"],
        name=row["name"],
        department=Named(row["department_id"], row["department_name"]) if row["department_id"] else None,
        is_open=hours is None or hours.is_open(now),
        waiting=sum(line.waiting for line in channels),
        ringing=ringing,
        longest_wait_seconds=max((line.longest_wait_seconds for line in channels), default=0.0),
        channels=channels,
        agents=members.get(row["id"], Crew()),
        today=Tally.of_all(today.values()).today(),
        target=target_for(targets),
    )


Waiting = tuple[int, float]  # how many, and the longest wait in seconds


def _waiting(conn: Connection, now: datetime) -> dict[int, dict[Slot, Waiting]]:
    c = work.c
    slot = (c.queue_id, c.channel, c.medium)
    waits = select(*slot, func.count(), func.min(c.enqueued_at)).group_by(*slot)
    found: dict[int, dict[Slot, Waiting]] = {}
    for queue, channel, medium, count, since in conn.execute(
        waits.where(c.ended_at.is_(None), c.state == WorkState.WAITING)
    ):
        found.setdefault(queue, {})[channel, medium] = count, max((now - since).total_seconds(), 0.0)
    return found


def _ringing(conn: Connection) -> dict[int, int]:
    c = work.c
    rings = select(c.queue_id, func.count()).where(c.ended_at.is_(None), c.state == WorkState.OFFERED)
    return {row[0]: row[1] for row in conn.execute(rings.group_by(c.queue_id))}


def _today(conn: Connection, rows: Sequence[RowMapping], now: datetime) -> dict[int, dict[Slot, Tally]]:
    """Each queue's day begins at its own midnight."""
    by_midnight: dict[datetime, list[RowMapping]] = {}
    for row in rows:
        by_midnight.setdefault(_midnight(row["hours"], now), []).append(row)
    found: dict[int, dict[Slot, Tally]] = {}
    for since, some in by_midnight.items():
        found |= today_of(conn, {row["id"]: targets_of(row["routing"]) for row in some}, since)
    return found


def _midnight(document: Mapping[str, Any], now: datetime) -> datetime:
    hours = _hours(document)
    zone = hours.zone if hours else UTC
    return datetime.combine(now.astimezone(zone).date(), time(), zone).astimezone(UTC)


def _hours(document: Mapping[str, Any]) -> OpeningHours | None:
    return _parsed(json.dumps(document, sort_keys=True)) if document else None


@lru_cache(1000)
def _parsed(document: str) -> OpeningHours | None:
    """Holiday calendars take a while to make; a board asks every second."""
    return OpeningHours.parse(json.loads(document))
