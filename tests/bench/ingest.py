"""Mail and chat from the customer's socket to the agent's offer, on one node; floor: the socket alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial

import aiosmtplib

from tests.bench.api import agent_ready
from tests.bench.bare import BareServer
from tests.bench.place import DATABASES, Place, hub, place
from tests.bench.row import Cost, Measure, Row, Unfinished, scaled
from tests.chaos.report import number
from tests.chaos.site import MAILBOX
from tests.farside.chat_visitor import ChatVisitor
from tests.farside.processes import SmtpSink
from tests.support.hub_process import HubProcess

CONNECTIONS = 16
MAILS = 600
VISITORS, EACH = 60, 20
CONVERSATIONS = 400
DONE_WITHIN = 60.0
OFFERED = "SELECT count(*) FROM offers"
RECORDED = "SELECT count(*) FROM messages"
TEXT = "你好，我的车发动机无法启动，请尽快安排维修。 My car does not start; please call me back this afternoon."

Load = Callable[[], Awaitable[None]]


def measures(scale: float) -> list[Measure]:
    """One a channel and database."""
    mails, each = scaled(MAILS, scale, CONNECTIONS), scaled(EACH, scale)
    conversations = scaled(CONVERSATIONS, scale, 8)
    made = []
    for kind in DATABASES:
        made += [
            Measure(f"mail, {kind}", partial(_mail, kind, mails)),
            Measure(f"chat messages, {kind}", partial(_chat, "chat, socket to record", kind, RECORDED, VISITORS, each)),
            Measure(f"chats, {kind}", partial(_chat, "chat, socket to offer", kind, OFFERED, conversations, 1)),
        ]
    return made


def _mail(kind: str, mails: int) -> Iterator[Row]:
    with place(kind) as where:
        floor = asyncio.run(_mail_floor(where, mails))
        yield asyncio.run(_mail_row(where, mails, floor))


async def _mail_row(where: Place, mails: int, floor: float) -> Row:
    async with hub(where) as process:
        await agent_ready(process.http, "agent1")
        load = partial(_send_mails, process.port_of("mail"), mails)
        rate, cost = await _until_there(process, where, load, OFFERED, mails)
    return Row("mail, socket to offer", rate, "mails/s", floor, "≥ 150", *cost, where.kind)


async def _mail_floor(where: Place, mails: int) -> float:
    """The same mails into a mail server that only writes them down."""
    with SmtpSink(where.folder / "floor.jsonl") as sink:
        started = time.perf_counter()
        await _send_mails(sink.port, mails)
        return mails / (time.perf_counter() - started)


async def _send_mails(port: int, mails: int) -> None:
    await asyncio.gather(*(_mail_server(port, number, mails) for number in range(CONNECTIONS)))


async def _mail_server(port: int, own: int, mails: int) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, use_tls=False, start_tls=False) as server:
        for count in range(own, mails, CONNECTIONS):
            sender = f"customer{count}@customers.test"
            headers = (
                f"From: {sender}",
                f"To: {MAILBOX}",
                f"Subject: Repair {count}",
                f"Message-ID: <{count}@bench.test>",
            )
            mail = "\r\n".join([*headers, 'Content-Type: text/plain; charset="utf-8"', "", TEXT, ""])
            await server.sendmail(sender, [MAILBOX], mail.encode())


def _chat(name: str, kind: str, query: str, visitors: int, each: int) -> Iterator[Row]:
    with place(kind) as where:
        with BareServer() as bare:
            floor = asyncio.run(_chat_floor(bare.http, visitors, each))
        yield asyncio.run(_chat_row(name, where, query, visitors, each, floor))


async def _chat_row(name: str, where: Place, query: str, visitors: int, each: int, floor: float) -> Row:
    async with hub(where) as process:
        await agent_ready(process.http, "agent1")
        people = await _arrived(process.http, visitors)
        load = partial(_talk, people, each)
        rate, cost = await _until_there(process, where, load, query, visitors * each)
        await _gone(people)
    aim = "≥ 400" if query is OFFERED else ""
    return Row(name, rate, "items/s", floor, aim, *cost, f"{where.kind}; {visitors} visitors")


async def _chat_floor(site: str, visitors: int, each: int) -> float:
    """The same visitors with a web server that answers what the hub answers and keeps nothing."""
    people = await _arrived(site, visitors)
    started = time.perf_counter()
    await _talk(people, each)
    rate = visitors * each / (time.perf_counter() - started)
    await _gone(people)
    return rate


async def _arrived(site: str, count: int) -> list[ChatVisitor]:
    people = [ChatVisitor(site, seed=number + 1) for number in range(count)]
    await asyncio.gather(*(one.arrive(within=DONE_WITHIN) for one in people))
    return people


async def _talk(people: list[ChatVisitor], each: int) -> None:
    await asyncio.gather(*(_say(one, each) for one in people))


async def _say(visitor: ChatVisitor, each: int) -> None:
    for count in range(each):
        if (outcome := await visitor.say(f"{count} {TEXT}")) != "acked":
            raise Unfinished(f"a message was {outcome}: {visitor.errors[-1:]}")


async def _gone(people: list[ChatVisitor]) -> None:
    await asyncio.gather(*(one.leave() for one in people))


async def _until_there(
    process: HubProcess, where: Place, load: Load, query: str, count: int
) -> tuple[float, tuple[float, float]]:
    """How many a second until the query counts them all, and (CPU, memory) of the hub meanwhile."""
    cost, started = Cost(process.pid), time.perf_counter()
    await load()
    while (there := await number(where.database, query)) < count:
        if time.perf_counter() - started > DONE_WITHIN:
            raise Unfinished(f"only {there} of {count} were there after {DONE_WITHIN:.0f} s")
        await asyncio.sleep(0.03)
    seconds = time.perf_counter() - started
    return count / seconds, (cost.cpu(seconds), cost.memory())
