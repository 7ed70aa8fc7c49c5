"""From the customer's ack to the agent's offer, with a full house, and the rate at which it no longer holds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial

from tests.bench.crowd import crowd
from tests.bench.desk import Desk
from tests.bench.floors import commits
from tests.bench.light_http import LightHttp
from tests.bench.place import DATABASES, Place, hub, place
from tests.bench.row import Cost, Measure, Row, Unfinished, percentile, scaled
from tests.bench.visitor import Visitor
from tests.chaos.report import rows as look
from tests.support.hub_process import HubProcess

WORKING, IDLE = 200, 800
RATES = (50, 100, 200, 400)
SECONDS = 6.0
OFFERED_WITHIN = 6.0
AIM, AIM_OF_TWO = 100.0, 200.0  # milliseconds
BOARD = "/api/v1/routing/board"
CONNECTING = 50
Measured = Callable[[Place, float], AsyncIterator[Row]]
OFFERED = """
SELECT messages.text, min(events.at) FROM messages JOIN events ON events.interaction_id = messages.interaction_id
WHERE messages.direction = 'INBOUND' AND events.type = 'offer.created' AND messages.text LIKE '{prefix}%'
GROUP BY messages.text
"""


def measures(scale: float) -> list[Measure]:
    """One a database, and one for two nodes: rows up to the first rate that is too much."""
    alone = [Measure(f"offers, {kind}", partial(_rows, _climb, kind, scale)) for kind in DATABASES]
    return [*alone, Measure("offers, two nodes", partial(_rows, _two_nodes, "postgresql", scale))]


def _rows(measured: Measured, kind: str, scale: float) -> Iterator[Row]:
    with place(kind) as where, asyncio.Runner() as runner:
        rows = measured(where, scale)
        while (row := runner.run(_next(rows))) is not None:
            yield row


async def _two_nodes(where: Place, scale: float) -> AsyncIterator[Row]:
    """Visitors at both nodes, the agents at the first, and a board on the wall at each."""
    people = await crowd(where, scaled(WORKING, scale, 5), scaled(IDLE, scale, 5))
    floor = 2 * percentile(await commits(where), 0.99)
    async with (
        hub(where) as first,
        HubProcess(where.folder, where.database) as second,
        Desk(first.http, people) as desk,
    ):
        boards = [asyncio.create_task(_watch(node.http, people.admin)) for node in (first, second)]
        row = await _stage(where, (first, second), RATES[0], floor, scale)
        for board in boards:
            board.cancel()
        refused = [answer for answers in await asyncio.gather(*boards) for answer in answers if answer != 200]
        yield replace(row, name=f"{row.name}, two nodes", aim=f"≤ {AIM_OF_TWO:.0f}")
        await desk.done()
        if desk.refused or refused:
            raise Unfinished(f"{desk.refused} of the agents' calls were refused, and {len(refused)} of the boards'")


async def _watch(base: str, token: str) -> list[int]:
    """A board refreshed once a second until it is switched off; the statuses it got."""
    answers: list[int] = []
    with suppress(asyncio.CancelledError):
        async with LightHttp(base) as http:
            while True:
                answers.append((await http.call("GET", BOARD, token))[0])
                await asyncio.sleep(1)
    return answers


async def _next(rows: AsyncIterator[Row]) -> Row | None:
    return await anext(rows, None)


async def _climb(where: Place, scale: float) -> AsyncIterator[Row]:
    people = await crowd(where, scaled(WORKING, scale, 5), scaled(IDLE, scale, 5))
    floor = 2 * percentile(await commits(where), 0.99)
    async with hub(where) as process, Desk(process.http, people) as desk:
        for rate in RATES:
            row = await _stage(where, (process,), rate, floor, scale)
            yield row
            if row.value > AIM:
                return
            await desk.done()
            if desk.refused:
                raise Unfinished(f"{desk.refused} of the agents' calls were refused")


async def _stage(where: Place, nodes: Sequence[HubProcess], rate: int, floor: float, scale: float) -> Row:
    """`cpu` and `memory` are the first node's."""
    seconds = max(1.0, SECONDS * min(scale, 1.0))
    visitors = await _arrived(nodes, round(rate * seconds))
    process = nodes[0]
    cost, started = Cost(process.pid), time.perf_counter()
    for number, visitor in enumerate(visitors):
        await asyncio.sleep(started + number / rate - time.perf_counter())
        visitor.say(f"r{rate}-{number}")
    cpu = cost.cpu(time.perf_counter() - started)
    spans = await _spans(where, visitors, f"r{rate}-")
    for visitor in visitors:
        visitor.leave()
    note = f"{where.kind}; p50 {percentile(spans, 0.5):.0f} ms" + (
        "; beyond the knee" if percentile(spans, 0.99) > AIM else ""
    )
    aim = f"≤ {AIM:.0f}" if rate == RATES[0] else ""
    return Row(f"ack to offer p99 at {rate}/s", percentile(spans, 0.99), "ms", floor, aim, cpu, cost.memory(), note)


async def _arrived(nodes: Sequence[HubProcess], count: int) -> list[Visitor]:
    ports, turn = [int(node.http.rsplit(":", 1)[1]) for node in nodes], asyncio.Semaphore(CONNECTING)

    async def arrive(port: int) -> Visitor:
        async with turn:
            visitor = Visitor()
            await visitor.arrive(port)
            return visitor

    return await asyncio.gather(*(arrive(ports[number % len(ports)]) for number in range(count)))


async def _spans(where: Place, visitors: list[Visitor], prefix: str) -> list[float]:
    """Milliseconds from ack to offer. One that had no offer in time counts as the whole time waited."""
    offered: dict[str, float] = {}
    with_time = time.perf_counter() + OFFERED_WITHIN
    while len(offered) < len(visitors) and time.perf_counter() < with_time:
        await asyncio.sleep(0.3)
        found = await look(where.database, OFFERED.format(prefix=prefix))
        offered = {str(text): _seconds(at) for text, at in found}
    if not offered:
        raise Unfinished(f"no offer at all within {OFFERED_WITHIN:.0f} s")
    acked = {text: at for visitor in visitors for text, at in visitor.acked.items()}
    never = OFFERED_WITHIN * 1000
    known = [1000 * (offered[text] - at) if text in offered else never for text, at in acked.items()]
    return known + [never] * (len(visitors) - len(acked))


def _seconds(at: object) -> float:
    """SQLite keeps microseconds."""
    return at.timestamp() if isinstance(at, datetime) else int(str(at)) / 1e6
