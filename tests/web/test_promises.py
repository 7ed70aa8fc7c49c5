"""What is promised stands until it is kept: against letters, against who was faster, against other departments."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import select, text

from hub.api import Account, Address, AnyAccount, Capabilities, Medium
from hub.model.errors import Conflict, TooMany
from hub.model.states import CallbackState, InteractionState
from hub.pipeline.directory import Directory
from hub.pipeline.promises import attempts, call_me, callback, missed
from hub.pipeline.promises.call_me import Line
from hub.plugin.discovery import Plugins
from hub.plugin.hooks import Hooks
from hub.plugin.isolation import IsolatedChannel
from hub.plugin.registry import Registry
from hub.plugin.topics import Topics
from hub.store import callbacks, interactions, work
from hub.store.database import Store
from hub.store.rows import Row
from hub.store.tables import accounts, timers
from hub.store.tables import callbacks as promises
from hub.store.unit import Tx
from hub.web.services import Services
from tests.web.conversations import insert_account, insert_interaction, insert_queue
from tests.web.people import People

CAN = Capabilities(Medium.VOICE, live=True, can_start=True, start_scheme="toy", calls=True)
HOUR = timedelta(hours=1)


class Lines(Directory):
    """Every account of the site can call toys."""

    async def refresh(self) -> None:
        rows = await self._store.read(lambda conn: conn.execute(select(accounts)).mappings().all())
        self._rows = {row["id"]: dict(row) for row in rows}
        self._accounts = {number: account_of(row) for number, row in self._rows.items()}

    def calling(self) -> list[AnyAccount]:
        return list(self._accounts.values())

    def channel_of(self, account: AnyAccount) -> IsolatedChannel:
        return cast("IsolatedChannel", Voice())


class Voice:
    """As far as it is looked at here."""

    capabilities = CAN


@pytest.fixture
def services(store: Store) -> Services:
    """A site whose accounts carry calls."""
    registry = Registry(Plugins(), Hooks(Plugins()))
    return Services(store, registry, Lines(store, registry.channels), Topics("test"))


async def test_a_call_is_promised_from_an_account_of_who_promises_it(
    people: People, services: Services, store: Store
) -> None:
    def of_both(tx: Tx) -> int:
        for_service = insert_queue(tx, people.ids.service, "service")
        insert_account(tx, for_service, people.ids.service)
        return insert_account(tx, insert_queue(tx, people.ids.sales, "sales"), people.ids.sales)

    own = await store.write(of_both)
    await services.directory.refresh()
    agent = await people.client("agent")
    to = {"scheme": "toy", "value": "bear"}
    assert (await agent.post("/callbacks", json={"to": to, "until": "2020-01-01T00:00:00Z"})).status_code == 422
    assert (await agent.post("/callbacks", json={"to": to})).status_code == 201
    [promise] = await store.read(lambda conn: conn.execute(select(promises)).mappings().all())
    assert (promise["account_id"], promise["department_id"]) == (own, people.ids.sales)


async def test_what_is_only_written_leaves_standing_what_it_may_confirm(store: Store) -> None:
    def states(tx: Tx) -> list[tuple[str, str]]:
        line = line_of(tx)
        before = promise(tx, line, "one", None)
        chat = spoken_with(tx, "one", connected_at=tx.now - HOUR)
        later = promise(tx, line, "one", tx.now + HOUR, queue=insert_queue(tx, None, "later"))
        meanwhile = promise(tx, line, "one", None, queue=insert_queue(tx, None, "meanwhile"))
        for number in (before, later):
            age(tx, number)
        missed.contacted(tx, chat, None, written=True)
        written = [state(tx, number) for number in (before, later, meanwhile)]
        missed.contacted(tx, chat, None)
        return list(zip(written, [state(tx, number) for number in (before, later, meanwhile)], strict=True))

    gone, later, meanwhile = await store.write(states)
    assert gone == ("CANCELLED", "CANCELLED")
    assert later == ("PLANNED", "CANCELLED"), "who was spoken to needs no other call"
    assert meanwhile == ("WAITING", "CANCELLED")


async def test_a_promise_whose_call_was_lost_stands_in_nobodys_way(store: Store) -> None:
    def lost(tx: Tx) -> tuple[list[str], int]:
        line = line_of(tx)
        number = promise(tx, line, "bear", None)
        call = spoken_with(tx, "bear", state=InteractionState.FAILED)
        found = callbacks.get(tx.conn, number)
        assert found is not None
        callbacks.move(tx, found, CallbackState.DIALING, call_id=call["id"])
        asked_again = promise(tx, line, "bear", None)
        after = [state(tx, number)]
        callbacks.move(tx, found, CallbackState.DIALING, call_id=call["id"])
        callback.cancel(tx, 1, number)
        return [*after, state(tx, number)], asked_again - number

    assert await store.write(lost) == (["PLANNED", "CANCELLED"], 0)


async def test_who_withholds_their_number_waits_on(store: Store) -> None:
    def withheld(tx: Tx) -> tuple[bool, dict[str, Any]]:
        account = insert_account(tx, queue := insert_queue(tx, None, "desk"), None)
        made = insert_interaction(tx, account, queue, None, reply_to={"scheme": "tel", "value": "anonymous"})
        found = work.queue(tx.conn, queue)
        assert found is not None
        row = {"kind": "interaction", "interaction_id": made, "medium": "VOICE", "channel": "toy"}
        waiting = work.get(tx.conn, work.enqueue(tx, found, row))
        assert waiting is not None
        with pytest.raises(Conflict):
            callback.ask(tx, interactions.locked(tx, made))
        kept = callback.promise(tx, waiting)
        return kept, dict((work.get(tx.conn, waiting["id"]) or {})["payload"])

    assert await store.write(withheld) == (False, {})


async def test_strangers_do_not_fill_a_queue_with_promises(store: Store) -> None:
    def crowd(tx: Tx) -> None:
        line = line_of(tx)
        first = [call_me.request(tx, line, wish(name), most=2) for name in ("one", "two")]
        with pytest.raises(TooMany):
            call_me.request(tx, line, wish("three"), most=2)
        assert call_me.request(tx, line, wish("one"), most=2) == first[0], "who was promised it is told so"
        call_me.request(tx, line, wish("three"))

    await store.write(crowd)


async def test_an_agent_whose_phone_cannot_be_answered_is_asked_three_times_and_then_there_is_a_pause(
    store: Store,
) -> None:
    def states(tx: Tx) -> list[str]:
        number, seen = promise(tx, line_of(tx), "bear", None), []
        for _ in range(attempts.UNREACHABLE):
            found = callbacks.get(tx.conn, number)
            assert found is not None
            dialled = callbacks.move(tx, found, CallbackState.DIALING)
            attempts.missed(tx, dialled, attempts.tried(tx, 1, attempts.AGENT_UNREACHABLE))
            seen.append(state(tx, number))
        counted = callbacks.get(tx.conn, number)
        assert counted is not None and counted["attempts"] == 0
        return seen

    assert await store.write(states) == ["WAITING", "WAITING", "PLANNED"]


async def test_a_contact_and_a_promise_that_comes_due_settle_it_one_after_the_other(
    postgresql_url: str, tmp_path: Path
) -> None:
    """Two nodes: what one read before the other's commit is read again."""
    node = await Store.open(postgresql_url, key_file=tmp_path / "site.key")
    other = await Store.open(postgresql_url, key_file=tmp_path / "site.key", node="other")
    number, chat = await node.write(planned)
    due = asyncio.Event()

    def comes_due(tx: Tx) -> None:
        attempts.due(tx, number)
        due.set()
        while not tx.conn.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar():
            pass

    first = asyncio.create_task(node.write(comes_due))
    await due.wait()
    await other.write(lambda tx: missed.contacted(tx, interactions.get(tx.conn, chat) or {}, None))
    await first
    assert await node.read(work.all_open) == [], "the work it became goes with it"
    assert await node.read(lambda conn: (callbacks.get(conn, number) or {})["state"]) == "CANCELLED"
    await node.close()
    await other.close()


