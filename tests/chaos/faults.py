"""What can go wrong while customers write, each under a name: the scheduler picks from here by seed.

A fault strikes a scene whose customers are writing, and has passed when its function returns; from then on the hub must
come right by itself. The named crash points are not here: they need a fuse from the start (`Scene.crash_through`).
"""

from __future__ import annotations

import asyncio
import os
import random
import resource
import signal
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from tests.chaos.scene import Scene
from tests.support import postgresql

Strike = Callable[[Scene, random.Random], Awaitable[None]]
SQLITE, POSTGRESQL = "sqlite", "postgresql"
ANY_DATABASE, ANY_CHANNEL = frozenset({SQLITE, POSTGRESQL}), frozenset({"mail", "chat"})
COPIES = {"relay_reset_before_reply"}  # what is lost here is the word that it arrived: sending again is right


@dataclass(frozen=True, slots=True)
class Fault:
    """A way to fail, and where it can. `copies`: it may make the far side get one message twice, with the same id."""

    name: str
    strike: Strike
    databases: frozenset[str] = ANY_DATABASE
    channels: frozenset[str] = ANY_CHANNEL

    @property
    def copies(self) -> bool:
        return self.name in COPIES

    def fits(self, database: str, channel: str) -> bool:
        return database in self.databases and channel in self.channels


FAULTS: dict[str, Fault] = {}


def fault(
    databases: frozenset[str] = ANY_DATABASE, channels: frozenset[str] = ANY_CHANNEL
) -> Callable[[Strike], Strike]:
    """Put a function into the registry under its own name."""

    def register(strike: Strike) -> Strike:
        name = strike.__name__
        FAULTS[name] = Fault(name, strike, databases, channels)
        return strike

    return register


@fault()
async def stopped(scene: Scene, dice: random.Random) -> None:
    """The whole process stands still (a paused machine, a swap storm), longer than its leases last."""
    scene.hub.signal(signal.SIGSTOP)
    await asyncio.sleep(dice.uniform(2, 6))
    scene.hub.signal(signal.SIGCONT)


@fault()
async def killed(scene: Scene, dice: random.Random) -> None:
    """SIGKILL at any moment at all; the scene starts it again."""
    await asyncio.sleep(dice.uniform(0, 0.3))
    scene.hub.signal(signal.SIGKILL)
    await scene.back_again()


@fault(databases=frozenset({POSTGRESQL}))
async def database_restarted(scene: Scene, dice: random.Random) -> None:
    """The server dies (immediate mode: no farewell to anybody), stays away for a while and comes back."""
    assert scene.cluster is not None
    await asyncio.to_thread(postgresql.stop, scene.cluster.data)
    await asyncio.sleep(dice.uniform(0, 4))
    await asyncio.to_thread(postgresql.restart, scene.cluster)


@fault()
async def database_locked(scene: Scene, dice: random.Random) -> None:
    """Somebody else holds the database: a backup, an administrator at a prompt."""
    seconds = dice.choice([1.5, 3, 12])  # 12 s is longer than the hub waits for a lock
    if scene.database.startswith(SQLITE):
        with closing(sqlite3.connect(urlsplit(scene.database).path, timeout=30, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(seconds)
            other.execute("ROLLBACK")
        return
    server = await asyncpg.connect(scene.database)
    async with server.transaction():
        await server.execute("LOCK TABLE counters IN ACCESS EXCLUSIVE MODE")
        await asyncio.sleep(seconds)
    await server.close()


@fault(databases=frozenset({SQLITE}))
async def disk_full(scene: Scene, dice: random.Random) -> None:
    """Nothing can be written any more: on a small disk of the scene's own where there is one, else by a file limit."""
    if scene.disk is not None:
        await _fill(scene.disk, dice.uniform(1, 4))
        return
    limit = resource.RLIMIT_FSIZE
    before = resource.prlimit(scene.hub.pid, limit)
    largest = max(path.stat().st_size for path in Path(urlsplit(scene.database).path).parent.glob("site.db*"))
    resource.prlimit(scene.hub.pid, limit, (min(largest, 65_536), before[1]))
    await asyncio.sleep(dice.uniform(1, 4))
    resource.prlimit(scene.hub.pid, limit, before)


async def _fill(disk: Path, seconds: float) -> None:
    ballast = disk / "ballast"
    descriptor = os.open(ballast, os.O_WRONLY | os.O_CREAT)
    try:
        for size in (1_000_000, 4096, 1):
            try:
                while True:
                    os.write(descriptor, bytes(size))
            except OSError:
                continue
        await asyncio.sleep(seconds)
    finally:
        os.close(descriptor)
        ballast.unlink()


@fault(databases=frozenset({SQLITE}))
async def write_fails(scene: Scene, dice: random.Random) -> None:
    """Now and then a write or an fsync comes back with an error of the disk's; strace says it in the kernel's place."""
    call, error = dice.choice([("pwrite64", "EIO"), ("pwrite64", "ENOSPC"), ("fdatasync", "EIO")])
    every = f"inject={call}:error={error}:when={dice.randint(2, 9)}+{dice.randint(5, 15)}"
    tracer = await asyncio.create_subprocess_exec(
        "strace", "-f", "-qq", "-o", os.devnull, "-p", str(scene.hub.pid), "-e", f"trace={call}", "-e", every
    )
    await asyncio.sleep(dice.uniform(1, 3))
    tracer.send_signal(signal.SIGINT)  # it lets go of the process and ends
    await tracer.wait()


@fault()
async def customer_reset_before_reply(scene: Scene, dice: random.Random) -> None:
    """The line breaks after the hub has stored a message and before its word arrives: it comes a second time."""
    await scene.cut(scene.inward, dice.randint(1, 4), before=True)


@fault()
async def customer_reset_after_reply(scene: Scene, dice: random.Random) -> None:
    """The line breaks right after the hub's word has arrived."""
    await scene.cut(scene.inward, dice.randint(1, 4), before=False)


@fault(channels=frozenset({"mail"}))
async def relay_reset_before_reply(scene: Scene, dice: random.Random) -> None:
    """The mail server takes the hub's mail, and its word for it is lost."""
    await scene.cut(scene.outward, dice.randint(1, 2), before=True)


@fault(channels=frozenset({"mail"}))
async def relay_reset_after_reply(scene: Scene, dice: random.Random) -> None:
    """The mail server says it has the mail, and the line is gone."""
    await scene.cut(scene.outward, dice.randint(1, 2), before=False)


@fault()
async def clock_stepped(scene: Scene, dice: random.Random) -> None:
    """The machine's clock jumps: an hour ahead, or a few seconds back as a time server does."""
    scene.step_clock(dice.choice([3600, 90, -5]))
    await asyncio.sleep(0.5)
