"""Mail and chat from the customer's socket to the agent's offer, on one node; floor: the socket alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator

import aiosmtplib

from tests.bench.api import agent_ready
from tests.bench.place import DATABASES, Place, hub, place
from tests.bench.row import Cost, Row
from tests.chaos.round import number
from tests.chaos.site import MAILBOX
from tests.farside.chat_visitor import ChatVisitor
from tests.farside.processes import SmtpSink
from tests.support.hub_process import HubProcess

CONNECTIONS = 16
MAILS = 600
CHATS = 600
VISITORS = 60
OFFERED = "SELECT count(*) FROM offers"
RECORDED = "SELECT count(*) FROM messages"
TEXT = "你好，我的车发动机无法启动，请尽快安排维修。 My car does not start; please call me back this afternoon."


def rows() -> Iterator[Row]:
    """One row a channel and database."""
    for kind in DATABASES:
        with place(kind) as where:
            floor = asyncio.run(_mail_floor(where))
            yield asyncio.run(_measure("mail, socket to offer", where, _mails, OFFERED, MAILS, floor, "≥ 150"))
        with place(kind) as where:
            yield asyncio.run(_measure("chat, socket to record", where, _chats, RECORDED, CHATS, None, "≥ 400"))


Load = Callable[[HubProcess], Awaitable[None]]


async def _measure(name: str, where: Place, load: Load, query: str, count: int, floor: float | None, aim: str) -> Row:
    async with hub(where) as process:
        await agent_ready(process.http, "agent1")
        cost = Cost(process.pid)
        started = time.perf_counter()
        await load(process)
        while await number(where.database, query) < count:  # noqa: ASYNC110  # the database is looked at from outside
            await asyncio.sleep(0.02)
        seconds = time.perf_counter() - started
        cpu, memory = cost.cpu(seconds), cost.memory()
    return Row(name, count / seconds, "items/s", floor, aim, cpu, memory, where.kind)


async def _mails(process: HubProcess) -> None:
    await _send_mails(process.port_of("mail"))


async def _send_mails(port: int) -> None:
    await asyncio.gather(*(_mail_server(port, number) for number in range(CONNECTIONS)))


async def _mail_server(port: int, own: int) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, use_tls=False, start_tls=False) as server:
        for count in range(own, MAILS, CONNECTIONS):
            sender = f"customer{count}@customers.test"
            headers = (
                f"From: {sender}",
                f"To: {MAILBOX}",
                f"Subject: Repair {count}",
                f"Message-ID: <{count}@bench.test>",
            )
            mail = "\r\n".join([*headers, 'Content-Type: text/plain; charset="utf-8"', "", TEXT, ""])
            await server.sendmail(sender, [MAILBOX], mail.encode())


async def _mail_floor(where: Place) -> float:
    """The same mails into a mail server that only writes them down."""
    with SmtpSink(where.folder / "floor.jsonl") as sink:
        started = time.perf_counter()
        await _send_mails(sink.port)
        return MAILS / (time.perf_counter() - started)


async def _chats(process: HubProcess) -> None:
    visitors = [ChatVisitor(process.http, seed=number + 1) for number in range(VISITORS)]
    await asyncio.gather(*(visitor.arrive() for visitor in visitors))
    await asyncio.gather(*(_talk(visitor) for visitor in visitors))
    for visitor in visitors:
        await visitor.leave()


async def _talk(visitor: ChatVisitor) -> None:
    for count in range(CHATS // VISITORS):
        assert await visitor.say(f"{count} {TEXT}") == "acked"
