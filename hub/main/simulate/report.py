"""The figures of a simulated day in words and numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from hub.main.simulate import text
from hub.main.simulate.day import Timetable
from hub.main.simulate.series import cells, clock
from hub.main.simulate.site import Site
from hub.routing.simulation.figures import Cell, Measure
from hub.routing.simulation.replications import Estimates
from hub.routing.simulation.staffing import Proposal

COLUMNS = (
    ("offered", Measure.OFFERED, text.count),
    ("answered", Measure.ANSWERED, text.count),
    ("abandoned", Measure.ABANDONED, text.share),
    ("overflowed", Measure.OVERFLOWED, text.share),
    ("unanswered", Measure.WAITING, text.share),
    ("mean wait", Measure.MEAN_WAIT, text.seconds),
    ("p90", Measure.P90_WAIT, text.seconds),
    ("service level", Measure.SERVICE_LEVEL, text.share),
    ("occupancy", Measure.OCCUPANCY, text.share),
)
RARE = {Measure.OVERFLOWED, Measure.WAITING}  # columns that are left out where they would say nothing


def outcomes(found: Mapping[Cell, Estimates], site: Site) -> str:
    """A row for each queue and channel, and one for all."""
    some = [(site.names[cell.queue or 0], cell.channel or "", found[cell]) for cell, _ in cells(found, site)]
    some.append(("all", "", found[Cell()]))
    told = [column for column in COLUMNS if column[1] not in RARE or _happens(found, column[1])]
    rows = [[name, channel, *(told(of.get(measure)) for _, measure, told in told)] for name, channel, of in some]
    return text.table(["queue", "channel", *(name for name, _, _ in told)], rows)


def staffing(found: Proposal, site: Site, timetable: Timetable, zone: ZoneInfo) -> str:
    """A row for each interval: for each queue agents, what the formula alone says, the service level they reached."""
    queues = sorted({queue for queue, _ in found.agents})
    header = ["from", *(word for queue in queues for word in (f"agents {site.names[queue]}", "by Erlang", "level"))]
    rows = [
        [_time(interval, timetable, zone), *(word for queue in queues for word in _place(found, queue, interval))]
        for interval in sorted({interval for _, interval in found.agents})
    ]
    return text.table(header, rows, left=1)


def missed(found: Proposal, site: Site, timetable: Timetable, zone: ZoneInfo) -> str:
    """One line for each place where no number of agents that was tried reached the target."""
    places = (f"{site.names[queue]} from {_time(each, timetable, zone)}" for queue, each in sorted(found.missed))
    return ", ".join(places)


def _happens(found: Mapping[Cell, Estimates], measure: Measure) -> bool:
    return any(measure in of and of[measure].mean > 0 for of in found.values())


def _time(interval: int, timetable: Timetable, zone: ZoneInfo) -> str:
    begin = timetable.start + timedelta(seconds=interval * timetable.interval)
    return clock(begin.astimezone(zone), timedelta(seconds=timetable.seconds))


def _place(found: Proposal, queue: int, interval: int) -> Sequence[str]:
    if (queue, interval) not in found.agents:
        return (text.NOTHING, text.NOTHING, text.NOTHING)
    level = found.played.get(Cell(queue, None, interval), {}).get(Measure.SERVICE_LEVEL)
    return (str(found.agents[queue, interval]), str(found.formula[queue, interval]), text.share(level))
