"""`make chaos`: many rounds, drawn from a seed, on both databases; prints the seed and a table.

python -m tests.chaos [--rounds N] [--seed S] [--database sqlite|postgresql]
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from collections import Counter
from contextlib import AbstractContextManager
from pathlib import Path

from hub.api.faults import POINTS
from tests.chaos.round import CHANNELS, Plan, Report, run
from tests.support import databases

DATABASES = ("sqlite", "postgresql")


def main() -> int:
    options = _options()
    dice = random.Random(options.seed)
    print(f"seed {options.seed}, {options.rounds} rounds", flush=True)
    databases.begin_run()
    try:
        reports = [_round(dice, options.database, number) for number in range(1, options.rounds + 1)]
    finally:
        databases.end_run()
    return _table(reports)


def _round(dice: random.Random, wanted: str | None, number: int) -> tuple[str, Report]:
    database = wanted or dice.choice(DATABASES)
    plan = Plan(dice.choice(CHANNELS), dice.choice(POINTS), count=dice.randint(1, 12), tokens=dice.randint(12, 24))
    with tempfile.TemporaryDirectory() as name, _database(database, Path(name)) as url:
        report = asyncio.run(run(plan, Path(name), url))
    verdict = "ok" if report.faultless else f"FAULT {report}"
    print(f"{number:4} {database:10} {plan.channel:5} {plan.point:24} :{plan.count:<3} {verdict}", flush=True)
    return database, report


def _database(kind: str, folder: Path) -> AbstractContextManager[str]:
    return databases.sqlite_database(folder) if kind == "sqlite" else databases.postgresql_database()


def _table(reports: list[tuple[str, Report]]) -> int:
    print("\ndatabase   channel rounds kills messages lost duplicates answered-twice faults")
    faults = 0
    groups = Counter((database, report.plan.channel) for database, report in reports)
    for (database, channel), rounds in sorted(groups.items()):
        own = [report for name, report in reports if (name, report.plan.channel) == (database, channel)]
        bad = sum(not report.faultless for report in own)
        faults += bad
        print(
            f"{database:10} {channel:7} {rounds:6} {sum(r.crashed for r in own):5} {sum(r.acked for r in own):8} "
            f"{sum(len(r.lost) for r in own):4} {sum(len(r.duplicated) for r in own):10} "
            f"{sum(r.answered_twice for r in own):14} {bad:6}"
        )
    return 1 if faults else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--database", choices=DATABASES)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
