"""Who does not want to be written to any more is not dialled again, and the agent sees why."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from hub.api import Cause, NotConnected, Refusal
from plugins.fax.broadcast import rows
from plugins.fax.broadcast.numbers import Recipient
from plugins.fax.outgoing import jobs, sending
from plugins.fax.outgoing.made_ready import Ready
from plugins.fax.outgoing.schedule import Way
from plugins.fax.report import as_json
from plugins.fax.settings import T38
from plugins.fax.states import JobState
from plugins.fax.terminal.job import ALL_MODEMS
from plugins.fax.tests.test_sending import DEALER, ORDERS, Site

STOP = Refusal("The customer wants no faxes any more.", "DO_NOT_CONTACT")


@pytest.fixture
async def site(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    """The dealer's number is busy."""

    async def made_ready(*_: object) -> Ready:
        return Ready(b"II", Way(T38.AUTO, ALL_MODEMS))

    monkeypatch.setattr(sending, "made_ready", made_ready)
    found = Site(ORDERS)
    found.trunk.refuses = NotConnected(cause=Cause.BUSY)
    yield found
    await asyncio.gather(*found.channel.office._tasks)
    await found.channel.office.close()


async def test_before_each_later_attempt_the_vetoes_are_asked_again(site: Site) -> None:
    await site.put()
    work = site.channel.sending
    await work._attempt(ORDERS, await site.job())
    assert site.context.asked == [], "the hub had just asked"
    await work._attempt(ORDERS, await site.job())
    site.context.refusal = STOP
    await work._attempt(ORDERS, await site.job())
    job = await site.job()
    assert (job.state, job.attempts, len(site.trunk.dialled)) == (JobState.BLOCKED, 2, 2)
    asked = [(each.to.value, each.purpose, each.interaction_id, each.message_id) for each in site.context.asked]
    assert asked == [(DEALER, "reply", 3, 2)] * 2
    [(_, told)] = site.context.emitted
    assert json.loads(told.body)["code"] == "DO_NOT_CONTACT" and json.loads(told.body)["detail"] == STOP.reason
    assert as_json(job, [])["text"] == STOP.reason


async def test_a_first_attempt_that_had_to_wait_for_a_line_is_asked_about_too(site: Site) -> None:
    await site.put(due_at=datetime.now(UTC) - timedelta(hours=1), automatic=True)
    site.context.refusal = STOP
    await site.channel.sending._attempt(ORDERS, await site.job())
    assert ((await site.job()).state, site.trunk.dialled) == (JobState.BLOCKED, [])
    assert [(each.purpose, each.automatic) for each in site.context.asked] == [("notice", True)]


async def test_a_number_of_a_broadcast_that_may_not_be_dialled_again_says_so(site: Site) -> None:
    await site.put(due_at=datetime.now(UTC) - timedelta(hours=1))
    store, to = site.store.inner, [Recipient(DEALER)]
    made = await store.write(lambda conn: rows.create(conn, ORDERS.id, "Prices", "Su", [], "Page", to))
    row = await store.write(lambda conn: rows.begin_next(conn, made))
    assert row is not None
    await store.write(lambda conn: rows.given(conn, row["id"], 2))
    site.context.refusal = STOP
    await site.channel.sending._attempt(ORDERS, await site.job())
    await site.channel.broadcasts._look()
    [shown] = await store.read(lambda conn: rows.recipients_of(conn, made))
    assert (shown["state"], shown["code"], shown["text"]) == ("BLOCKED", "DO_NOT_CONTACT", STOP.reason)


async def test_one_that_was_blocked_may_be_sent_again_by_a_person(site: Site) -> None:
    await site.put(due_at=datetime.now(UTC) - timedelta(hours=1))
    site.context.refusal = STOP
    await site.channel.sending._attempt(ORDERS, await site.job())
    await site.put()
    assert (await site.job()).state is JobState.QUEUED and JobState.BLOCKED in jobs.AGAIN
