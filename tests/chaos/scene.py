"""A hub at work with its customers and an agent, kept going through one fault after another."""

from __future__ import annotations

import asyncio
import signal
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos import site
from tests.chaos.agent import Agent
from tests.chaos.customers import Customers, Mailers, Texters, Visitors
from tests.farside.processes import SmtpSink
from tests.farside.text_center import TextCenter
from tests.farside.wire import Wire
from tests.support.hub_process import HubProcess
from tests.support.ports import free_port
from tests.support.postgresql import Cluster
from tests.support.starting import Start, execute

CHANNELS, TEXT = ("mail", "chat"), "text"
DONE_WITHIN = 240.0
BATCH = 4
FAKETIME = "/usr/lib/*/faketime/libfaketimeMT.so.1"
# what the word sounds like by which a message is taken over
TAKEN = {"mail": b"250 2.0.0", "chat": b'"ack"', "text": b"\x80\0\0\5"}
RELAYED = b"queued"


@dataclass(slots=True)
class Scene:
    """The running parts. `inward` lies between customers and hub, `outward` between hub and mail relay.

    cluster   the PostgreSQL server that only this scene uses, when its faults may take it away
    disk      the folder of the database, where that is a small disk of its own
    fuses     crash points (`name:n`) still to come: each start of the hub takes the next
    crashed   those at which it has died
    """

    channel: str
    database: str
    folder: Path
    hub: HubProcess
    customers: Customers
    inward: Wire
    outward: Wire
    cluster: Cluster | None = None
    disk: Path | None = None
    fuses: deque[str] = field(default_factory=deque)
    crashed: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    deaths: int = 0
    _up: asyncio.Event = field(default_factory=asyncio.Event)

    async def crash_through(self, but: str = "") -> None:
        """Customers write until the hub has died at each of the points it was given, `but` one no message passes."""
        async with asyncio.timeout(DONE_WITHIN * (len(self.fuses) + 1)):
            while (fuse := self.hub.environment.get("HUB_CRASH_AT", "")) and fuse != but:
                await self.exchange(fuse.partition(":")[0], 1 if self.channel == TEXT else BATCH)

    async def exchange(self, name: str, count: int) -> None:
        """Customers say `count` things; returns when each is answered, or after long enough: the report will tell.
        `name` is what they stand for there."""
        tokens = [f"{name}.{self.channel}.{len(self.said) + number}" for number in range(count)]
        self.said += tokens
        with suppress(TimeoutError):
            async with asyncio.timeout(DONE_WITHIN):
                await self.customers.say(tokens)
                while set(tokens) - self.customers.heard().keys():  # noqa: ASYNC110  # a ledger tells no news
                    await asyncio.sleep(0.05)

    async def cut(self, wire: Wire, times: int, *, before: bool) -> None:
        """Break this wire at the next replies that take something over."""
        words = RELAYED if wire is self.outward else TAKEN[self.channel]
        cuts = wire.cuts + times
        wire.cut(words, times, before=before)
        with suppress(TimeoutError):
            async with asyncio.timeout(5):
                while wire.cuts < cuts:  # noqa: ASYNC110  # the wire counts, it does not tell
                    await asyncio.sleep(0.02)
        wire.left = 0

    def step_clock(self, seconds: float) -> None:
        """The hub's clock jumps by this much; what is monotonic stays so."""
        clock = self.folder / "clock"
        clock.write_text(f"{float(clock.read_text()) + seconds:+}")

    async def back_again(self) -> None:
        """Wait until the hub, which is dying, serves again."""
        deaths = self.deaths
        while self.deaths == deaths:  # noqa: ASYNC110  # whoever starts it again counts
            await asyncio.sleep(0.02)
        await self._up.wait()

    async def keep_alive(self) -> None:
        """Start the hub again whenever it has died, with the next fuse; until cancelled."""
        while True:
            code = await self.hub.ended()
            self._up.clear()
            fuse = self.hub.environment.pop("HUB_CRASH_AT", None)
            if fuse and code == -signal.SIGKILL:
                self.crashed.append(fuse)
            self.next_fuse()
            self.deaths += 1
            try:
                await self.hub.start()
            except AssertionError:
                if "HUB_CRASH_AT" not in self.hub.environment:
                    raise
                continue  # what it found in the store led it to its next crash point at once
            self._up.set()

    def next_fuse(self) -> None:
        """The next start of the hub is to end at the next crash point, if there is one left."""
        if self.fuses:
            self.hub.environment["HUB_CRASH_AT"] = self.fuses.popleft()


@asynccontextmanager
async def scene(
    channel: str,
    database: str,
    folder: Path,
    *,
    points: Sequence[str] = (),
    clock: bool = False,
    cluster: Cluster | None = None,
    disk: Path | None = None,
    begin: Start = execute,
) -> AsyncIterator[Scene]:
    """A scene at work; at the end everybody has gone home and the hub has ended. `points`: crash points (`name:n`) it
    will die at, each after the other; `clock`: its clock can be stepped (which makes it slow to read); `begin`: how it
    is started."""
    with SmtpSink(folder / "sink.jsonl") as sink:
        async with AsyncExitStack() as stack:
            outward = await stack.enter_async_context(Wire(lambda: sink.port))
            far = TextCenter(
                folder / "smsc.jsonl", ("--receipts", "none")
            )  # no kill but between one text and its reply
            center = stack.enter_context(far) if channel == TEXT else None
            site.write(folder, outward.port, center_port=center.port if center else 0)
            smtp = free_port()
            environment = {"HUB_SMTP_PORT": str(smtp), **(_clock(folder) if clock else {})}
            hub = HubProcess(folder, database, environment, begin=begin)
            inside = smtp if channel == "mail" else None
            inward = await stack.enter_async_context(Wire(lambda: inside or int(hub.http.rsplit(":", 1)[1])))
            customers = Texters(center) if center else _customers(channel, inward.port, sink, folder)
            made = Scene(channel, database, folder, hub, customers, inward, outward, cluster, disk, deque(points))
            made.next_fuse()
            await hub.start()
            workers = [made.keep_alive(), Agent("agent1", lambda: hub.http).work()]
            tasks = [asyncio.create_task(worker) for worker in workers]
            try:
                yield made
            finally:
                await customers.leave()
                await _end(*tasks)
                await hub.stop()


def _customers(channel: str, port: int, sink: SmtpSink, folder: Path) -> Customers:
    if channel == "mail":
        return Mailers(port, sink)
    return Visitors(f"http://127.0.0.1:{port}", folder / "visitors.jsonl")


def _clock(folder: Path) -> dict[str, str]:
    """What makes the hub read a clock we can move."""
    (folder / "clock").write_text("+0")
    library = next(Path("/").glob(FAKETIME[1:]))
    return {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(folder / "clock"),
        # Seconds a step may go unnoticed. Noticed at once, each look at the clock reads the file: half a core.
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


async def _end(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    for failure in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(failure, Exception):
            raise failure
