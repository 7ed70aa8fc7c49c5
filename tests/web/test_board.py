"""The queue board: what it counts, for whom, and how often it asks the database."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from hub.store import board
from hub.store.database import Store
from hub.store.tables import presence, queue_members, queues, segments, work
from hub.store.unit import Tx
from hub.web.brief import Brief
from tests.web.conversations import insert_account, insert_interaction, insert_queue
from tests.web.people import People

NOON = datetime.combine(datetime.now(UTC).date(), time(12), UTC)


class Site:
    """A queue of sales, its mail and its chat, to which a test adds what happened."""

    def __init__(self, store: Store, people: People, queue: int, account: int) -> None:
        self.store, self.people, self.queue, self.account = store, people, queue, account

    async def contact(self, medium: str = "VOICE", channel: str = "mail") -> int:
        sales, kind = self.people.ids.sales, {"medium": medium, "channel": channel, "state": "CLOSED"}
        return await self.store.write(lambda tx: insert_interaction(tx, self.account, self.queue, sales, **kind))

    async def waits(self, channel: str, seconds: int, state: str = "WAITING") -> None:
        since = NOON - timedelta(seconds=seconds)
        row = {"queue_id": self.queue, "medium": "VOICE", "channel": channel, "state": state}
        await self.put(work, **row, enqueued_at=since, created_at=since)

    async def went(
        self, outcome: str, seconds: int, medium: str = "VOICE", hours_ago: int = 1, channel: str = "mail"
    ) -> None:
        began, contact = NOON - timedelta(hours=hours_ago), await self.contact(medium, channel)
        row = {"interaction_id": contact, "kind": "QUEUE", "queue_id": self.queue, "state": "DONE", "outcome": outcome}
        await self.put(segments, **row, started_at=began, ended_at=began + timedelta(seconds=seconds))

    async def agent(self, login: str, state: str) -> int:
        user = self.people.ids.users[login]
        await self.put(presence, user_id=user, state=state, since=NOON)
        await self.put(queue_members, queue_id=self.queue, user_id=user)
        return user

    async def serve(self, **values: Any) -> None:
        await self.store.write(lambda tx: tx.conn.execute(update(queues).values(**values)))

    async def put(self, table: Any, **values: Any) -> None:
        await self.store.write(lambda tx: tx.conn.execute(insert(table).values(**values)))

    async def line(self) -> board.QueueLine:
        (line,) = (await self.store.read(lambda conn: board.scene(conn, NOON, board.Diary()))).queues
        return line


@pytest.fixture
async def site(people: People, store: Store) -> Site:
    def orders(tx: Tx) -> tuple[int, int]:
        queue = insert_queue(tx, people.ids.sales, "orders")
        return queue, insert_account(tx, queue, people.ids.sales)

    return Site(store, people, *await store.write(orders))


async def test_it_counts_what_waits_by_channel_and_how_long(site: Site) -> None:
    for channel, seconds in (("mail", 30), ("mail", 90), ("chat", 10)):
        await site.waits(channel, seconds)
    await site.waits("chat", 100, state="OFFERED")
    line = await site.line()
    assert (line.waiting, line.ringing, line.longest_wait_seconds) == (3, 1, 90)
    assert [(one.channel, one.waiting, one.longest_wait_seconds) for one in line.channels] == [
        ("chat", 1, 10),
        ("mail", 2, 90),
    ]


async def test_the_service_level_is_of_all_that_ended_and_have_a_target(site: Site) -> None:
    targets = [{"medium": "VOICE", "percent": 80, "seconds": 20}, {"medium": None, "percent": 90, "seconds": 3600}]
    await site.serve(routing={"targets": targets[:1]})
    for outcome, seconds in (("ANSWERED", 10), ("ANSWERED", 20), ("ANSWERED", 60), ("ABANDONED", 5), ("OVERFLOWED", 9)):
        await site.went(outcome, seconds)
    await site.went("ANSWERED", 900, "DEFERRED")
    today = (await site.line()).today
    assert (today.offered, today.answered, today.abandoned, today.overflowed) == (6, 4, 1, 1)
    assert (today.answered_in_target, today.service_level) == (2, 0.4)
    assert today.average_wait_seconds == pytest.approx((10 + 20 + 60 + 900) / 4)
    await site.serve(routing={"targets": targets})
    line = await site.line()
    assert (line.today.answered_in_target, line.today.service_level) == (3, 0.5)
    assert line.target is not None and (line.target.percent, line.target.seconds) == (90, 3600)


async def test_each_channel_has_its_own_level_and_the_target_of_its_medium(site: Site) -> None:
    targets = [{"medium": "VOICE", "percent": 80, "seconds": 20}, {"medium": None, "percent": 90, "seconds": 3600}]
    await site.serve(routing={"targets": targets})
    for outcome, seconds in (("ANSWERED", 10), ("ANSWERED", 60)):
        await site.went(outcome, seconds, "VOICE", channel="phone")
    await site.went("ANSWERED", 900, "DEFERRED")
    await site.waits("phone", 30)
    mail, phone = (await site.line()).channels
    assert (mail.channel, mail.medium, mail.waiting, mail.today.service_level) == ("mail", "DEFERRED", 0, 1.0)
    assert (phone.channel, phone.medium, phone.waiting, phone.today.service_level) == ("phone", "VOICE", 1, 0.5)
    assert (phone.today.average_wait_seconds, mail.today.average_wait_seconds) == (35, 900)
    assert [line.target and (line.target.percent, line.target.seconds) for line in (mail, phone)] == [
        (90, 3600),
        (80, 20),
    ]


async def test_without_a_target_or_a_contact_there_is_no_service_level(site: Site) -> None:
    assert (await site.line()).today.service_level is None
    await site.went("ANSWERED", 10)
    line = await site.line()
    assert (line.today.answered, line.today.service_level, line.target) == (1, None, None)


async def test_today_begins_at_the_queues_own_midnight(site: Site) -> None:
    await site.went("ANSWERED", 10, hours_ago=13)  # 23:00 yesterday in UTC, 07:00 today in Shanghai
    assert (await site.line()).today.offered == 0
    await site.serve(hours={"zone": "Asia/Shanghai", "week": {}})
    line = await site.line()
    assert (line.today.offered, line.is_open) == (1, False)


async def test_every_agent_is_counted_in_one_way(site: Site) -> None:
    for login, state in (("admin", "READY"), ("agent", "READY"), ("other", "NOT_READY"), ("head", "LOGGED_OUT")):
        await site.agent(login, state)
    user, contact = await site.agent("supervisor", "READY"), await site.contact()
    holds = {"queue_id": site.queue, "medium": "VOICE", "state": "ASSIGNED", "enqueued_at": NOON, "created_at": NOON}
    await site.put(work, **holds, user_id=user, interaction_id=contact)
    await site.put(work, **holds, user_id=site.people.ids.users["agent"])
    crew = (await site.line()).agents
    assert (crew.ready, crew.busy, crew.wrap_up, crew.not_ready, crew.logged_out) == (1, 2, 0, 1, 1)
    stretch = {"interaction_id": contact, "kind": "AGENT", "user_id": user, "state": "WRAP_UP", "started_at": NOON}
    await site.put(segments, **stretch)
    crew = (await site.line()).agents
    assert (crew.busy, crew.wrap_up) == (1, 1)


async def test_another_department_sees_neither_queue_nor_people_and_nobody_asks_twice_a_second(site: Site) -> None:
    await site.waits("mail", 5)
    await site.agent("agent", "READY")
    ours, theirs = await site.people.client("supervisor"), await site.people.client("head")
    seen = (await ours.get("/routing/board")).json()
    assert [line["key"] for line in seen["queues"]] == ["orders"] and seen["agents"]["ready"] == 1
    other = (await theirs.get("/routing/board")).json()
    assert other["queues"] == [] and other["agents"]["ready"] == 0
    assert other["at"] == seen["at"], "both were answered from one reading"


async def test_who_asks_after_an_event_never_gets_what_was_before_it() -> None:
    asked: list[float] = []
    clock = asyncio.get_running_loop().time
    kept = Brief[int](0.05, clock)

    async def fetch() -> int:
        asked.append(clock())
        return len(asked)

    assert [await kept.get(fetch, seen) for seen in (1, 1, 2, 2)] == [1, 1, 2, 2]
    assert asked[1] - asked[0] >= 0.05, "and still no more often"
