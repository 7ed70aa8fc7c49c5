"""Ten thousand open chat visitors on one hub process: memory, waiting times, and the way back after a SIGKILL."""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from tests.bench.bare import BareServer
from tests.bench.crew import Hand, crew
from tests.bench.place import Place, hub, place
from tests.bench.row import Cost, Measure, Row, Unfinished, percentile, scaled
from tests.support.hub_process import HubProcess
from tests.support.ports import free_port

VISITORS = 10_000
TYPING = 0.01
SECONDS = 20.0
PROCESSES = 2
SPARE_FILES = 500
READY_WITHIN, BACK_WITHIN = 120.0, 90.0


@dataclass(slots=True)
class Figures:
    """KiB a visitor, milliseconds from sending to ack, per cent of a core while some type, seconds until all came."""

    kib: float
    spans: list[float]
    unanswered: int
    cpu: float
    memory: float
    back: float


def measures(scale: float) -> list[Measure]:
    """SQLite only: what is measured is the process."""
    return [Measure("chat visitors", partial(_rows, scaled(VISITORS, scale, 200), max(2.0, SECONDS * min(scale, 1))))]


def _rows(visitors: int, seconds: float) -> Iterator[Row]:
    _allow_files(visitors + SPARE_FILES)
    with BareServer() as bare:
        floor = asyncio.run(_bare(bare, visitors, seconds / 2))
    with place("sqlite") as where:
        own = asyncio.run(_hub(where, visitors, seconds))
    name = f"{visitors} chat visitors"
    yield Row(f"{name}, memory each", own.kib, "KiB", floor.kib, "≤ 40", None, own.memory)
    note = f"p50 {percentile(own.spans, 0.5):.0f} ms; {TYPING:.0%} type; {own.unanswered} unanswered"
    worst, bare_worst = percentile(own.spans, 0.99), percentile(floor.spans, 0.99)
    yield Row(f"{name}, send to ack p99", worst, "ms", bare_worst, "< 200", own.cpu, own.memory, note)
    yield Row(f"{name}, all back after SIGKILL", own.back, "s", None, "≤ 30", note="with the start of the hub")


async def _bare(bare: BareServer, visitors: int, seconds: float) -> Figures:
    async with crew(PROCESSES, "tests.bench.tabs", bare.port, visitors // PROCESSES, "floor") as hands:
        return await _figures(bare.pid, hands, visitors, seconds)


async def _hub(where: Place, visitors: int, seconds: float) -> Figures:
    async with hub(where, HUB_PORT=str(free_port())) as process:
        await _warm(process)
        port = int(process.http.rsplit(":", 1)[1])
        before = Cost(process.pid).memory()
        async with crew(PROCESSES, "tests.bench.tabs", port, visitors // PROCESSES, "tab") as hands:
            figures = await _figures(process.pid, hands, visitors, seconds, before)
            figures.back = await _killed(process, hands)
            return figures


async def _warm(process: HubProcess) -> None:
    """A few visitors first: what the first one costs is not a visitor's."""
    port = int(process.http.rsplit(":", 1)[1])
    async with crew(1, "tests.bench.tabs", port, 20, "warm") as (hand,):
        await hand.hear("ready", READY_WITHIN)
        hand.tell(typists=5, seconds=2)
        await hand.hear("spans", READY_WITHIN)


async def _figures(pid: int, hands: list[Hand], visitors: int, seconds: float, before: float | None = None) -> Figures:
    before = Cost(pid).memory() if before is None else before
    for hand in hands:
        await hand.hear("ready", READY_WITHIN)
    memory = Cost(pid).memory()
    cost, started = Cost(pid), time.perf_counter()
    for hand in hands:
        hand.tell(typists=max(5, round(visitors * TYPING / PROCESSES)), seconds=seconds)
    said = [await hand.hear("spans", seconds + READY_WITHIN) for hand in hands]
    spans = [1000 * span for each in said for span in each["spans"]]
    cpu = cost.cpu(time.perf_counter() - started)
    unanswered = sum(each["unanswered"] for each in said)
    return Figures(1024 * (memory - before) / visitors, spans, unanswered, cpu, cost.memory(), 0.0)


async def _killed(process: HubProcess, hands: list[Hand]) -> float:
    """Seconds from the SIGKILL until every visitor is ready again; the hub is started at once."""
    started = time.time()
    await process.kill()
    await process.start()
    return max([await _ready_after(hand, started) for hand in hands]) - started


async def _ready_after(hand: Hand, moment: float) -> float:
    """A tab that came and went before may have made the clients say it more than once."""
    while (at := float((await hand.hear("ready", BACK_WITHIN))["at"])) < moment:
        pass
    return at


def _allow_files(wanted: int) -> None:
    """Each connection is an open file; the processes we start inherit the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise Unfinished(f"a process may open {hard} files here, and {wanted} are needed: raise `ulimit -Hn`")
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
