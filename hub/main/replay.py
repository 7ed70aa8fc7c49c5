"""`hub replay`: a recorded stretch of routing told again to a fresh engine, to see that it decides the same."""

import argparse
from datetime import UTC, datetime, timedelta

from hub.main.prepare import prepare
from hub.main.sentence import Sentence
from hub.pipeline.owner import replay
from hub.store.offline import on_database


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `hub replay`."""
    parser.add_argument("--since", default="", help="from when, ISO 8601 (default: a day before --until)")
    parser.add_argument("--until", default="", help="up to when, ISO 8601 (default: now)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Prints what was replayed and the first differences; 1 if there is any. Raises Sentence."""
    until = _moment(options.until) or datetime.now(UTC)
    since = _moment(options.since) or until - timedelta(days=1)
    url = prepare(options.site).file.database
    done = on_database(url, lambda conn: replay.replay(conn, since, until), reading=True)
    print(f"{done.facts} facts in {done.rounds} rounds under {done.owners} owners led to {done.decisions} decisions.")
    if not done.owners:
        print("The journal has nothing of this time.")
    for each in done.differences:
        print(f"{each['at']}: recorded {each['recorded']}, replayed {each['replayed']}")
    print("The same as recorded." if not done.different else f"{done.different} rounds came out another way.")
    return 1 if done.different else 0


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise Sentence(f"{text!r} is no moment; write it as 2026-11-21T08:00:00+08:00.") from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
