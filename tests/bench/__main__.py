"""`make bench`: prints a table, each row beside the floor measured in the same run.

python -m tests.bench [NAME …]      names: accept start ingest …
"""

from __future__ import annotations

import argparse
import sys
import time

from tests.bench import accept, ingest, start
from tests.bench.row import HEAD

BENCHES = {"accept": accept.rows, "start": start.rows, "ingest": ingest.rows}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHES, []], default=[])
    chosen = parser.parse_args().names or list(BENCHES)
    started = time.perf_counter()
    print(HEAD, flush=True)
    for name in chosen:
        for row in BENCHES[name]():
            print(row.line(), flush=True)
    print(f"\n{time.perf_counter() - started:.0f} s in all; figures of one machine at one time: compare the ratios.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
