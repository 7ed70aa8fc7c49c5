"""Calls: what the SIP stack takes alone, and what comes through to an agent's ringing phone."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sipmessage import Message

from tests.bench.callers import Callers
from tests.bench.crew import Hand, crew
from tests.bench.crowd import crowd
from tests.bench.phones import Phones, exchange, phones
from tests.bench.place import DATABASES, Place, place
from tests.bench.row import Cost, Measure, Row, Unfinished, scaled
from tests.chaos.report import number, rows

ALONE, AT_ONCE = 4_000, 40
THROUGH, RATE = 200, 200
STAYING = 600.0  # seconds a caller is ready to wait: longer than any of this takes
FLOOR_SECONDS = 0.5
DONE_WITHIN = 30.0
OFFERED = "SELECT count(DISTINCT interaction_id) FROM offers"
OFFERS = "SELECT state, count(*) FROM offers GROUP BY state"


@dataclass(frozen=True, slots=True)
class Stack:
    """The process that has the SIP stack alone."""

    hand: Hand
    port: int
    pid: int

    async def report(self) -> dict[str, float]:
        """What came since it was last asked."""
        self.hand.tell(report=True)
        return await self.hand.hear("answered", DONE_WITHIN)


def measures(scale: float) -> list[Measure]:
    """The stack, and the way through to the agent by database."""
    through = scaled(THROUGH, scale, 5)
    return [
        Measure("calls, signalling alone", partial(_alone, scaled(ALONE, scale, 20))),
        *(Measure(f"calls, {kind}", partial(_through, kind, through)) for kind in DATABASES),
    ]


def _alone(calls: int) -> Iterator[Row]:
    yield asyncio.run(_alone_row(calls))


async def _alone_row(calls: int) -> Row:
    """As many as it takes: a new call begins whenever one is over."""
    with tempfile.TemporaryDirectory(prefix="bench-calls-") as name:
        async with _stack() as stack:
            floor = _floor(await Callers(Path(name), stack.port, 1, 1, 1).wire())
            await stack.report()
            cost, started = Cost(stack.pid), time.monotonic()
            async with Callers(Path(name), stack.port, calls, 100 * AT_ONCE, AT_ONCE).calling() as process:
                await asyncio.wait_for(process.wait(), DONE_WITHIN + calls / 100)
            seconds = time.monotonic() - started
            cpu, memory = cost.cpu(seconds), cost.memory()
            came = await stack.report()
    over = came["over"]
    if over < 0.99 * calls:  # a datagram may be lost, and a call with it
        raise Unfinished(f"only {over:.0f} of {calls} calls went through")
    note = f"{10 * cpu * seconds / calls:.2f} ms of CPU a call, {calls - over:.0f} of {calls} lost"
    return Row("signalling alone", over / came["seconds"], "calls/s", floor, "≥ 500", cpu, memory, note)


def _floor(wire: list[tuple[str, bytes]]) -> float:
    """Calls a second whose messages are only read and written, by the library."""
    read = [text for way, text in wire if way == "sent"]
    written = [Message.parse(text) for way, text in wire if way == "received"]
    calls, started = 0, time.perf_counter()
    while time.perf_counter() - started < FLOOR_SECONDS:
        for text in read:
            Message.parse(text)
        for message in written:
            bytes(message)
        calls += 1
    return calls / (time.perf_counter() - started)


def _through(kind: str, calls: int) -> Iterator[Row]:
    with place(kind) as where:
        yield asyncio.run(_through_row(where, calls))


async def _through_row(where: Place, calls: int) -> Row:
    """An agent for each call, so that none has to wait for one."""
    floor = await _through_floor(where, calls)
    people = await crowd(where, calls, opening=exchange)
    async with phones(where, people.agents) as ringing, exchange(where) as process:
        callers = Callers(where.folder, process.port_of("Trunk"), calls, RATE, calls, STAYING)
        cost, started = Cost(process.pid), time.monotonic()
        async with callers.calling():
            await _offered(where, calls)
            seconds = time.monotonic() - started
            cpu, memory = cost.cpu(seconds), cost.memory()
            rung = await _rung(where, ringing, calls, started)
    note = (
        f"{where.kind}; {10 * cpu * seconds / calls:.0f} ms of CPU a call; {calls / rung:.0f}/s until the phone rings"
    )
    return Row("call to offer", calls / seconds, "calls/s", floor, "≥ 30", cpu, memory, note)


async def _through_floor(where: Place, calls: int) -> float:
    """The same callers at the stack alone, until all are answered."""
    async with _stack() as stack, Callers(where.folder, stack.port, calls, RATE, calls, STAYING).calling():
        await asyncio.sleep(calls / RATE + 1)
        came = await stack.report()
    if came["answered"] < calls:
        raise Unfinished(f"only {came['answered']:.0f} of {calls} calls were answered")
    return calls / came["seconds"]


async def _offered(where: Place, calls: int) -> None:
    until = time.monotonic() + DONE_WITHIN
    while (there := await number(where.database, OFFERED)) < calls:
        if time.monotonic() > until:
            raise Unfinished(f"only {there} of {calls} calls were offered within {DONE_WITHIN:.0f} s")
        await asyncio.sleep(0.05)


async def _rung(where: Place, ringing: Phones, calls: int, started: float) -> float:
    """Seconds from the start until the last phone rang."""
    while len(ringing.rang) < calls:
        if time.monotonic() - started > DONE_WITHIN:
            offers = ", ".join(f"{count} {state}" for state, count in await rows(where.database, OFFERS))
            raise Unfinished(f"only {len(ringing.rang)} of {calls} phones rang; offers: {offers}")
        await asyncio.sleep(0.02)
    return time.monotonic() - started


@asynccontextmanager
async def _stack() -> AsyncIterator[Stack]:
    async with crew(1, "tests.bench.calls_stack") as [hand]:
        ready = await hand.hear("port", DONE_WITHIN)
        yield Stack(hand, ready["port"], ready["pid"])
