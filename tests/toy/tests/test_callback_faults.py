"""A call-back that cannot be made now, or was broken off, neither holds its agent nor is forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from hub.api import CallMe, Event, HandOver, Json, Prompt
from hub.pipeline import conclude, offer
from hub.pipeline.promises import dialling
from hub.pipeline.promises.dialling import Dialler
from hub.plugin.hooks import Hooks
from hub.store.database import Store
from hub.store.tables import callbacks, interactions, queues, work
from hub.store.work import load_of
from tests.toy.tests.exchange import Exchange
from tests.toy.tests.phones import Phones
from tests.toy.tests.test_callbacks import dialled, to, went
from tests.toy.tests.test_flow_steps import Told

pytestmark = pytest.mark.slow


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What the record says on either is shown with those who are called."""
    return sqlite_url


@pytest.fixture
async def house(database_url: str, tmp_path: Path, exchange: Exchange) -> AsyncIterator[Phones]:
    async with Phones(database_url, tmp_path, exchange, flow="told", channel="toy_phone") as running:
        running.site.registry.flows["told"] = Told(HandOver(), HandOver())
        yield running


async def test_a_call_that_is_closed_while_it_rings_was_an_attempt(house: Phones) -> None:
    await went(house)
    await dialled(house)
    call = (await house.rows(interactions))[-1]
    await house.store.write(lambda tx: conclude.close(tx, house.ann, call["id"]))
    [promise] = await house.rows(callbacks)
    assert (promise["state"], promise["attempts"], promise["tries"][0]["result"]) == ("PLANNED", 1, "agent")
    await free(house)


async def test_what_an_agent_takes_and_nobody_may_call_now_lets_go_of_them(house: Phones) -> None:
    other_day = (datetime.now(UTC) + timedelta(days=3)).strftime("%a").lower()
    rarely = {"zone": "UTC", "week": {other_day: ["09:00-10:00"]}}
    await house.ready()
    held = await taken(house, "bear")
    await house.store.write(lambda tx: tx.conn.execute(queues.update().values(hours=rarely)))
    assert await settled(house, held, "PLANNED", attempts=0, work_id=None), "until it opens"

    await house.store.write(lambda tx: tx.conn.execute(queues.update().values(hours={})))
    held = await taken(house, "wolf")
    await altered(house, until=datetime.now(UTC) - timedelta(hours=1))
    assert await settled(house, held, "NOT_REACHED"), "it is too late"

    held = await taken(house, "fox")
    await altered(house, to={"scheme": "toy", "value": "anonymous"})
    assert await settled(house, held, "NOT_REACHED"), "this is no number"
    assert house.commands("place") == []

    held = await taken(house, "deer")
    before = [row["id"] for row in await house.rows(interactions)]
    own = await house.places("hare")
    await house.site.dialler.hold(held)
    await house.until("work.requeued")
    assert [row["id"] for row in await house.rows(interactions)] == [*before, own], "no call that nobody makes"


async def test_who_withholds_their_number_is_not_let_go_of(house: Phones) -> None:
    house.site.registry.flows["told"] = Told(HandOver(), HandOver((Prompt("We call you."),), callback=True))
    await house.exchange.say("say", text="Ring", **{"from": "anonymous"})
    await house.told("waiting")
    [row] = await house.rows(work)
    assert (row["state"], row["payload"], await house.rows(callbacks)) == ("WAITING", {}, [])


async def test_a_look_that_failed_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialling, "AGAIN", 0.01)
    store = Flaky()
    dialler = Dialler(cast("Store", store), cast("Any", Lines()), cast("Hooks", None))
    await dialler.hold([1])
    await asyncio.wait_for(store.asked_again.wait(), 5)
    await dialler.close()


class Flaky:
    """Its first answer is a fault."""

    def __init__(self) -> None:
        self.times = 0
        self.asked_again = asyncio.Event()

    async def read(self, _work: Callable[..., Any]) -> list[Any]:
        self.times += 1
        if self.times == 1:
            raise ConnectionResetError("the database is away")
        self.asked_again.set()
        return []


class Lines:
    """One account that carries calls."""

    connection_id = 1

    def calling(self) -> list[Any]:
        return [self]


async def taken(house: Phones, name: str) -> Collection[int]:
    """Ann has taken the work to call them, and no node has looked yet; what is to be held again."""
    held = house.site.dialler.held
    await house.site.dialler.hold(())
    await house.site.core.call_back(CallMe(to(name)), None, "")
    made = (await house.rows(work))[-1]
    created = await house.until("offer.created", lambda event: event.data["work"] == made["id"])
    await house.store.write(lambda tx: offer.accept(tx, house.ann, int(str(created.data["offer"]))))
    return held


async def altered(house: Phones, **values: Any) -> None:
    """The last promise says something else."""
    [*_, last] = await house.rows(callbacks)
    this = callbacks.update().where(callbacks.c.id == last["id"])
    await house.store.write(lambda tx: tx.conn.execute(this.values(**values)))


async def settled(house: Phones, held: Collection[int], state: str, **wanted: Any) -> bool:
    """As soon as a node holds the line the last promise is in this state, and Ann is free."""
    await house.site.dialler.hold(held)
    [*_, last] = await house.rows(callbacks)
    change = (last["id"], "WAITING", state)
    await house.until("callback.state", lambda event: said(event) == change)
    await free(house)
    [*_, last] = await house.rows(callbacks)
    return all(last[name] == value for name, value in wanted.items())


def said(event: Event) -> tuple[Json, Json, Json]:
    return event.data["callback"], event.data["previous"], event.data["state"]


async def free(house: Phones) -> None:
    """Ann holds nothing."""
    assert not any((await house.store.read(lambda conn: load_of(conn, house.ann.user_id))).values())
