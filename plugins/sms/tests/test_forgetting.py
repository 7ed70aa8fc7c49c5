"""What is kept of single short messages goes when it is old, in pieces, and not before."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, func, select, update

import plugins.sms
from hub.testing import FakeContext
from plugins.sms.record import forgetting
from plugins.sms.record.tables import parts
from plugins.sms.tests.test_sending import LONG, Carrier, Office

DAY = 86_400


def age(sql: Connection, delivery: int, days: float) -> None:
    sql.execute(update(parts).where(parts.c.delivery_id == delivery).values(at=int(time.time() - days * DAY)))


async def held(context: FakeContext) -> list[int]:
    counted = select(parts.c.delivery_id, func.count()).group_by(parts.c.delivery_id).order_by(parts.c.delivery_id)
    return await context.store.read(lambda sql: [delivery for delivery, _ in sql.execute(counted)])


async def test_what_is_older_than_its_time_goes_and_the_next_day_is_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "AT_ONCE", 2)
    office = Office(Carrier())
    ages = {1: 400.0, 2: 366.0, 3: 365.1, 4: 364.9, 5: 0.0}
    for delivery, days in ages.items():
        await office.send(LONG, delivery)
        await office.context.store.write(partial(age, delivery=delivery, days=days))
    await plugins.sms.hub_timer(office.context, forgetting.TIMER, {})
    assert await held(office.context) == [4, 5]
    (planned,) = office.context.timers
    assert planned.name == planned.key == forgetting.TIMER
    assert timedelta(hours=23) < planned.at - datetime.now(UTC) < timedelta(hours=25)


async def test_a_site_that_starts_plans_it_once() -> None:
    context = FakeContext("sms")
    await plugins.sms.hub_start(context)
    await plugins.sms.hub_start(context)
    assert {timer.key for timer in context.timers} == {forgetting.TIMER}
