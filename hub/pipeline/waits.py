"""What a customer who waits is told of how long: a range, from the queue's pace, that never rises while they wait."""

import math
import time
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from hub.api import EstimatedWait, Medium
from hub.model.capacity import Capacity
from hub.routing.estimate import Pace, WaitRange, announce
from hub.store import pace_rows
from hub.store.rows import Row

LATELY = timedelta(hours=4)
FRESH_SECONDS = 5.0
REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class Served:
    """A queue as it was seen at `at` (monotonic seconds); `slots`: medium → how many of it its READY agents take."""

    at: float
    pace: Pace
    slots: Mapping[str, int]


class Waits:
    """One node's. What it announced it remembers in memory: after a restart a range may rise once."""

    def __init__(self) -> None:
        self._served: dict[int, Served] = {}
        self._announced: OrderedDict[tuple[int, datetime | None], WaitRange] = OrderedDict()

    def estimates(self, conn: Connection, rows: Sequence[Row], ahead: Mapping[int, int]) -> dict[int, EstimatedWait]:
        """For those of the interactions whose customer waits at the other end; `ahead` is how many come before each."""
        waiting = [row for row in rows if row["id"] in ahead and row["medium"] != Medium.DEFERRED]
        self._refresh(conn, {row["queue_id"] for row in waiting})
        return {row["id"]: self._announce(row, ahead[row["id"]] + 1) for row in waiting}

    def expected(self, conn: Connection, row: Row, position: int) -> float | None:
        """Seconds until it is the turn of work in this place (from 1), for whoever looks on; None: it never comes."""
        self._refresh(conn, {row["queue_id"]})
        seconds = self._seconds(row, position)
        return seconds if math.isfinite(seconds) else None

    def _seconds(self, row: Row, position: int) -> float:
        served = self._served[row["queue_id"]]
        return served.pace.wait(position, served.slots.get(row["medium"], 0))

    def _announce(self, row: Row, position: int) -> EstimatedWait:
        key, seconds = (row["id"], row["enqueued_at"]), self._seconds(row, position)
        told = announce(self._announced.get(key), min(seconds, timedelta(days=1).total_seconds()))
        self._announced[key] = told
        if len(self._announced) > REMEMBERED:
            self._announced.popitem(last=False)
        return EstimatedWait(told.low_seconds, told.high_seconds)

    def _refresh(self, conn: Connection, queues: set[int]) -> None:
        now = time.monotonic()
        old = {queue for queue in queues if queue not in self._served or now - self._served[queue].at > FRESH_SECONDS}
        if not old:
            return
        sums = pace_rows.sums(conn, old, datetime.now(UTC) - LATELY)
        slots: dict[int, Counter[str]] = {queue: Counter() for queue in old}
        for queue, capacity, limits in pace_rows.ready_agents(conn, old):
            slots[queue].update(Capacity.of(capacity, limits).limits)
        for queue in old:
            self._served[queue] = Served(now, _pace(*sums.get(queue, (0, 0.0, 0, 0.0))), slots[queue])


def _pace(contacts: int, handled: float, abandoned: int, waited: float) -> Pace:
    """What was seen lately, on top of what is expected before anything was."""
    usual = Pace.expecting()
    return Pace(
        usual.contacts + contacts,
        usual.handled_seconds + handled,
        usual.abandoned + abandoned,
        usual.waited_seconds + waited,
    )
