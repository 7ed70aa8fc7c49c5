"""Agents' browsers on one gateway process; floor: a ticker that sends and reads as many packets and does nothing with
them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from subprocess import Popen
from typing import Final

from plugins.sip.media.engine import Direction
from plugins.sip.media.settings import MediaSettings
from plugins.sip.softphone.gateway import AiortcGateway
from tests.bench import softphone_answer
from tests.bench.media import SECONDS, SETTLE, Figures, far_side, floor_of, hear, say, spawned
from tests.bench.row import Cost, Measure, Row, Unfinished, scaled

LEGS: Final = (10, 50)


def measures(scale: float) -> list[Measure]:
    """Growth to what one process is to carry, and how soon who answers is heard."""
    counts = [scaled(count, scale) for count in LEGS]
    return [Measure("softphone legs", partial(_rows, counts)), *softphone_answer.measures(scale)]


def _rows(counts: list[int]) -> Iterator[Row]:
    for count in counts:
        floor, ours = floor_of(2 * count), asyncio.run(_gateway(count))
        if ours.received < 0.9 * 2 * count * SECONDS * 50:
            raise Unfinished(f"only {ours.received} packets came of {count} legs in {SECONDS:.0f} s")
        yield Row(
            f"softphone, {count} legs",
            ours.cpu,
            "% core",
            floor.cpu,
            "one core" if count == counts[-1] else "",
            cpu=ours.cpu,
            memory=ours.memory,
            note=f"{ours.cpu / count:.2f} % a leg, {ours.missing} of {ours.received} packets missing",
        )


async def _gateway(count: int) -> Figures:
    """All talk for a while: browsers on one side, the lines' media on the other."""
    gateway = AiortcGateway(MediaSettings())
    await gateway.start(lambda event: None)
    try:
        with _browsers(count) as browsers, far_side(count) as lines:
            ports = await asyncio.to_thread(hear, lines)
            ours = await _open(gateway, await asyncio.to_thread(hear, browsers), browsers, ports)
            if not await asyncio.to_thread(hear, browsers):
                raise Unfinished("a browser and the gateway did not find each other")
            say(browsers, [])
            say(lines, ours)
            return await _count(gateway, lines, browsers)
    finally:
        await gateway.stop()


async def _open(gateway: AiortcGateway, offers: list[str], browsers: Popen[str], ports: list[int]) -> list[int]:
    """Where each leg takes audio."""
    say(browsers, [await gateway.open(f"phone{number}", offer) for number, offer in enumerate(offers)])
    ours = [(await gateway.reserve(f"phone{number}", "leg")).port for number in range(len(offers))]
    for number, port in enumerate(ports):
        await gateway.connect(f"phone{number}", "leg", ("127.0.0.1", port), None, Direction.SENDRECV)
    return ours


async def _count(gateway: AiortcGateway, lines: Popen[str], browsers: Popen[str]) -> Figures:
    await asyncio.sleep(SETTLE)
    [pid] = gateway.pids
    cost, loop = Cost(pid), asyncio.get_running_loop()
    started = loop.time()
    found = [await asyncio.to_thread(hear, each) for each in (lines, browsers)]
    cpu, memory = cost.cpu(loop.time() - started), cost.memory()
    received, missing = (sum(each) for each in zip(*found, strict=True))
    return Figures(cpu, memory, 0, missing, received)


@contextmanager
def _browsers(count: int) -> Iterator[Popen[str]]:
    with spawned("tests.bench.softphone_far", str(count), str(SETTLE), str(SECONDS)) as browsers:
        yield browsers
