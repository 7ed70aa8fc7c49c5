"""Tables and charts for a terminal; Chinese characters take two places there."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

from hub.main.simulate.series import Chart, Panel
from hub.routing.simulation.replications import Estimate

BARS = "▁▂▃▄▅▆▇█"
NOTHING = "–"


def width(text: str) -> int:
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text
    )


def table(header: Sequence[str], rows: Sequence[Sequence[str]], left: int = 2) -> str:
    """The first `left` columns to the left, the others to the right."""
    widths = [max(width(row[place]) for row in (header, *rows)) for place in range(len(header))]
    lines = [_line(row, widths, left) for row in (header, *rows)]
    return "\n".join([lines[0], "─" * max(width(line) for line in lines), *lines[1:]])


def _line(row: Sequence[str], widths: Sequence[int], left: int) -> str:
    padded = (
        text + " " * (wide - width(text)) if place < left else " " * (wide - width(text)) + text
        for place, (text, wide) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join(padded).rstrip()


def count(found: Estimate | None) -> str:
    return NOTHING if found is None else _sure(found, 1, "")


def share(found: Estimate | None) -> str:
    return NOTHING if found is None else _sure(found, 100, " %")


def seconds(found: Estimate | None) -> str:
    return NOTHING if found is None else _sure(found, 1, " s")


def _sure(found: Estimate, scale: float, unit: str) -> str:
    """The mean and its standard error, where there is one."""
    mean = found.mean * scale
    digits = 0 if abs(mean) >= 1_000 or (not unit and found.mean.is_integer()) else 1
    error = "" if math.isnan(found.error) else f" ±{found.error * scale:.{digits}f}"
    return f"{mean:.{digits}f}{error}{unit}"


def charts(chart: Chart) -> str:
    """A line of bars for every queue and channel, an interval each."""
    names = [line.name for panel in chart.panels for line in panel.lines]
    wide = max((width(name) for name in names), default=0)
    minutes = (chart.times[1] - chart.times[0]).total_seconds() / 60
    span = f"{chart.times[0]:%Y-%m-%d %H:%M} to {chart.label(-1)}, {minutes:g} minutes a bar"
    return "\n".join([span, *(_panel(panel, wide) for panel in chart.panels)])


def _panel(panel: Panel, wide: int) -> str:
    top = highest(panel)
    scale = f"{100 * top:.0f} %" if panel.is_share else f"{top:.0f} s"
    lines = [
        f"  {line.name}{' ' * (wide - width(line.name))}  {''.join(_bar(value, top) for value in line.values)}"
        for line in panel.lines
    ]
    return "\n".join([f"\n{panel.title} (full bar: {scale})", *lines])


def highest(panel: Panel) -> float:
    """The top of the scale: the largest value; for shares 100 %, but for small ones a round share above them."""
    largest = max((value.mean for line in panel.lines for value in line.values if value), default=0.0)
    if not panel.is_share:
        return largest or 1.0
    return next(top for top in (0.1, 0.25, 0.5, 1.0, math.inf) if largest <= top + 1e-9)


def _bar(value: Estimate | None, top: float) -> str:
    if value is None:
        return " "
    return BARS[min(int(value.mean / top * len(BARS)), len(BARS) - 1)]