def planned(tx: Tx) -> tuple[int, int]:
    number = promise(tx, line_of(tx), "bear", tx.now + HOUR)
    tx.conn.execute(timers.delete())
    return number, spoken_with(tx, "bear", connected_at=tx.now)["id"]


def line_of(tx: Tx) -> Line:
    number = insert_account(tx, insert_queue(tx, None, "desk"), None)
    row = dict(tx.conn.execute(select(accounts).where(accounts.c.id == number)).mappings().one())
    return Line(account_of(row), row, CAN)


def account_of(row: Row) -> AnyAccount:
    return Account(row["id"], None, row["channel"], row["name"], Address(row["scheme"], row["address"]), None)


def wish(name: str, at: Any = None) -> callback.Wish:
    return callback.Wish(Address("toy", name), at)


def promise(tx: Tx, line: Line, name: str, at: Any, queue: int | None = None) -> int:
    return call_me.request(tx, line, wish(name, at), queue_id=queue)


def spoken_with(tx: Tx, name: str, **values: Any) -> Row:
    """A conversation with whom the promise is for."""
    [promised, *_] = tx.conn.execute(select(promises)).mappings().all()
    of = {"identity_id": promised["identity_id"], "channel": "toy", "medium": "LIVE_TEXT"}
    return interactions.create(tx, {**of, "account_id": promised["account_id"], **values})


def age(tx: Tx, number: int) -> None:
    """It was made yesterday."""
    made = promises.update().where(promises.c.id == number)
    tx.conn.execute(made.values(created_at=tx.now - 24 * HOUR))


def state(tx: Tx, number: int) -> str:
    found = callbacks.get(tx.conn, number)
    assert found is not None
    return str(found["state"])
