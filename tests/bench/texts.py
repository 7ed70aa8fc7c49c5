"""Texts from an SMSC to the record and back to it; beside Kannel on the same SMSC; floor: a bare SMPP client there.

The SMSC is a Python process of smpplib's packets: its own limit is the floor's, and Kannel's too.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import httpx
import psutil
import smpp34

from tests.bench.api import agent_ready, call, log_in
from tests.bench.place import DATABASES, Place, place
from tests.bench.row import Cost, Measure, Row, Unfinished, scaled
from tests.chaos import site
from tests.chaos.report import number
from tests.chaos.site import CODE
from tests.farside.kannel import Kannel
from tests.farside.processes import SmtpSink
from tests.farside.smsc import PASSWORD
from tests.farside.text_center import TextCenter
from tests.support.hub_process import HubProcess
from tests.support.ports import free_port

IN, OUT = 1500, 300
AT_ONCE = 16
DONE_WITHIN = 60.0
TEXT = "My car does not start; please call me back this afternoon."
RECORDED = "SELECT count(*) FROM messages"
QUIET = ("--receipts", "none")

Send = Callable[[int], Awaitable[None]]


def measures(scale: float) -> list[Measure]:
    """Kannel, then the hub on each database."""
    into, out = scaled(IN, scale, 20), scaled(OUT, scale, 20)
    ours = [Measure(f"texts, {kind}", partial(_hub, kind, into, out)) for kind in DATABASES]
    return [Measure("texts, Kannel", partial(_kannel, into, out)), *ours]


def _hub(kind: str, into: int, out: int) -> Iterator[Row]:
    with place(kind) as where, TextCenter(where.folder / "smsc.jsonl", QUIET) as center:
        floors = asyncio.run(_floors(where.folder, into, out))
        yield from asyncio.run(_hub_rows(where, center, into, out, floors))


async def _hub_rows(where: Place, center: TextCenter, into: int, out: int, floors: tuple[float, float]) -> list[Row]:
    with SmtpSink(where.folder / "sink.jsonl") as sink:
        site.write(where.folder, sink.port, center_port=center.port)
        async with HubProcess(where.folder, where.database) as hub:
            await agent_ready(hub.http, "agent1")
            cost = Cost(hub.pid)
            rate, seconds = await _texts_in(center, into)
            recorded = await _recorded(where, into)
            heard = Row("texts in, SMSC to store", rate, "texts/s", floors[0], "", cost.cpu(seconds), cost.memory())
            cost = Cost(hub.pid)
            rate, seconds = await _texts_out(center, out, await _writing(hub))
            sent = Row("texts out, API to SMSC", rate, "texts/s", floors[1], "", cost.cpu(seconds), cost.memory())
    return [_noted(heard, f"{where.kind}; recorded {recorded:.1f} s later"), _noted(sent, where.kind)]


def _kannel(into: int, out: int) -> Iterator[Row]:
    with place("sqlite") as where, TextCenter(where.folder / "smsc.jsonl", QUIET) as center:
        floors = asyncio.run(_floors(where.folder, into, out))
        yield from asyncio.run(_kannel_rows(where, center, into, out, floors))


async def _kannel_rows(where: Place, center: TextCenter, into: int, out: int, floors: tuple[float, float]) -> list[Row]:
    port, before = free_port(), {child.pid for child in psutil.Process().children()}
    async with _sink() as url, Kannel(where.folder, center.port, PASSWORD, "secret", url, port):
        await _bound(center)
        rate_in, _ = await _texts_in(center, into)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            rate_out, _ = await _texts_out(center, out, partial(_sendsms, client))
        boxes = [child for child in psutil.Process().children() if child.pid not in before]
        memory = sum(float(box.memory_info().rss) for box in boxes) / 2**20
    return [
        Row("texts in, Kannel", rate_in, "texts/s", floors[0], memory=memory, note="kept in memory, fetched by HTTP"),
        Row("texts out, Kannel", rate_out, "texts/s", floors[1], memory=memory),
    ]


async def _texts_in(center: TextCenter, count: int) -> tuple[float, float]:
    """Handsets say so many things at once: how many a second are answered, and in what time."""
    started = time.perf_counter()
    for n in range(count):
        center.say(f"in {n}", f"86139{n:08}", CODE, TEXT.encode(), data_coding=0)
    await _until(lambda: len(center.noted("answered")), count)
    seconds = time.perf_counter() - started
    return count / seconds, seconds


async def _texts_out(center: TextCenter, count: int, send: Send) -> tuple[float, float]:
    """The same the other way round."""
    turn, already = asyncio.Semaphore(AT_ONCE), len(center.noted("submit"))

    async def one(n: int) -> None:
        async with turn:
            await send(n)

    started = time.perf_counter()
    await asyncio.gather(*map(one, range(count)))
    await _until(lambda: len(center.noted("submit")) - already, count)
    seconds = time.perf_counter() - started
    return count / seconds, seconds


async def _writing(hub: HubProcess) -> Send:
    """An agent who writes first, to another number each time."""
    client = await log_in(hub.http, "agent1")
    accounts = (await call(client, "GET", "/accounts"))["items"]
    account = next(each["id"] for each in accounts if each["address"] == CODE or each.get("channel") == "sms")

    async def send(n: int) -> None:
        to = {"scheme": "tel", "value": f"+86137{n:08}"}
        await call(client, "POST", "/interactions", {"account": account, "to": to, "text": TEXT})

    return send


async def _sendsms(client: httpx.AsyncClient, n: int) -> None:
    asked = {"username": "hub", "password": "secret", "from": CODE, "to": f"+86137{n:08}", "text": TEXT}
    (await client.get("/cgi-bin/sendsms", params=asked)).raise_for_status()


async def _floors(folder: Path, into: int, out: int) -> tuple[float, float]:
    """A bare client on an SMSC of its own, which keeps nothing."""
    with TextCenter(folder / "floor.jsonl", QUIET) as center:
        client = smpp34.Client("127.0.0.1", center.port, "floor", PASSWORD, bind_type="TRX", window_size=AT_ONCE)
        smsc = await client.connect()
        hearing = asyncio.create_task(_hear(smsc))
        rate_in, _ = await _texts_in(center, into)

        async def send(n: int) -> None:
            await smsc.submit_sm(f"86137{n:08}", TEXT.encode(), source_addr=CODE)

        rate_out, _ = await _texts_out(center, out, send)
        hearing.cancel()
        await client.stop()
    return rate_in, rate_out


async def _hear(smsc: smpp34.Smsc) -> None:
    while True:
        await smsc.next()


@asynccontextmanager
async def _sink() -> AsyncIterator[str]:
    """A web server that answers whatever Kannel fetches, and keeps nothing."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/?text=%b"


async def _recorded(where: Place, wanted: int) -> float:
    """Seconds until the last of them is a message in a conversation."""
    started = time.perf_counter()
    while (there := await number(where.database, RECORDED)) < wanted:
        if time.perf_counter() - started > DONE_WITHIN:
            raise Unfinished(f"only {there} of {wanted} were recorded")
        await asyncio.sleep(0.05)
    return time.perf_counter() - started


async def _bound(center: TextCenter) -> None:
    await _until(lambda: len(center.noted("bound")), 1)


async def _until(count: Callable[[], int], wanted: int) -> None:
    started = time.perf_counter()
    while (there := count()) < wanted:
        if time.perf_counter() - started > DONE_WITHIN:
            raise Unfinished(f"only {there} of {wanted} after {DONE_WITHIN:.0f} s")
        await asyncio.sleep(0.1)


def _noted(row: Row, kind: str) -> Row:
    return Row(row.name, row.value, row.unit, row.floor, row.aim, row.cpu, row.memory, kind)
