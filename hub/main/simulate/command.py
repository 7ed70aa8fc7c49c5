"""`hub simulate SITE --day DAY`."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from functools import partial
from pathlib import Path

from hub.main.sentence import Sentence
from hub.main.simulate import report, series, svg, text
from hub.main.simulate.day import Timetable, read_day, read_shifts
from hub.main.simulate.progress import told
from hub.main.simulate.rows import Calendar
from hub.main.simulate.rules import NO_RULES, Rules, read_rules, settings
from hub.main.simulate.site import Site, read
from hub.routing.simulation.draws import Spread
from hub.routing.simulation.replications import replicate
from hub.routing.simulation.scenario import Habits, Scenario, Shift
from hub.routing.simulation.staffing import propose


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `hub simulate`."""
    parser.add_argument("site", type=Path, help="the site file: queues, hours, routing, users")
    parser.add_argument("--day", type=Path, required=True, metavar="CSV", help="who comes, one by one or by interval")
    parser.add_argument("--shifts", type=Path, metavar="CSV", help="login,start,end; else all users are there all day")
    parser.add_argument("--rules", type=Path, metavar="TOML", help="the site's routing rules, asked of who comes")
    parser.add_argument("--date", type=_date, help="the day of times that name none, as 2026-11-23")
    parser.add_argument("--zone", default="", help="time zone of the files (that of the first queue with hours)")
    parser.add_argument("--seed", type=int, default=1, help="another seed plays other days (1)")
    parser.add_argument("--replications", type=_positive, default=10, help="how many days are played (10)")
    parser.add_argument("--accept-seconds", type=_seconds, default=3.0, help="mean time until an agent accepts (3)")
    parser.add_argument("--unanswered", type=_percent, default=0.0, help="percent of offers nobody answers (0)")
    parser.add_argument("--plot", type=Path, metavar="SVG", help="write charts to this file, too")
    parser.add_argument("--staff", action="store_true", help="propose agents for each queue and interval")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Raises SiteFileError or Sentence."""
    site = read(options.site, options.zone)
    calendar = Calendar(site.zone, options.date)
    timetable = read_day(options.day, site, calendar)
    if not site.agents and not options.staff:
        raise Sentence(f"{options.site}: no user takes work from a queue; --staff proposes how many are needed.")
    if options.staff and options.replications == 1:
        raise Sentence("--staff needs --replications 2 or more: one day says nothing of chance.")
    if site.agents:
        _play(options, site, timetable, _shifts(options, site, timetable, calendar))
    if options.staff:
        _staff(options, site, timetable)
    return 0


def _play(options: argparse.Namespace, site: Site, timetable: Timetable, shifts: tuple[Shift, ...]) -> None:
    scenario = _scenario(options, site, timetable, shifts)
    progress = partial(told, "days played", of=options.replications)
    found = replicate(scenario, timetable.arrivals, options.replications, options.seed, progress)
    chart = series.chart(found, site, timetable, site.zone)
    print(report.outcomes(found, site))
    if options.replications > 1:
        print(f"Means of {options.replications} days, ± one standard error; waits are of those answered.")
    print(f"\n{text.charts(chart)}")
    if options.plot:
        _write(options.plot, svg.draw(chart, f"{options.day.stem}: {chart.times[0]:%Y-%m-%d}"))


def _staff(options: argparse.Namespace, site: Site, timetable: Timetable) -> None:
    def progress(attempt: int, days: int) -> None:
        told(f"agents, round {attempt}: days played", days, options.replications)

    scenario = _scenario(options, site, timetable, ())
    found = propose(scenario, timetable.arrivals, options.replications, options.seed, progress)
    print("\nAgents that reach the targets: Erlang's formula, corrected by playing the days")
    print(report.staffing(found, site, timetable, site.zone))
    if found.missed:
        print(f"Not reached, however many were tried: {report.missed(found, site, timetable, site.zone)}.")


def _shifts(options: argparse.Namespace, site: Site, timetable: Timetable, calendar: Calendar) -> tuple[Shift, ...]:
    if options.shifts:
        return read_shifts(options.shifts, site, calendar, timetable.start)
    return tuple(Shift(agent, 0.0, timetable.end) for agent in site.agents.values())


def _scenario(options: argparse.Namespace, site: Site, timetable: Timetable, shifts: tuple[Shift, ...]) -> Scenario:
    habits = Habits(Spread(options.accept_seconds), options.unanswered / 100)
    rules = read_rules(options.rules, site) if options.rules else NO_RULES
    asking = Rules.of(rules, site)
    end, interval = timetable.end, timetable.interval
    return Scenario(timetable.start, end, site.desks, shifts, habits, interval, settings(rules), asking)


def _write(path: Path, drawing: str) -> None:
    try:
        path.write_text(drawing, encoding="utf-8")
    except OSError as error:
        raise Sentence(f"{path} cannot be written: {error.strerror}.") from error
    print(f"The charts are in {path}.", file=sys.stderr)


def _date(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"not a date like 2026-11-23: {value}") from None


def _positive(value: str) -> int:
    if not value.isdecimal() or not int(value):
        raise argparse.ArgumentTypeError(f"not a number from 1 on: {value}")
    return int(value)


def _seconds(value: str) -> float:
    return _between(value, 3_600)


def _percent(value: str) -> float:
    return _between(value, 100)


def _between(value: str, most: float) -> float:
    try:
        found = float(value)
    except ValueError:
        found = -1.0
    if not 0 <= found <= most:
        raise argparse.ArgumentTypeError(f"not a number from 0 to {most:g}: {value}")
    return found
