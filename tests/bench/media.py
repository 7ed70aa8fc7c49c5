"""Calls' audio on one core; floor: a ticker that sends and reads as many packets and does nothing with them."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from plugins.sip.media.engine import Codec
from plugins.sip.media.relay import RelayEngine
from plugins.sip.media.settings import MediaSettings
from plugins.sip.media.tones import tone
from plugins.sip.media.workers import WorkerEngine
from plugins.sip.tests.media.rtpengine import rtpengine
from tests.bench.row import Cost, Measure, Row, Unfinished, scaled

Engine = WorkerEngine | RelayEngine
ROOT = Path(__file__).parents[2]
T = TypeVar("T")
SECONDS, SETTLE = 4.0, 2.0
AT_ONCE = 20
PROMPTS = (10, 100, 200, 400)
RELAYED = (10, 100, 200)
LENT = 60


@dataclass(frozen=True, slots=True)
class Figures:
    """`cpu` in per cent of a core, `memory` in MiB, `late` in ms (p99), `missing` packets at the far side."""

    cpu: float
    memory: float
    late: float
    missing: int
    received: int


def measures(scale: float) -> list[Measure]:
    """Growth to the limit, of each kind of call."""
    return [
        Measure("media, prompts", partial(_rows, "prompts", [scaled(count, scale, 2) for count in PROMPTS], 1)),
        Measure("media, bridged, recorded", partial(_rows, "bridged", [scaled(count, scale) for count in RELAYED], 2)),
        Measure("media, relayed", partial(_rows, "relayed", [scaled(RELAYED[-1], scale)], 2)),
        Measure("media, lent", partial(_lent, scaled(LENT, scale))),
        *_by_rtpengine(scaled(RELAYED[-1], scale)),
    ]


def _by_rtpengine(count: int) -> list[Measure]:
    """The same relay, where it is installed."""
    measure = Measure("media, by rtpengine", partial(_rows, "by rtpengine", [count], 2))
    return [measure] if shutil.which("rtpengine") else []


def _rows(kind: str, counts: list[int], legs_each: int) -> Iterator[Row]:
    idle = asyncio.run(_engine(kind, 0)).memory
    for count in counts:
        floor, ours = floor_of(count * legs_each), asyncio.run(_engine(kind, count * legs_each))
        _check(ours, count * legs_each)
        last = count == counts[-1]
        yield Row(
            f"{kind}, {count} calls",
            ours.cpu,
            "% core",
            floor.cpu,
            ("≤ 1.5 × floor" if kind == "prompts" else "one core") if last else "",
            cpu=ours.cpu,
            memory=ours.memory,
            note=f"{ours.cpu / count:.2f} % and {1024 * (ours.memory - idle) / count:.0f} KiB a call, "
            f"late p99 {ours.late:.1f} ms, {ours.missing} of {ours.received} packets missing",
        )


def _lent(count: int) -> Iterator[Row]:
    """Calls whose sound another plugin makes: packets passed on both ways, beside a call of ours."""
    floor, ours = floor_of(count), asyncio.run(_lending(count))
    _check(ours, count)
    yield Row(
        f"lent, {count} calls", ours.cpu, "% core", floor.cpu, "", cpu=ours.cpu, memory=ours.memory,
        note=f"late p99 {ours.late:.1f} ms, {ours.missing} of {ours.received} packets missing both ways",
    )  # fmt: skip


async def _lending(count: int) -> Figures:
    with far_side(count) as far, far_side(count) as workers:
        async with _carrier("lent") as (engine, [pid]):
            ports, near = hear(far), hear(workers)
            ours = await open_legs(engine, count)
            lent = []
            for number, (port, worker) in enumerate(zip(ports, near, strict=True)):
                await engine.connect(f"leg{number}", ("127.0.0.1", port), Codec.PCMU)
                lent.append(await engine.lend(f"leg{number}", ("127.0.0.1", worker)))
            say(far, ours)
            say(workers, lent)
            await asyncio.sleep(SETTLE)
            assert isinstance(engine, WorkerEngine)
            await engine.loads()
            cost, started = Cost(pid), time.monotonic()
            (received, missing), (also, gone) = [await asyncio.to_thread(hear, each) for each in (far, workers)]
            cpu, late = cost.cpu(time.monotonic() - started), (await engine.loads())[0].late_ms
            return Figures(cpu, cost.memory(), late, missing + gone, received + also)


def _check(figures: Figures, legs: int) -> None:
    if figures.received < 0.9 * legs * SECONDS * 50:
        raise Unfinished(f"only {figures.received} packets came from {legs} legs in {SECONDS:.0f} s")


def floor_of(legs: int) -> Figures:
    """A ticker with as many."""
    with far_side(legs) as far, spawned("tests.bench.media_bare") as bare:
        say(bare, hear(far))
        say(far, hear(bare))
        time.sleep(SETTLE)
        cost, started = Cost(bare.pid), time.monotonic()
        received, missing = hear(far)
        return Figures(cost.cpu(time.monotonic() - started), cost.memory(), 0, missing, received)


async def _engine(kind: str, legs: int) -> Figures:
    with tempfile.TemporaryDirectory(prefix="bench-media-") as folder, far_side(legs, _settle(kind)) as far:
        async with _carrier(kind) as (engine, pids):
            ports = hear(far)
            ours = await open_legs(engine, legs)
            await _some_at_once(
                engine.connect(f"leg{number}", ("127.0.0.1", port), Codec.PCMU) for number, port in enumerate(ports)
            )
            await (_play(engine, legs) if kind == "prompts" else bridge(engine, legs))
            if kind == "bridged":
                await _record(engine, legs, Path(folder))
            say(far, ours)
            await asyncio.sleep(_settle(kind))
            own = engine.own if isinstance(engine, RelayEngine) else engine
            await own.loads()
            costs, started = [Cost(pid) for pid in pids], time.monotonic()
            received, missing = await asyncio.to_thread(hear, far)
            cpu = sum(cost.cpu(time.monotonic() - started) for cost in costs)
            memory = sum(cost.memory() for cost in costs)
            return Figures(cpu, memory, (await own.loads())[0].late_ms, missing, received)


@asynccontextmanager
async def _carrier(kind: str) -> AsyncIterator[tuple[Engine, list[int]]]:
    """An engine, and the processes that carry audio for it."""
    if kind == "by rtpengine":
        async with rtpengine() as daemon, RelayEngine(MediaSettings(rtpengine=(daemon.address,))) as relay:
            await relay.own.ready()
            yield relay, [*relay.own.pids, daemon.process.pid]
    else:
        async with WorkerEngine() as engine:
            await engine.ready()
            yield engine, engine.pids


def _settle(kind: str) -> float:
    """Until what is to be measured goes on by itself: a node takes a call once both sides have been heard."""
    return 4 * SETTLE if kind == "by rtpengine" else SETTLE


async def open_legs(engine: Engine, legs: int) -> list[int]:
    """The ports of the legs; those of a call beside each other."""

    async def call(first: int) -> list[int]:
        both = [(await engine.open(f"leg{first}")).port]
        if first + 1 < legs:
            both.append((await engine.open(f"leg{first + 1}", beside=f"leg{first}")).port)
        return both

    return [port for ports in await _some_at_once(call(first) for first in range(0, legs, 2)) for port in ports]


async def _some_at_once(work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """As calls begin in life: not all at the same moment, and not one after another either."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(each: Coroutine[Any, Any, T]) -> T:
        async with turn:
            return await each

    return await asyncio.gather(*(one(each) for each in work))


