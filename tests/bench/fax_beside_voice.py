"""Sixty faxes in the media process that ordinary calls talk through: is any tick late while their pages end?"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from plugins.fax.terminal.terminals import Session, Terminals
from plugins.fax.tests.terminal.charts import charts, load, same, save
from plugins.fax.tests.terminal.lines import receives, sends
from plugins.sip.media.engine import Codec
from plugins.sip.media.workers import WorkerEngine
from tests.bench.fax import AT_ONCE, LOOK, PATIENCE, SPREAD, end
from tests.bench.media import SETTLE, bridge, hear, open_legs, say, spawned
from tests.bench.row import Measure, Row, Unfinished, scaled

CALLS: Final = 20
ALONE: Final = 20.0
"""Seconds in which the calls have the media process to themselves."""
HERE: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Figures:
    """The latest ticks of the media process in ms, without and with faxes; how many of these were exact."""

    alone: float
    beside: float
    exact: int


def measures(scale: float) -> list[Measure]:
    """One row; its floor is what the calls are without faxes."""
    return [Measure("fax, beside voice", partial(_row, scaled(AT_ONCE, scale, 2), scaled(CALLS, scale, 2)))]


def _row(count: int, calls: int) -> Iterator[Row]:
    found = asyncio.run(_both(count, calls))
    yield Row(
        f"{calls} calls beside {count} faxes", found.beside, "ms late", found.alone, "≤ 20 ms",
        note=f"the latest tick of all; {found.exact} of {count} faxes exact; floor: the same calls without faxes",
    )  # fmt: skip


async def _both(count: int, calls: int) -> Figures:
    legs, pages = 2 * calls, charts(1, 2)
    with (
        tempfile.TemporaryDirectory(prefix="bench-fax-") as folder,
        spawned("tests.bench.media_far", str(legs), str(SETTLE), str(2 * PATIENCE)) as talkers,
    ):
        async with asyncio.timeout(PATIENCE), WorkerEngine() as engine, Terminals() as ours, Terminals() as far:
            await engine.ready()
            await _talk(engine, legs, talkers_ports=hear(talkers), tell=partial(say, talkers))
            alone = await _latest(engine, asyncio.create_task(asyncio.sleep(ALONE)))
            document = save(Path(folder) / "sent.tif", pages)
            pairs = [await _pair(ours, far, document, Path(folder, f"{n}.tif"), n) for n in range(count)]
            beside = await _latest(engine, asyncio.create_task(_faxes(engine, pairs)))
        exact = sum(same(pages, load(Path(folder, f"{number}.tif"))) for number in range(count))
    return Figures(alone, beside, exact)


async def _talk(engine: WorkerEngine, legs: int, talkers_ports: list[int], tell: partial[None]) -> None:
    """Bridged calls, both sides of which speak from now on."""
    ports = await open_legs(engine, legs)
    for number, port in enumerate(talkers_ports):
        await engine.connect(f"leg{number}", (HERE, port), Codec.PCMU)
    await bridge(engine, legs)
    tell(ports)
    await asyncio.sleep(SETTLE)


async def _pair(ours: Terminals, far: Terminals, document: Path, got: Path, number: int) -> tuple[Session, Session]:
    """Ours first; every other one of ours receives."""
    jobs = (sends(document), receives(got)) if number % 2 else (receives(got), sends(document))
    return await ours.open(jobs[0]), await far.open(jobs[1])


async def _faxes(engine: WorkerEngine, pairs: list[tuple[Session, Session]]) -> None:
    """Begun as `SPREAD` says, on legs that are lent to our machine."""
    for number, (one, other) in enumerate(pairs):
        endpoint = await engine.open(f"fax{number}")
        await engine.connect(f"fax{number}", other.near, Codec.PCMU)
        await one.audio((HERE, await engine.lend(f"fax{number}", one.near)), Codec.PCMU)
        await other.audio((HERE, endpoint.port), Codec.PCMU)
        await asyncio.sleep(SPREAD / len(pairs))
    ends = await asyncio.gather(*(end(session) for pair in pairs for session in pair))
    if not all(done.ok for done in ends):
        raise Unfinished(f"{sum(not done.ok for done in ends)} of {len(ends)} ends were not well")


async def _latest(engine: WorkerEngine, while_this: asyncio.Task[None]) -> float:
    """The latest tick until then."""
    await engine.loads()
    seen = [0.0]
    while not while_this.done():
        await asyncio.wait([while_this], timeout=LOOK)
        seen += [load.latest_ms for load in await engine.loads()]
    await while_this
    return max(seen)
