"""Cold start and memory of an idle site."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

from tests.bench.place import Place, hub, place
from tests.bench.row import Cost, Row


def rows() -> Iterator[Row]:
    """From exec to READY, and resident memory a moment later."""
    for kind in ("sqlite", "postgresql"):
        with place(kind) as where:
            asyncio.run(_start(where))
            seconds, memory = asyncio.run(_start(where))
        yield Row("start to ready", seconds, "s", aim="≤ 2", memory=memory, note=f"{kind}; memory aim ≤ 200 M")


async def _start(where: Place) -> tuple[float, float]:
    started = time.perf_counter()
    async with hub(where) as process:
        return time.perf_counter() - started, Cost(process.pid).memory()
