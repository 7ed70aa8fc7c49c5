"""A recorded stretch of routing, told again to a fresh engine: it must decide the same."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from hub.pipeline.owner import recording
from hub.routing import documents
from hub.routing.engine import Engine
from hub.store import journal_rows

SHOWN = 20


@dataclass(slots=True)
class Replayed:
    """`owners`: how often routing was taken over; `differences`: the first rounds that came out another way."""

    owners: int = 0
    rounds: int = 0
    facts: int = 0
    decisions: int = 0
    different: int = 0
    differences: list[dict[str, Any]] = field(default_factory=list)


def replay(conn: Connection, since: datetime, until: datetime) -> Replayed:
    """Replay what the journal has of this stretch of time."""
    done, engine = Replayed(), Engine()
    for row in journal_rows.between(conn, since, until):
        if row["kind"] == "snapshot":
            state, settings = recording.read_snapshot(row["body"])
            engine = Engine(documents.settings(settings))
            engine.restore(state, row["at"])
            done.owners += 1
        elif done.owners:
            _tell(engine, row["body"], done)
    return done


def _tell(engine: Engine, body: bytes, done: Replayed) -> None:
    for at, heard, recorded in recording.read_cycles(body):
        decided = recording.told([decision for fact in heard for decision in engine.apply(fact, at)])
        done.rounds += 1
        done.facts += len(heard)
        done.decisions += len(decided)
        if decided != recorded:
            done.different += 1
            if len(done.differences) < SHOWN:
                done.differences.append({"at": at.isoformat(), "recorded": recorded, "replayed": decided})
