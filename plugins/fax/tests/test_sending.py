"""What goes wrong while a fax is sent: it always comes to an end, and to the right one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, cast

import pytest
from sqlalchemy import Connection

import plugins.fax
from hub.api import (
    Account,
    Address,
    AnyAccount,
    Line,
    NotConnected,
    Overloaded,
    PluginStore,
    SendError,
    Unreachable,
)
from hub.testing import FakeContext
from plugins.fax import office
from plugins.fax.channel import FaxChannel
from plugins.fax.log_book import Call
from plugins.fax.outgoing import jobs, sending
from plugins.fax.outgoing.attempt import Outcome
from plugins.fax.outgoing.jobs import Job
from plugins.fax.outgoing.made_ready import Ready
from plugins.fax.outgoing.schedule import Way
from plugins.fax.settings import T38, FaxAccount, FaxSettings
from plugins.fax.states import JobState
from plugins.fax.terminal.job import ALL_MODEMS

T = TypeVar("T")
DEALER = "+8613800138000"
ORDERS: AnyAccount = Account(1, 7, "fax", "Orders", Address("tel", "+861058880001"), FaxAccount())


class Quiet:
    """A line on which nothing is said."""

    caller = Address("tel", DEALER)

    async def end(self) -> None: ...


@dataclass
class Trunk:
    """Telephony that answers, or `refuses`."""

    refuses: SendError | None = None
    dialled: list[str] = field(default_factory=list)

    async def place(self, account: AnyAccount, to: Address, *, caller: str = "", seconds: float = 60, key: str) -> Line:
        self.dialled.append(to.value)
        if self.refuses is not None:
            raise self.refuses
        return cast("Line", Quiet())


@dataclass
class Shaky:
    """A database; `away` says how many of the next questions, or writes, it does not answer."""

    inner: PluginStore
    reads_away: int = 0
    writes_away: int = 0
    written: asyncio.Event = field(default_factory=asyncio.Event)

    async def read(self, work: Callable[[Connection], T]) -> T:
        if self.reads_away:
            self.reads_away -= 1
            raise Overloaded
        return await self.inner.read(work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        if self.writes_away:
            self.writes_away -= 1
            raise Overloaded
        self.written.set()
        return await self.inner.write(work)


class Site:
    """One, with nothing but this plugin."""

    def __init__(self, *accounts: AnyAccount) -> None:
        self.context = FakeContext("fax", FaxSettings(), accounts=accounts, migrations=plugins.fax.hub_migrations())
        self.store = Shaky(self.context.store)
        self.context.store = self.store
        self.trunk = Trunk()
        self.context.services.append(self.trunk)
        self.channel = FaxChannel(self.context)

    async def put(self, **more: Any) -> None:
        now = datetime.now(UTC)
        values = {
            "delivery_id": 1, "message_id": 2, "interaction_id": 3, "account_id": ORDERS.id, "number": DEALER,
            "pages": 1, "on_call": False, "recipient_id": None, "due_at": now,
            "give_up_at": now + timedelta(hours=1), **more,
        }  # fmt: skip
        me = self.channel.office.me
        await self.store.inner.write(lambda c: jobs.put(c, me, now, {**values, "document": jobs.keep(c, b"II", 1)}))

    async def job(self) -> Job:
        found = await self.store.inner.read(lambda conn: jobs.find(conn, 1))
        assert found is not None
        return found

    async def until(self, state: JobState) -> Job:
        return await self.until_it(lambda job: job.state is state)

    async def until_it(self, is_so: Callable[[Job], bool]) -> Job:
        while not is_so(job := await self.job()):
            self.store.written.clear()
            await self.store.written.wait()
        return job

    def receipts(self) -> list[str]:
        return [json.loads(raw.body)["state"] for _, raw in self.context.emitted]


@asynccontextmanager
async def at_work(site: Site) -> AsyncIterator[None]:
    running = asyncio.create_task(site.channel.sending.run())
    try:
        async with asyncio.timeout(20):
            yield
        assert not running.done()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await site.channel.office.close()


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(sending, "NOT_HERE", timedelta(hours=1))
    monkeypatch.setattr(office, "AGAIN_AFTER", 0.01)

    async def made_ready(*_: object) -> Ready:
        return Ready(b"II", Way(T38.AUTO, ALL_MODEMS))

    monkeypatch.setattr(sending, "made_ready", made_ready)


def all_pages_go(
    site: Site, monkeypatch: pytest.MonkeyPatch, *, away: int = 0, wait: Callable[[], Awaitable[Any]] | None = None
) -> None:
    """After `wait`; and the database is away the moment they have gone."""

    async def sent(*_: object) -> Outcome:
        if wait is not None:
            await wait()
        site.store.reads_away = site.store.writes_away = away
        call = Call(ORDERS.id, "OUT", DEALER, datetime.now(UTC), 1.0, ok=True, code="OK", text="", message_id=2)
        return Outcome(None, "OK", "", call)

    monkeypatch.setattr(sending, "sent", sent)


async def test_pages_that_went_are_delivered_though_the_database_is_away_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = Site(ORDERS)
    all_pages_go(site, monkeypatch, away=3)
    await site.put()
    async with at_work(site):
        await site.until(JobState.DELIVERED)
    assert site.receipts() == ["DELIVERED"]


async def test_what_ends_in_a_way_nobody_foresaw_is_unknown_and_no_line_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def breaks(*_: object) -> Outcome:
        raise RuntimeError("who would have thought")

    site = Site(ORDERS)
    monkeypatch.setattr(sending, "sent", breaks)
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=0.1))
    await site.put()
    async with at_work(site):
        await site.until(JobState.UNKNOWN)
    assert site.receipts() == ["UNKNOWN"] and [what for what, _ in site.context.faults] == ["fax"]


async def test_a_fax_on_a_call_is_judged_also_when_the_call_is_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    site, begun, over = Site(ORDERS), asyncio.Event(), asyncio.Event()

    async def going() -> None:
        begun.set()
        await over.wait()

    all_pages_go(site, monkeypatch, wait=going)
    await site.put(on_call=True, due_at=datetime.now(UTC) + timedelta(hours=1))
    line = cast("Line", Quiet())
    async with at_work(site):
        job = await site.channel.sending.claimed(ORDERS, line)
        assert job is not None
        call = asyncio.create_task(site.channel.sending.on_this_call(ORDERS, job, line))
        await begun.wait()
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        over.set()
        await site.until(JobState.DELIVERED)


async def test_a_trunk_that_is_not_here_is_left_to_the_node_that_has_it() -> None:
    site = Site(ORDERS)
    site.trunk.refuses = Unreachable("the connection is not at work here")
    await site.put()
    async with at_work(site):
        await site.until_it(lambda job: bool(site.trunk.dialled) and job.state is JobState.QUEUED)
        now = datetime.now(UTC)
        other = await site.store.inner.read(lambda conn: jobs.due(conn, "other", now, {ORDERS.id: 1}))
        assert [(job.delivery_id, job.attempts) for job in other] == [(1, 0)]
        assert await site.store.inner.read(lambda conn: jobs.due(conn, "other", now, {})) == []
    assert len(site.trunk.dialled) == 1


@pytest.mark.parametrize(("accounts", "receipts"), [([ORDERS], ["FAILED"]), ([], [])], ids=["", "switched off"])
async def test_after_its_time_it_has_failed_whatever_kept_it(accounts: list[AnyAccount], receipts: list[str]) -> None:
    site = Site(*accounts)
    await site.put(give_up_at=datetime.now(UTC) - timedelta(days=2))
    async with at_work(site):
        job = await site.until(JobState.FAILED)
    assert (job.code, site.trunk.dialled, site.receipts()) == ("TOO_LATE", [], receipts)


async def test_a_look_that_fails_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site(ORDERS)
    site.store.reads_away = 2
    all_pages_go(site, monkeypatch)
    await site.put()
    async with at_work(site):
        await site.until(JobState.DELIVERED)


async def test_the_channel_outlives_a_failure_of_its_background_work(monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site(ORDERS)
    [before] = plugins.fax.hub_channels(site.context)
    assert isinstance(before, FaxChannel)
    site.channel = before

    async def breaks() -> None:
        raise RuntimeError("once")

    with monkeypatch.context() as patched:
        patched.setattr(before.sending, "run", breaks)
        with pytest.raises(ExceptionGroup):
            await plugins.fax.hub_start(site.context)
    assert plugins.fax.hub_services(site.context) == [before]
    again = asyncio.create_task(plugins.fax.hub_start(site.context))
    site.trunk.refuses = NotConnected()
    await site.put()
    async with asyncio.timeout(20):
        await site.until_it(lambda _: bool(site.trunk.dialled))
    again.cancel()
    await asyncio.gather(again, return_exceptions=True)
    [after] = plugins.fax.hub_channels(site.context)
    assert after is not before
