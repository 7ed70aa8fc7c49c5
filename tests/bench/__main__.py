"""`make bench`: prints a table, each row beside the floor measured in the same run.

python -m tests.bench [--scale S] [NAME …]      names: accept start ingest match owner offers fanout visitors
                                                lists media calls conferences softphone breaks fax
                                                fax_beside_voice sms
"""

from __future__ import annotations

import argparse
import sys
import time

from tests.bench import (
    accept,
    breaks,
    calls,
    conferences,
    fanout,
    fax,
    fax_beside_voice,
    ingest,
    lists,
    match,
    media,
    offers,
    owner,
    softphone,
    start,
    texts,
    visitors,
)
from tests.bench.row import HEAD, Measure

BENCHES = {
    "accept": accept.measures,
    "start": start.measures,
    "ingest": ingest.measures,
    "match": match.measures,
    "owner": owner.measures,
    "offers": offers.measures,
    "fanout": fanout.measures,
    "visitors": visitors.measures,
    "lists": lists.measures,
    "media": media.measures,
    "calls": calls.measures,
    "conferences": conferences.measures,
    "softphone": softphone.measures,
    "breaks": breaks.measures,
    "fax": fax.measures,
    "fax_beside_voice": fax_beside_voice.measures,
    "sms": texts.measures,
}


def main() -> int:
    options = _options()
    started = time.perf_counter()
    print(HEAD, flush=True)
    measures = [measure for name in options.names or BENCHES for measure in BENCHES[name](options.scale)]
    failed = sum(not _shown(measure) for measure in measures)
    print(f"\n{time.perf_counter() - started:.0f} s in all; figures of one machine at one time: compare the ratios.")
    return 1 if failed else 0


def _shown(measure: Measure) -> bool:
    """Print its rows as they come, or what kept it from going on."""
    try:
        for row in measure.rows():
            print(row.line(), flush=True)
    except Exception as error:  # noqa: BLE001  # whatever it is, the other measures go on
        lines = str(error).strip().splitlines() or [""]
        print(f"{measure.name:44} failed: {type(error).__name__}: {lines[0]}", flush=True)
        return False
    return True


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument("--scale", type=float, default=1.0, help="1.0: the sizes of docs/bench.md; 0.01 to try it out")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in BENCHES]:
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    return options


if __name__ == "__main__":
    sys.exit(main())
