"""Cold start and memory of an idle site; floor: Python reading what every web server of this kind reads."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial

from tests.bench.place import DATABASES, Place, hub, place
from tests.bench.row import Cost, Measure, Row

LIBRARIES = "import sqlalchemy, pydantic, starlette.applications, uvicorn, httpx, cryptography.fernet"


def measures(scale: float) -> list[Measure]:
    """One a database; nothing here is large enough for the scale to matter."""
    return [Measure(f"start, {kind}", partial(_rows, kind)) for kind in DATABASES]


def _rows(kind: str) -> Iterator[Row]:
    """From exec to READY at the second start, and resident memory a moment later."""
    with place(kind) as where:
        asyncio.run(_start(where))
        seconds, memory = asyncio.run(_start(where))
    yield Row("start to ready", seconds, "s", _floor(), "≤ 2, ≤ 200M", memory=memory, note=kind)


def _floor() -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", LIBRARIES], check=True)
    return time.perf_counter() - started


async def _start(where: Place) -> tuple[float, float]:
    async with hub(where) as process:
        return process.took, Cost(process.pid).memory()