async def _play(engine: Engine, legs: int) -> None:
    prompt = tone([440], 5).tobytes()
    for number in range(legs):
        await engine.play(f"leg{number}", prompt, loop=True, interruptible=False)


async def bridge(engine: Engine, legs: int) -> None:
    """Each with the one beside it."""
    await _some_at_once(engine.bridge(f"leg{number}", f"leg{number + 1}") for number in range(0, legs, 2))


async def _record(engine: Engine, legs: int, folder: Path) -> None:
    for number in range(0, legs, 2):
        await engine.record(f"leg{number}", folder / f"{number}.wav")


@contextmanager
def far_side(legs: int, settle: float = SETTLE) -> Iterator[subprocess.Popen[str]]:
    """Of so many legs."""
    with spawned("tests.bench.media_far", str(legs), str(settle), str(SECONDS)) as far:
        yield far


@contextmanager
def spawned(*module: str) -> Iterator[subprocess.Popen[str]]:
    """A module of ours, run for as long as this lasts."""
    command = [sys.executable, "-m", *module]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def say(process: subprocess.Popen[str], what: object) -> None:
    """A line for it."""
    assert process.stdin is not None
    process.stdin.write(json.dumps(what) + "\n")
    process.stdin.flush()


def hear(process: subprocess.Popen[str]) -> Any:
    """Its next line."""
    assert process.stdout is not None
    return json.loads(process.stdout.readline())
