"""One round: customers and an agent at work, a hub that dies at a named point, comes back, and has lost nothing."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from tests.chaos import site
from tests.chaos.agent import Agent
from tests.chaos.customers import Customers, Mailers, Visitors
from tests.farside.processes import SmtpSink
from tests.support.hub_process import HubProcess
from tests.support.postgresql import free_port

DONE_WITHIN = 60.0
CHANNELS = ("mail", "chat")
STORED = "SELECT text FROM messages WHERE direction = 'INBOUND'"
ORPHANS = """
SELECT count(*) FROM interactions WHERE state IN ('QUEUED', 'OFFERED') AND id NOT IN
(SELECT interaction_id FROM work WHERE ended_at IS NULL AND interaction_id IS NOT NULL)
"""
TWICE = """
SELECT count(*) FROM
(SELECT interaction_id FROM work WHERE ended_at IS NULL GROUP BY interaction_id HAVING count(*) > 1) twice
"""
UNSENT = "SELECT count(*) FROM deliveries WHERE state IN ('PENDING', 'LEASED', 'FAILED', 'UNKNOWN')"
UNREAD_RAWS = "SELECT count(*) FROM raws WHERE state <> 'DONE'"


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens in a round."""

    channel: str
    point: str
    count: int
    tokens: int = 8


@dataclass(slots=True)
class Report:
    """What came of it. Everything is counted as messages."""

    plan: Plan
    crashed: bool = False
    acked: int = 0
    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    answered_twice: int = 0
    orphans: int = 0
    two_owners: int = 0
    unsent: int = 0
    unprocessed: int = 0
    integrity: str = "ok"

    @property
    def faultless(self) -> bool:
        """Nothing lost, nothing twice inwards, at most one duplicate outwards, nobody forgotten."""
        broken = self.lost or self.duplicated or self.unanswered or self.orphans or self.two_owners or self.unsent
        return not broken and not self.unprocessed and self.integrity == "ok" and self.answered_twice <= 1


async def run(plan: Plan, folder: Path, database: str) -> Report:
    """Play one round to its end and count."""
    report = Report(plan)
    with SmtpSink(folder / "sink.jsonl") as sink:
        site.write(folder, sink.port)
        port = free_port()
        fuse = {"HUB_CRASH_AT": f"{plan.point}:{plan.count}", "HUB_SMTP_PORT": str(port)}
        hub = HubProcess(folder, database, fuse)
        await hub.start()
        customers = _customers(plan.channel, hub, port, sink, folder)
        reviver = asyncio.create_task(_revive(hub, report))
        agent = asyncio.create_task(Agent("agent1", lambda: hub.http).work())
        tokens = [f"{plan.point}-{plan.channel}-{number}" for number in range(plan.tokens)]
        try:
            async with asyncio.timeout(DONE_WITHIN):
                await customers.say(tokens)
                await _answered(customers, tokens)
        except TimeoutError:
            report.unanswered = sorted(set(tokens) - customers.heard().keys())
        await customers.leave()
        await _settled(database)
        await _end(agent, reviver)
        await hub.stop()
    await _count(report, customers, tokens, database)
    return report


def _customers(channel: str, hub: HubProcess, port: int, sink: SmtpSink, folder: Path) -> Customers:
    if channel == "mail":
        return Mailers(port, sink)
    return Visitors(lambda: hub.http, folder / "visitors.jsonl")


async def _revive(hub: HubProcess, report: Report) -> None:
    """Start the hub again when it has killed itself; from then on it lives."""
    code = await hub.ended()
    report.crashed = code == -signal.SIGKILL
    hub.environment.pop("HUB_CRASH_AT", None)
    await hub.start()


async def _answered(customers: Customers, tokens: list[str]) -> None:
    while set(tokens) - customers.heard().keys():  # noqa: ASYNC110  # a ledger is a file: nothing tells of news
        await asyncio.sleep(0.05)


async def _settled(database: str) -> None:
    """Let the hub finish what it has in hand: receipts, marks."""
    with suppress(TimeoutError):
        async with asyncio.timeout(10):
            while await number(database, UNSENT) or await number(database, UNREAD_RAWS):  # noqa: ASYNC110  # as above
                await asyncio.sleep(0.05)


async def _end(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    for failure in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(failure, Exception):
            raise failure


async def _count(report: Report, customers: Customers, tokens: list[str], database: str) -> None:
    stored = Counter(str(text).strip() for (text,) in await rows(database, STORED))
    report.acked = len(customers.acked)
    report.lost = sorted(token for token in customers.acked if stored[token] == 0)
    report.duplicated = sorted(token for token in tokens if stored[token] > 1)
    report.answered_twice = sum(count - 1 for count in customers.heard().values() if count > 1)
    report.orphans = await number(database, ORPHANS)
    report.two_owners = await number(database, TWICE)
    report.unsent = await number(database, UNSENT)
    report.unprocessed = await number(database, UNREAD_RAWS)
    if database.startswith("sqlite"):
        report.integrity = str((await rows(database, "PRAGMA integrity_check"))[0][0])


async def number(database: str, query: str) -> int:
    """The one number a query returns."""
    return int(str((await rows(database, query))[0][0]))


async def rows(database: str, query: str) -> list[tuple[object, ...]]:
    """Look into the site's database from outside."""
    if database.startswith("sqlite"):
        with closing(sqlite3.connect(urlsplit(database).path, timeout=10)) as connection:
            return connection.execute(query).fetchall()
    server = await asyncpg.connect(database)
    try:
        return [tuple(row) for row in await server.fetch(query)]
    finally:
        await server.close()
