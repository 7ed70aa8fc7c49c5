"""The charts as one SVG file, which reads well on light and dark pages and needs nothing else."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from hub.main.simulate.series import Chart, Line, Panel
from hub.main.simulate.text import highest, width
from hub.routing.simulation.replications import Estimate

COLORS = ("#3b82c4", "#d9822b", "#2f9e6e", "#b5579b", "#c9503f", "#7a6fd0", "#a08a1f", "#5f8a8b")
DASHES = ("", "7 4", "2 4")  # for more lines than colors
WIDTH, LEFT, RIGHT, HEIGHT, GAP, TOP = 960.0, 64.0, 24.0, 130.0, 56.0, 58.0
LEGEND_LINE, LETTER = 22.0, 7.2
FONTS = "system-ui, 'Noto Sans', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif"
STYLE = f"""
  svg {{ color-scheme: light dark; }}
  .ground {{ fill: #ffffff; }}
  text {{ font: 13px {FONTS}; fill: #3c4149; }}
  .title {{ font-size: 18px; font-weight: 600; }}
  .name {{ font-weight: 600; }}
  .scale {{ font-size: 11px; fill: #6b717a; }}
  .grid {{ stroke: #8a9099; stroke-opacity: 0.28; }}
  .line {{ fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }}
  .sure {{ stroke: none; fill-opacity: 0.16; }}
  @media (prefers-color-scheme: dark) {{
    .ground {{ fill: #16181c; }}
    text {{ fill: #d6dae0; }}
    .scale {{ fill: #9aa1ab; }}
  }}
"""


def draw(chart: Chart, title: str) -> str:
    """Bands around the lines are one standard error."""
    common = chart.panels[0].lines
    legend, below = _legend(common, LEFT, TOP)
    parts = [f'<text class="title" x="{LEFT:g}" y="32">{escape(title)}</text>', *legend]
    for place, panel in enumerate(chart.panels):
        top = below + 42 + place * (HEIGHT + GAP)
        parts += _Frame(chart, panel, top).draw()
        if [line.name for line in panel.lines] != [line.name for line in common]:
            parts += _legend(panel.lines, LEFT + width(panel.title) * LETTER + 34, top - 10)[0]
    height = below + 42 + len(chart.panels) * (HEIGHT + GAP)
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}" width="{WIDTH:g}" '
        f'height="{height:g}" role="img" aria-label="{escape(title)}">\n'
        f'<style>{STYLE}</style>\n<rect class="ground" width="100%" height="100%"/>\n{body}\n</svg>\n'
    )


def _legend(lines: Sequence[Line], x: float, y: float) -> tuple[list[str], float]:
    """The names with their strokes, as many in a row as fit; and where the last row is."""
    parts = list[str]()
    for line in lines:
        needed = 34 + width(line.name) * LETTER + 22
        if x > LEFT and x + needed > WIDTH - RIGHT:
            x, y = LEFT, y + LEGEND_LINE
        parts.append(f'<path class="line" {_stroke(line)} d="M{x:g} {y - 4:g}h24"/>')
        parts.append(f'<text x="{x + 32:g}" y="{y:g}">{escape(line.name)}</text>')
        x += needed
    return parts, y


def _stroke(line: Line) -> str:
    dash = DASHES[line.color // len(COLORS) % len(DASHES)]
    return f'stroke="{_color(line)}"' + (f' stroke-dasharray="{dash}"' if dash else "")


def _color(line: Line) -> str:
    return COLORS[line.color % len(COLORS)]


class _Frame:
    """One panel at a height of the picture."""

    def __init__(self, chart: Chart, panel: Panel, top: float) -> None:
        self._chart, self._panel, self._top = chart, panel, top
        self._step = 0.25 * highest(panel) if panel.is_share else _round_step(highest(panel))
        self._highest = highest(panel) if panel.is_share else math.ceil(highest(panel) / self._step) * self._step

    def draw(self) -> Iterator[str]:
        yield f'<text class="name" x="{LEFT:g}" y="{self._top - 10:g}">{escape(self._panel.title)}</text>'
        yield from self._levels()
        yield from self._hours()
        for line in self._panel.lines:
            for stretch in _stretches(line.values):
                yield self._band(line, stretch)
                yield self._line(line, stretch)

    def _levels(self) -> Iterator[str]:
        for number in range(round(self._highest / self._step) + 1):
            value = number * self._step
            y = self._y(value)
            told = f"{100 * value:.3g} %" if self._panel.is_share else f"{value:g} s"
            yield f'<path class="grid" d="M{LEFT:g} {y:.1f}H{WIDTH - RIGHT:g}"/>'
            yield f'<text class="scale" text-anchor="end" x="{LEFT - 8:g}" y="{y + 4:.1f}">{told}</text>'

    def _hours(self) -> Iterator[str]:
        """As many times as can be read."""
        every = math.ceil(len(self._chart.times) * len(self._chart.label(0)) / 70)
        for place in range(0, len(self._chart.times), every):
            x, y = self._x(place), self._top + HEIGHT
            yield f'<path class="grid" d="M{x:.1f} {self._top:g}V{y + 4:g}"/>'
            told = self._chart.label(place)
            yield f'<text class="scale" text-anchor="middle" x="{x:.1f}" y="{y + 18:g}">{told}</text>'

    def _line(self, line: Line, stretch: Sequence[tuple[int, Estimate]]) -> str:
        points = [f"{self._x(place + 0.5):.1f} {self._y(value.mean):.1f}" for place, value in stretch]
        return f'<path class="line" {_stroke(line)} d="M{"L".join(points)}{"h0" if len(points) == 1 else ""}"/>'

    def _band(self, line: Line, stretch: Sequence[tuple[int, Estimate]]) -> str:
        edges = [(place, value.mean, value.doubt) for place, value in stretch]
        upper = [f"{self._x(place + 0.5):.1f} {self._y(mean + error):.1f}" for place, mean, error in edges]
        lower = [f"{self._x(place + 0.5):.1f} {self._y(mean - error):.1f}" for place, mean, error in edges]
        return f'<path class="sure" fill="{_color(line)}" d="M{"L".join([*upper, *reversed(lower)])}Z"/>'

    def _x(self, place: float) -> float:
        return LEFT + place / (len(self._chart.times) - 1) * (WIDTH - LEFT - RIGHT)

    def _y(self, value: float) -> float:
        return self._top + HEIGHT * (1 - min(max(value / self._highest, 0.0), 1.0))


def _stretches(values: Sequence[Estimate | None]) -> Iterator[list[tuple[int, Estimate]]]:
    """Where there are values without a gap between."""
    stretch: list[tuple[int, Estimate]] = []
    for place, value in enumerate(values):
        if value is not None:
            stretch.append((place, value))
        elif stretch:
            yield stretch
            stretch = []
    if stretch:
        yield stretch


def _round_step(top: float) -> float:
    """1, 2 or 5 of some power of ten, about four to the top."""
    power = 10.0 ** math.floor(math.log10(top / 4))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= top / 4)
