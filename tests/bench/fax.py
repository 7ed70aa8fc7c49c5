"""Many faxes at once in a process that has one core to itself: are they exact, is any late, does it grow?"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import psutil
from PIL import Image

from plugins.fax.terminal.job import Codec, Done, T38Options
from plugins.fax.terminal.terminals import Session, Terminals
from plugins.fax.tests.terminal.charts import charts, load, same, save, strip
from plugins.fax.tests.terminal.lines import by_audio, hang_up, receives, sends, talk
from tests.bench.row import Cost, Measure, Row, Unfinished, scaled

AT_ONCE: Final = 60
LOOK: Final = 1.0
"""Seconds from one look at the lateness to the next."""
SPREAD: Final = 10.0
"""Seconds in which they begin: as long as a page is on the line, so that pages end all the time. Thirty that end within
one second ask for more than a core has."""
PATIENCE: Final = 300.0
MANY: Final = 500
WARM: Final = 100
HAND: Final = 10
"""Ends of faxes that go on at the same time."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one run: `late` is the latest tick in ms, `cpu` in per cent of a core, `exact` of so many faxes, `memory` in
    MiB."""

    late: float
    cpu: float
    cpu_seconds: float
    exact: int
    memory: float


def measures(scale: float) -> list[Measure]:
    """By audio, by T.38, and many one after another."""
    at_once = scaled(AT_ONCE, scale, 2)
    return [
        Measure("fax, audio", partial(_at_once, "audio", at_once)),
        Measure("fax, T.38", partial(_at_once, "T.38", at_once)),
        Measure("fax, memory", partial(_memory, scaled(MANY, scale, 2 * WARM))),
    ]


def _at_once(way: str, count: int) -> Iterator[Row]:
    pages = charts(1, 2)
    with tempfile.TemporaryDirectory(prefix="bench-fax-") as folder:
        found = asyncio.run(_many(way, count, pages, Path(folder)))
    yield Row(
        f"{way}, {count} faxes at once",
        found.late,
        "ms late",
        aim="≤ 20 ms",
        cpu=found.cpu,
        memory=found.memory,
        note=f"{found.exact} of {count} exact, {1000 * found.cpu_seconds / (count * len(pages)):.0f} ms of CPU a page",
    )


async def _many(way: str, count: int, pages: list[Image.Image], folder: Path) -> Figures:
    """Half of them send to the far side's, half receive."""
    document = save(folder / "sent.tif", pages)
    async with asyncio.timeout(PATIENCE), Terminals() as ours, Terminals() as far:
        pairs = [await _pair(ours, far, document, folder / f"{number}.tif", number) for number in range(count)]
        own = ours.pids[0]
        _to_one_core(own, far.pids[0])
        cost, started = Cost(own), time.monotonic()
        await _connect(way, pairs)
        await ours.loads()  # what it took to begin is none of a page's end
        seen: list[float] = []
        watching = asyncio.create_task(_watch(ours, seen))
        ends = await asyncio.gather(*(end(session) for pair in pairs for session in pair))
        seconds = time.monotonic() - started
        cpu, memory = cost.cpu(seconds), cost.memory()
        watching.cancel()
        late = max(seen)
    if not all(done.ok for done in ends):
        raise Unfinished(f"{sum(not done.ok for done in ends)} of {len(ends)} ends were not well")
    exact = sum(same(pages, load(folder / f"{number}.tif")) for number in range(count))
    return Figures(late, cpu, cpu * seconds / 100, exact, memory)


async def _pair(ours: Terminals, far: Terminals, document: Path, got: Path, number: int) -> tuple[Session, Session]:
    sender, receiver = (ours, far) if number % 2 else (far, ours)
    return await sender.open(sends(document)), await receiver.open(receives(got))


async def _connect(way: str, pairs: list[tuple[Session, Session]]) -> None:
    for one, other in pairs:
        for session, beyond in ((one, other), (other, one)):
            if way == "audio":
                await session.audio(beyond.near, Codec.PCMU)
            else:
                await session.t38(beyond.near, T38Options())
        await asyncio.sleep(SPREAD / len(pairs))


async def _watch(terminals: Terminals, seen: list[float]) -> None:
    while True:
        seen.extend(load.late_ms for load in await terminals.loads())
        await asyncio.sleep(LOOK)


async def end(session: Session) -> Done:
    """How it went, when it is over."""
    *_, last = [event async for event in session.events()]
    assert isinstance(last, Done)
    return last


def _to_one_core(ours: int, far: int) -> None:
    """Where there are two: what is measured has the first to itself."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if len(cores) > 1:
        psutil.Process(ours).cpu_affinity(cores[:1])
        psutil.Process(far).cpu_affinity(cores[1:])


def _memory(count: int) -> Iterable[Row]:
    """As fast as they go: the process's by T.38, the library's by audio."""
    with tempfile.TemporaryDirectory(prefix="bench-fax-") as folder:
        document = save(Path(folder) / "sent.tif", [strip()])
        before, after = asyncio.run(_one_after_another(count, document))
        yield _grown("T.38", count, before, after)
        before, after = _in_here(count, document)
        yield _grown("audio", count, before, after)


def _grown(way: str, count: int, before: float, after: float) -> Row:
    return Row(f"{way}, memory after {count} faxes", after, "MiB", before, "flat", note=f"floor: after {WARM} of them")


async def _one_after_another(count: int, document: Path) -> tuple[float, float]:
    unpaced, used = T38Options(paced=False), list[float]()
    async with asyncio.timeout(PATIENCE), Terminals() as terminals:
        for _ in range(0, count, HAND):
            await asyncio.gather(*(_one(terminals, document, unpaced, number) for number in range(HAND // 2)))
            used.append(Cost(terminals.pids[0]).memory())
    return used[WARM // HAND - 1], used[-1]


async def _one(terminals: Terminals, document: Path, options: T38Options, number: int) -> None:
    one = await terminals.open(sends(document))
    other = await terminals.open(receives(document.with_name(f"{number}.tif")))
    await asyncio.gather(one.t38(other.near, options), other.t38(one.near, options))
    if not all(done.ok for done in await asyncio.gather(end(one), end(other))):
        raise Unfinished("a fax did not go through")
    await asyncio.gather(one.stop(), other.stop())


def _in_here(count: int, document: Path) -> tuple[float, float]:
    used = []
    for _ in range(0, count, 2):
        one, other = by_audio(sends(document)), by_audio(receives(document.with_name("got.tif")))
        talk(one, other)
        hang_up(one, other)
        used.append(Cost(os.getpid()).memory())
    return used[WARM // 2 - 1], used[-1]
