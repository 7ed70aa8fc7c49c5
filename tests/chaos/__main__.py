"""`make chaos`: scenes drawn from a seed, on both databases and channels; prints the seed, what happened, and a table.

python -m tests.chaos [--minutes N] [--seed S] [--database sqlite|postgresql]
    [--channel mail|chat|text|calls] [--fault NAME]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from hub.api.faults import POINTS
from tests.chaos.calls.scene import play
from tests.chaos.faults import FAULTS, Fault
from tests.chaos.report import Report, report
from tests.chaos.scene import CHANNELS, TEXT, Scene, scene
from tests.support import databases
from tests.support.postgresql import Cluster, temporary_cluster

DATABASES = ("sqlite", "postgresql")
CALLS = "calls"
BATCH = 10
DISK = "size=24m"


@dataclass(frozen=True, slots=True)
class Plan:
    """What one scene goes through, drawn before it begins."""

    channel: str
    database: str
    points: tuple[str, ...]
    faults: tuple[Fault, ...]
    seed: int


@dataclass(slots=True)
class Line:
    """One line of the table: a fault on a database."""

    times: int = 0
    messages: int = 0
    slowest: float = 0.0
    bad: list[str] = field(default_factory=list)


Table = dict[tuple[str, str], Line]


def main() -> int:
    options = _options()
    dice = random.Random(options.seed)
    print(f"seed {options.seed}, {options.minutes} minutes", flush=True)
    end = time.monotonic() + options.minutes * 60
    databases.begin_run()
    table: Table = {}
    verdicts: list[bool] = []
    try:
        while time.monotonic() < end:
            plan = _plan(dice, options)
            verdicts.append((_play_calls if plan.channel == CALLS else _play)(plan, table))
    finally:
        databases.end_run()
    _show(table)
    print(f"\nseed {options.seed}: {verdicts.count(False)} of {len(verdicts)} scenes with a fault of ours")
    return 0 if all(verdicts) else 1


def _plan(dice: random.Random, options: argparse.Namespace) -> Plan:
    channel = options.channel or dice.choice((*CHANNELS, TEXT, CALLS))
    database = options.database or dice.choice(DATABASES)
    if channel == CALLS:
        return Plan(channel, database, (), (), dice.randrange(2**32))
    points = [f"{point}:{dice.randint(1, 6)}" for point in dice.sample(POINTS, 3)]
    if channel == TEXT:  # what breaks a line between two of its parties knows mail and chat only
        return Plan(channel, database, tuple(points), (), dice.randrange(2**32))
    fitting = [fault for name, fault in sorted(FAULTS.items()) if fault.fits(database, channel)]
    chosen = [FAULTS[options.fault]] * 3 if options.fault else dice.sample(fitting, min(5, len(fitting)))
    return Plan(channel, database, () if options.fault else tuple(points), tuple(chosen), dice.randrange(2**32))


def _play_calls(plan: Plan, table: Table) -> bool:
    """One scene with telephones; whether nothing was left of any call."""
    with tempfile.TemporaryDirectory() as name, _calls_place(plan, Path(name)) as url:
        struck = asyncio.run(play(url, Path(name), random.Random(plan.seed)))
    for each in struck:
        _note(table, f"calls {each.fault}", plan.database, each.calls, each.seconds)
        table[f"calls {each.fault}", plan.database].bad += each.left
    left = [each for each in struck if each.left]
    names = " ".join(each.fault for each in struck)
    print(f"{plan.database:10} {plan.channel:5} {names}  {f'FAULT {left}' if left else 'ok'}", flush=True)
    return not left


def _calls_place(plan: Plan, folder: Path) -> AbstractContextManager[str]:
    return databases.sqlite_database(folder) if plan.database == "sqlite" else databases.postgresql_database()


def _play(plan: Plan, table: Table) -> bool:
    """One scene from its beginning to the count; whether it was faultless."""
    with tempfile.TemporaryDirectory() as name, _place(plan, Path(name)) as (url, cluster, disk):
        made = asyncio.run(_through(plan, Path(name), url, cluster, disk, table))
    names = " ".join([*plan.points, *(fault.name for fault in plan.faults)])
    verdict = "ok" if made.faultless else f"FAULT {made}"
    print(f"{plan.database:10} {plan.channel:5} {names}  {verdict}", flush=True)
    return made.faultless


@contextmanager
def _place(plan: Plan, folder: Path) -> Iterator[tuple[str, Cluster | None, Path | None]]:
    """A database that may be treated badly: a server of its own that is durable, or a file on a small disk."""
    if plan.database == "sqlite":
        with _small_disk(folder) as disk, databases.sqlite_database(disk or folder) as url:
            yield url, None, disk
        return
    with temporary_cluster(durable=True) as cluster:
        cluster.execute("CREATE DATABASE hub")
        databases.migrate(cluster.url("hub"))
        yield cluster.url("hub"), cluster, None


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path | None]:
    """A disk that is soon full, where we may mount one (as root)."""
    disk = folder / "disk"
    disk.mkdir()
    if (
        os.geteuid()
        or subprocess.run(["mount", "-t", "tmpfs", "-o", DISK, "tmpfs", disk], capture_output=True).returncode
    ):
        yield None
        return
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


async def _through(
    plan: Plan, folder: Path, url: str, cluster: Cluster | None, disk: Path | None, table: Table
) -> Report:
    dice = random.Random(plan.seed)
    clock = FAULTS["clock_stepped"] in plan.faults
    async with scene(plan.channel, url, folder, points=plan.points, clock=clock, cluster=cluster, disk=disk) as stage:
        await stage.crash_through()
        for point in map(_name, plan.points):
            said = sum(_name(token, ".") == point for token in stage.said)
            _note(table, f"crash {point}", plan.database, said, 0)
        for fault in plan.faults:
            seconds = await strike(stage, fault, dice, BATCH)
            _note(table, fault.name, plan.database, BATCH, seconds)
        made = await report(stage, sum(fault.copies for fault in plan.faults) * 2)
    for (name, database), line in table.items():
        if database == plan.database:
            line.bad += made.of(name.removeprefix("crash "))
    return made


def _name(fuse: str, sign: str = ":") -> str:
    return fuse.partition(sign)[0]


async def strike(stage: Scene, fault: Fault, dice: random.Random, count: int) -> float:
    """Customers write, the fault strikes in the middle of it; seconds from its end until all is answered."""
    talking = asyncio.create_task(stage.exchange(fault.name, count))
    await asyncio.sleep(dice.uniform(0, 0.4))
    await fault.strike(stage, dice)
    struck = time.monotonic()
    await talking
    await stage.exchange(fault.name, 2)  # and what is said afterwards works as ever
    return time.monotonic() - struck


def _note(table: Table, name: str, database: str, messages: int, seconds: float) -> None:
    line = table.setdefault((name, database), Line())
    line.times += 1
    line.messages += messages
    line.slowest = max(line.slowest, seconds)


def _show(table: Table) -> None:
    print(f"\n{'fault':32} database   times    given slowest s lost, doubled, unanswered or left")
    for (name, database), line in sorted(table.items()):
        print(f"{name:32} {database:10} {line.times:5} {line.messages:8} {line.slowest:9.1f} {len(line.bad):27}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="no scene begins after these")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--database", choices=DATABASES)
    parser.add_argument("--channel", choices=(*CHANNELS, TEXT, CALLS))
    parser.add_argument("--fault", choices=sorted(FAULTS))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
