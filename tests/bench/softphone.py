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
from tests.bench.softphone_chromium import Chromiums, Hearing, chromiums

LEGS: Final = (10, 50)
REAL: Final = 2
"""Chromiums among the most."""


def measures(scale: float) -> list[Measure]:
    """Growth to what one process is to carry, and how soon who answers is heard."""
    counts = [scaled(count, scale) for count in LEGS]
    return [Measure("softphone legs", partial(_rows, counts)), *softphone_answer.measures(scale)]


def _rows(counts: list[int]) -> Iterator[Row]:
    for count in counts:
        last = count == counts[-1]
        floor, (ours, real) = floor_of(2 * count), asyncio.run(_gateway(count, REAL if last else 0))
        if ours.received < 0.9 * 2 * count * SECONDS * 50:
            raise Unfinished(f"only {ours.received} packets came of {count} legs in {SECONDS:.0f} s")
        yield Row(
            f"softphone, {count} legs",
            ours.cpu,
            "% core",
            floor.cpu,
            "one core" if last else "",
            cpu=ours.cpu,
            memory=ours.memory,
            note=f"{ours.cpu / count:.2f} % a leg, {ours.missing} of {ours.received} packets missing{_said(real)}",
        )


def _said(real: Hearing) -> str:
    return f"; {REAL} Chromiums made up {real.made_up_share:.1f} % of what they played" if real.samples else ""


async def _gateway(count: int, real: int) -> tuple[Figures, Hearing]:
    """All talk for a while: browsers, some of them real, on one side, the lines' media on the other."""
    gateway = AiortcGateway(MediaSettings())
    await gateway.start(lambda event: None)
    try:
        async with chromiums(real) as chrome:
            with _browsers(count - real) as browsers, far_side(count) as lines:
                ports = await asyncio.to_thread(hear, lines)
                thin = await asyncio.to_thread(hear, browsers)
                answers, ours = await _open(gateway, [*thin, *await chrome.offers()], ports)
                say(browsers, answers[: len(thin)])
                if not (await chrome.agree(answers[len(thin) :]) and await asyncio.to_thread(hear, browsers)):
                    raise Unfinished("a browser and the gateway did not find each other")
                say(browsers, [])
                say(lines, ours)
                return await _count(gateway, lines, browsers, chrome)
    finally:
        await gateway.stop()


async def _open(gateway: AiortcGateway, offers: list[str], ports: list[int]) -> tuple[list[str], list[int]]:
    """What the browsers are answered, and where each leg takes audio."""
    answers = [await gateway.open(f"phone{number}", offer) for number, offer in enumerate(offers)]
    ours = [(await gateway.reserve(f"phone{number}", "leg")).port for number in range(len(offers))]
    for number, port in enumerate(ports):
        await gateway.connect(f"phone{number}", "leg", ("127.0.0.1", port), None, Direction.SENDRECV)
    return answers, ours


async def _count(
    gateway: AiortcGateway, lines: Popen[str], browsers: Popen[str], chrome: Chromiums
) -> tuple[Figures, Hearing]:
    await asyncio.sleep(SETTLE)
    [pid] = gateway.pids
    before, cost, loop = await chrome.hearing(), Cost(pid), asyncio.get_running_loop()
    started = loop.time()
    found = [await asyncio.to_thread(hear, each) for each in (lines, browsers)]
    cpu, memory = cost.cpu(loop.time() - started), cost.memory()
    real = (await chrome.hearing()).since(before)
    received, missing = (sum(each) for each in zip(*found, (real.received, real.missing), strict=True))
    return Figures(cpu, memory, 0, missing, received), real


@contextmanager
def _browsers(count: int) -> Iterator[Popen[str]]:
    with spawned("tests.bench.softphone_far", str(count), str(SETTLE), str(SECONDS)) as browsers:
        yield browsers
