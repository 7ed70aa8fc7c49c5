"""What hub and fax process say to each other: a line of JSON each, over the process's standard input and output.

`[number, method, values]` asks, `[number, answer]` or `[number, null, sentence]` answers, `[0, call, event, values]`
tells. The process's first line is READY.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import orjson

from plugins.fax.terminal.job import Done, Event, Job, Modem, PageDone, Phase, Progress, T38Options

Values = Mapping[str, Any]
READY: Final = b"[0]\n"
_EVENTS: Final[Mapping[str, Callable[..., Event]]] = {kind.__name__: kind for kind in (Progress, PageDone, Done)}


def line(*parts: object) -> bytes:
    """One frame."""
    return orjson.dumps(parts) + b"\n"


def event_line(call: str, event: Event) -> bytes:
    """An event, as the process tells it."""
    return line(0, call, type(event).__name__, asdict(event))


def event(name: str, values: Values) -> Event:
    """An event, as the hub reads it. Raises KeyError, TypeError, ValueError when the two do not fit together."""
    read = dict(values)
    if "phase" in read:
        read["phase"] = Phase(read["phase"])
    if "resolution" in read:
        read["resolution"] = tuple(read["resolution"])
    return _EVENTS[name](**read)


def job_out(job: Job) -> Values:
    """A job, to go on the line."""
    paths = {name: str(path) if path else None for name, path in (("send", job.send), ("receive", job.receive))}
    return asdict(job) | paths | {"modems": sorted(job.modems)}


def job_in(values: Values) -> Job:
    """A job, from the line."""
    paths = {name: Path(values[name]) if values[name] else None for name in ("send", "receive")}
    return Job(**{**values, **paths, "modems": frozenset(map(Modem, values["modems"]))})


def options_in(values: Values) -> T38Options:
    """What was agreed, from the line."""
    return T38Options(**values)
