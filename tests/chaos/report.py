"""What came of a scene, counted from outside: the far sides' ledgers against the database, at rest."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import asyncpg

from tests.chaos.scene import TEXT, Scene

STORED = "SELECT text FROM messages WHERE direction = 'INBOUND'"
ORPHANS = """
SELECT count(*) FROM interactions WHERE state IN ('QUEUED', 'OFFERED') AND id NOT IN
(SELECT interaction_id FROM work WHERE ended_at IS NULL AND interaction_id IS NOT NULL)
"""
TWICE = """
SELECT count(*) FROM
(SELECT interaction_id FROM work WHERE ended_at IS NULL GROUP BY interaction_id HAVING count(*) > 1) twice
"""
UNSENT = "SELECT count(*) FROM deliveries WHERE state IN ('PENDING', 'LEASED', 'FAILED')"
IN_DOUBT = "SELECT count(*) FROM deliveries WHERE state = 'UNKNOWN'"
UNREAD_RAWS = "SELECT count(*) FROM raws WHERE state <> 'DONE'"
WHICH_RAWS = "SELECT id, state, leased_by, attempts, error_code, error FROM raws WHERE state <> 'DONE' ORDER BY id"
HOLES = "SELECT max(seq) - min(seq) + 1 - count(*) FROM events"


@dataclass(slots=True)
class Report:
    """Everything is counted as messages; lists hold their tokens, which begin with the fault they were said in.

    in_doubt    UNKNOWN to the hub, for a person to see: where the far side cannot know a repetition, one a death
    """

    channel: str
    crashes: int = 0
    deaths: int = 0
    acked: int = 0
    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    answered_twice: list[str] = field(default_factory=list)
    copies_allowed: int = 0
    disordered: int = 0
    orphans: int = 0
    two_owners: int = 0
    unsent: int = 0
    in_doubt: int = 0
    unprocessed: list[str] = field(default_factory=list)
    holes: int = 0
    integrity: str = "ok"

    @property
    def faultless(self) -> bool:
        """Nothing lost, nothing twice inwards, at most one duplicate outwards a crash, nobody forgotten."""
        broken = self.lost or self.duplicated or self.unanswered or self.orphans or self.two_owners or self.unsent
        broken = broken or self.unprocessed or self.holes or self.disordered or self.integrity != "ok"
        broken = broken or self.in_doubt > (self.deaths if self.channel == TEXT else 0)
        return not broken and len(self.answered_twice) <= self.copies_allowed

    def of(self, name: str) -> list[str]:
        """The tokens said during this fault that fared badly."""
        bad = [*self.lost, *self.duplicated, *self.unanswered]
        return [token for token in bad if token.partition(".")[0] == name]


async def report(scene: Scene, copies: int = 0) -> Report:
    """Let the hub finish what it has in hand, then count. `copies`: words lost on the way out, each worth one copy."""
    await _settled(scene.database)
    database, customers = scene.database, scene.customers
    stored = [str(text).strip() for (text,) in await rows(database, f"{STORED} ORDER BY id")]
    counted = Counter(stored)
    made = Report(scene.channel, len(scene.crashed), scene.deaths, len(customers.acked))
    made.lost = sorted(token for token in customers.acked if counted[token] == 0)
    made.duplicated = sorted(token for token in scene.said if counted[token] > 1)
    made.unanswered = sorted(set(scene.said) - customers.heard().keys())
    made.answered_twice = sorted(token for token, count in customers.heard().items() for _ in range(count - 1))
    made.copies_allowed = scene.deaths + copies
    made.disordered = sum(_in_order(stored, order) != order for order in customers.orders) if not made.lost else 0
    made.orphans = await number(database, ORPHANS)
    made.two_owners = await number(database, TWICE)
    made.unsent = await number(database, UNSENT)
    made.in_doubt = await number(database, IN_DOUBT)
    made.unprocessed = await _unprocessed(database)
    made.holes = await number(database, HOLES)
    if database.startswith("sqlite"):
        made.integrity = str((await rows(database, "PRAGMA integrity_check"))[0][0])
    return made


def _in_order(stored: list[str], order: list[str]) -> list[str]:
    """What one person said, in the order it was stored; what they never got across is nobody's disorder."""
    return [token for token in dict.fromkeys(stored) if token in order] + [one for one in order if one not in stored]


async def _unprocessed(database: str) -> list[str]:
    """What stays unread. A receipt that comes in while we count is about to be read."""
    found = await rows(database, WHICH_RAWS)
    with suppress(TimeoutError):
        async with asyncio.timeout(15):
            while found:
                await asyncio.sleep(0.05)
                now = {row[0]: row for row in await rows(database, WHICH_RAWS)}
                found = [now[row[0]] for row in found if row[0] in now]
    return [" ".join(map(str, row)) for row in found]


async def _settled(database: str) -> None:
    """Receipts and marks may still be under way."""
    with suppress(TimeoutError):
        async with asyncio.timeout(15):
            while await number(database, UNSENT) or await number(database, UNREAD_RAWS):  # noqa: ASYNC110  # outside
                await asyncio.sleep(0.05)


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
