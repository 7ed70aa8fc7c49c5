"""Conferences on one media process, each recorded, in every third a supervisor who whispers; floor: a ticker that sends
and reads as many packets and does nothing with them."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from plugins.sip.media.engine import Codec
from plugins.sip.media.workers import WorkerEngine
from tests.bench.media import SECONDS, SETTLE, Figures, far_side, floor_of, hear, say
from tests.bench.row import Cost, Measure, Row, Unfinished, scaled

THREE: Final = 3
COUNTS: Final = (5, 20)


def measures(scale: float) -> list[Measure]:
    """Growth to what one process is to carry."""
    return [Measure("conferences", partial(_rows, [scaled(count, scale) for count in COUNTS]))]


def _rows(counts: list[int]) -> Iterator[Row]:
    for count in counts:
        legs = count * THREE
        floor, ours = floor_of(legs), asyncio.run(_conferences(count))
        if ours.received < 0.9 * legs * SECONDS * 50:
            raise Unfinished(f"only {ours.received} packets came to {legs} legs in {SECONDS:.0f} s")
        yield Row(
            f"conferences of three, {count}",
            ours.cpu,
            "% core",
            floor.cpu,
            "one core" if count == counts[-1] else "",
            cpu=ours.cpu,
            memory=ours.memory,
            note=f"{ours.cpu / count:.2f} % a conference, late p99 {ours.late:.1f} ms, "
            f"{ours.missing} of {ours.received} packets missing",
        )


async def _conferences(count: int) -> Figures:
    with tempfile.TemporaryDirectory(prefix="bench-conferences-") as folder, far_side(count * THREE) as far:
        async with WorkerEngine() as engine:
            await engine.ready()
            ports = iter(await asyncio.to_thread(hear, far))
            say(far, [port for number in range(count) for port in await _one(engine, number, ports, Path(folder))])
            await asyncio.sleep(SETTLE)
            await engine.loads()
            cost, started = Cost(engine.pids[0]), asyncio.get_running_loop().time()
            received, missing = await asyncio.to_thread(hear, far)
            cpu = cost.cpu(asyncio.get_running_loop().time() - started)
            return Figures(cpu, cost.memory(), (await engine.loads())[0].late_ms, missing, received)


async def _one(engine: WorkerEngine, number: int, ports: Iterator[int], folder: Path) -> list[int]:
    """A caller, an agent, and somebody more; where each takes audio."""
    caller, _, third = legs = [f"{number}-{place}" for place in range(THREE)]
    ours = [(await engine.open(caller)).port, *[(await engine.open(leg, beside=caller)).port for leg in legs[1:]]]
    for leg in legs:
        await engine.connect(leg, ("127.0.0.1", next(ports)), Codec.PCMU)
    whispers = number % THREE == 0
    await engine.mix(str(number), legs, {(caller, third): 0.0} if whispers else None)
    await engine.record(caller, folder / f"{number}.wav")
    return ours
