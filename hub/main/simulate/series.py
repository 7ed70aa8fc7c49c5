"""What is charted: for every queue and channel, or queue alone, one value an interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hub.main.simulate.day import Timetable
from hub.main.simulate.site import Site
from hub.routing.simulation.figures import Cell, Measure
from hub.routing.simulation.replications import Estimate, Estimates


@dataclass(frozen=True, slots=True)
class Line:
    """`color`: a running number, the same for one queue and channel on every panel; None: nothing in that interval."""

    name: str
    color: int
    values: Sequence[Estimate | None]


@dataclass(frozen=True, slots=True)
class Panel:
    """`is_share`: values from 0 to 1; else seconds."""

    title: str
    is_share: bool
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Chart:
    """`times`: local begin of each interval, and the end of the last."""

    times: Sequence[datetime]
    panels: Sequence[Panel]

    def label(self, place: int) -> str:
        """What is written at a time: the day, too, where there are several."""
        return clock(self.times[place], self.times[-1] - self.times[0])


PANELS = (
    (Measure.MEAN_WAIT, "Mean wait", False),
    (Measure.SERVICE_LEVEL, "Service level", True),
    (Measure.ABANDONED, "Abandoned", True),
    (Measure.OCCUPANCY, "Occupancy", True),
)


def clock(time: datetime, of: timedelta) -> str:
    """A local time within a day, or within several."""
    return f"{time:%H:%M}" if of <= timedelta(days=1) else f"{time:%m-%d %H:%M}"


def cells(found: Mapping[Cell, Estimates], site: Site) -> list[tuple[Cell, str]]:
    """Every queue and channel with its name, in the site's order."""
    names = site.names
    known = sorted(
        (cell.queue, cell.channel) for cell in found if cell.queue and cell.channel and cell.interval is None
    )
    return [(Cell(queue, channel), f"{names[queue]} · {channel}") for queue, channel in known]


def chart(found: Mapping[Cell, Estimates], site: Site, timetable: Timetable, zone: ZoneInfo) -> Chart:
    count = round(timetable.seconds / timetable.interval)
    begins = (timetable.start + timedelta(seconds=each * timetable.interval) for each in range(count + 1))
    known = cells(found, site)
    numbered = list(enumerate(known))
    queues = list(enumerate(_of_queues(known, site), len(known)))
    panels = []
    for measure, title, is_share in PANELS:
        lines = [
            Line(name, color, [_value(found, cell, each, measure) for each in range(count)])
            for color, (cell, name) in (queues if measure is Measure.OCCUPANCY else numbered)
        ]
        panels.append(Panel(title, is_share, lines))
    return Chart([begin.astimezone(zone) for begin in begins], panels)


def _value(found: Mapping[Cell, Estimates], cell: Cell, interval: int, measure: Measure) -> Estimate | None:
    return found.get(cell._replace(interval=interval), {}).get(measure)


def _of_queues(known: Sequence[tuple[Cell, str]], site: Site) -> list[tuple[Cell, str]]:
    """Agents are of a queue, whatever the channel: a queue alone, under its own name."""
    queues = dict.fromkeys(cell.queue for cell, _ in known if cell.queue)
    return [(Cell(queue), site.names[queue]) for queue in queues]
