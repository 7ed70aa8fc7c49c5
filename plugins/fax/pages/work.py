"""What the child process does: one job from standard input, one answer to standard output."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

from plugins.fax.pages import wire
from plugins.fax.pages.bounds import Bounds
from plugins.fax.pages.problems import PageError, Problem

Answer = tuple[Mapping[str, Any], list[bytes]]


def main() -> None:
    """Whatever happens there is an answer, unless the system ends us."""
    told, blobs = wire.unpacked(sys.stdin.buffer.read())
    bounds = Bounds(told["limits"])
    bounds.hold()
    sys.stdout.buffer.write(wire.packed(*answer_to(told, blobs, bounds)))


def answer_to(told: Mapping[str, Any], blobs: list[bytes], bounds: Bounds) -> Answer:
    """What was made, or {"problem", "file"}. Never raises."""
    try:
        return _worker(told["work"])(told, blobs, bounds)
    except PageError as error:
        return {"problem": error.problem, "file": error.file}, []
    except MemoryError:
        return {"problem": Problem.TOO_LARGE}, []
    except Exception:  # noqa: BLE001  # a damaged document has libraries raise whatever they like
        return {"problem": Problem.UNREADABLE}, []


def _worker(work: str) -> Callable[[Mapping[str, Any], list[bytes], Bounds], Answer]:
    """Each brings libraries of its own."""
    if work == "print":
        from plugins.fax.pages.printing.job import answer

        return answer
    if work == "ready":
        from plugins.fax.pages.printing.ready import answer as make_ready

        return make_ready
    from plugins.fax.pages.reading.job import answer as read

    return read
