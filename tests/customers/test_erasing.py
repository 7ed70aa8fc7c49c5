"""A customer who is erased leaves nothing behind: not in the core, and not in a plugin that was away at the time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Connection, Table, insert, select, text, update

from hub.api import Address, Attachment
from hub.model.errors import Conflict, NotFound
from hub.model.tickets import NewTicket
from hub.pipeline.erasing import Forgetting
from hub.plugin.hooks import Hooks
from hub.plugin.record import PluginState
from hub.store import audit, blobs, customer_lists, erasing, interactions, merges, messages, tickets
from hub.store.database import Store
from hub.store.identities import find_or_create_by_identity, normalised
from hub.store.search_schema import INDEXES
from hub.store.tables import (
    assets,
    callbacks,
    deliveries,
    drafts,
    events,
    metadata,
    offers,
    parties,
    raws,
    threads,
    voicemails,
    work,
)
from hub.store.unit import Tx
from tests.customers.desk import addresses, customer, shown, supervisor
from tests.plugin.doubles import ACCOUNT, plugin_object, site
from tests.web.conversations import insert_account, insert_interaction, insert_queue

WORD = "kingfisher"  # stands in whatever is known of the customer
NUMBER, MAIL = "+8613912345678", f"{WORD}@customers.test"
KEPT = {"customers", "messages"}  # tables of which rows stay, emptied


async def known(store: Store) -> tuple[int, int]:
    """A customer of whom everything is known that can be; and one of their conversations."""
    whose = await customer(
        store, WORD, ("mailto", MAIL), ("tel", NUMBER), notes=WORD, attributes={"pet": WORD}, language="zh"
    )
    return whose, await store.write(lambda tx: conversation(tx, whose))


def conversation(tx: Tx, whose: int) -> int:
    queue = insert_queue(tx, None, f"queue-{whose}")
    account = insert_account(tx, queue, None)
    own = make(tx, assets, customer_id=whose, label=WORD, fields={"name": WORD}, created_at=tx.now, updated_at=tx.now)
    ticket = tickets.create_ticket(tx, None, NewTicket(WORD, customer_id=whose, asset_id=own, fields={"nest": WORD}))
    tickets.change_ticket(tx, None, ticket, {"subject": f"{WORD}s", "status": "OPEN"})
    place = {"scheme": "mailto", "value": MAIL, "name": WORD}
    words: dict[str, Any] = {"subject": WORD, "thread": WORD, "reply_to": place, "attributes": {"name": WORD}}
    made = insert_interaction(
        tx, account, queue, None, customer_id=whose, ticket_id=ticket, state="CLOSED", closed_at=tx.now, **words
    )
    said(tx, made, account)
    beside(tx, made, queue, place)
    return made


def said(tx: Tx, interaction: int, account: int) -> None:
    """A message each way, with the bytes it came as, and files."""
    raw = make(tx, raws, channel="toy", account_id=account, body=WORD.encode(), meta={"from": MAIL}, state="DONE",
               received_at=tx.now)  # fmt: skip
    row, words = interactions.locked(tx, interaction), {"text": WORD, "html": WORD, "quoted": WORD, "author": WORD}
    came = messages.add(tx, row, messages.INBOUND, {**words, "fields": {"subject": WORD}, "raw_id": raw})
    went = messages.add(tx, row, messages.OUTBOUND, {**words, "author": "Sun"})
    for message in (came, went):
        blobs.attach(tx, message["id"], Attachment(f"{WORD}.txt", "text/plain", f"a {WORD}".encode()))
    make(tx, deliveries, message_id=went["id"], interaction_id=interaction, account_id=account, state="SENT",
         recipient={"value": MAIL}, error=WORD, due_at=tx.now, updated_at=tx.now)  # fmt: skip
    make(tx, voicemails, message_id=came["id"], interaction_id=interaction, transcript=WORD, created_at=tx.now,
         closed_at=tx.now)  # fmt: skip


def beside(tx: Tx, interaction: int, queue: int, place: dict[str, str]) -> None:
    """What hangs on a conversation."""
    user = tx.conn.execute(text("SELECT min(id) FROM users")).scalar_one()
    held = make(tx, work, interaction_id=interaction, queue_id=queue, state="DONE", payload={"to": place},
                requirement={"who": WORD}, enqueued_at=tx.now, created_at=tx.now, ended_at=tx.now)  # fmt: skip
    make(tx, offers, work_id=held, interaction_id=interaction, user_id=user, explanation={"when": WORD},
         created_at=tx.now, expires_at=tx.now, ended_at=tx.now)  # fmt: skip
    make(tx, callbacks, interaction_id=interaction, queue_id=queue, to=place, tries=[{"words": WORD}],
         enqueued_at=tx.now, created_at=tx.now, updated_at=tx.now, ended_at=tx.now)  # fmt: skip
    make(tx, parties, interaction_id=interaction, kind="OUTSIDE", address=place, by_id=user, created_at=tx.now,
         expires_at=tx.now, ended_at=tx.now)  # fmt: skip
    for table, row in (
        (threads, {"scope": "toy", "key": WORD}),
        (drafts, {"user_id": user, "content": {"text": WORD}, "updated_at": tx.now}),
    ):
        tx.conn.execute(insert(table).values(interaction_id=interaction, **row))


def make(tx: Tx, table: Table, **values: Any) -> int:
    return int(tx.conn.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())


def telling(conn: Connection) -> set[str]:
    """The tables that still say something of them, the search index among them."""
    found = {table.name for table in metadata.sorted_tables if tells(conn.execute(select(table)).all())}
    indexes = {str(index.name): conn.execute(select(index.c.tokens)).scalars().all() for index in INDEXES.values()}
    return found | {name for name, rows in indexes.items() if tells(rows)}


def tells(rows: Sequence[object]) -> bool:
    written = repr(rows).lower()
    return any(word in written for word in (WORD, NUMBER, NUMBER[3:]))


async def test_nothing_anywhere_tells_of_who_was_erased(store: Store) -> None:
    sun = await supervisor(store)
    whose, interaction = await known(store)
    before = await store.read(telling)
    assert before >= {"customers", "identities", "messages", "blobs", "raws", "ticket_history", "drafts", "voicemails"}
    assert before >= {str(index.name) for index in INDEXES.values()} and len(before) >= 19
    await store.write(lambda tx: erasing.erase_customer(tx, sun, whose, ()))
    assert await store.read(telling) == set()
    with pytest.raises(NotFound):
        await shown(store, sun, whose)
    row = await store.read(lambda conn: interactions.get(conn, interaction))
    assert row is not None and (row["customer_id"], row["state"]) == (None, "CLOSED"), "that it was, stays"


async def test_the_log_and_the_audit_say_that_it_was_done(store: Store) -> None:
    sun, (whose, _) = await supervisor(store), await known(store)
    await store.write(lambda tx: erasing.erase_customer(tx, sun, whose, (), "192.0.2.1"))
    last = select(events.c.type, events.c.customer_id).order_by(events.c.seq.desc()).limit(1)
    assert tuple(await store.read(lambda conn: conn.execute(last).one())) == ("customer.erased", whose)
    line = (await store.read(lambda conn: audit.entries(conn, "", 1))).items[0]
    assert (line.action, line.target_id, line.client) == ("customer.erased", whose, "192.0.2.1")


async def test_what_is_open_is_closed_first(store: Store) -> None:
    sun, (whose, interaction) = await supervisor(store), await known(store)
    await store.write(
        lambda tx: tx.conn.execute(text(f"UPDATE interactions SET closed_at = NULL WHERE id={interaction}"))
    )
    await store.write(lambda tx: tx.conn.execute(text("UPDATE deliveries SET state = 'PENDING'")))
    with pytest.raises(Conflict) as refused:
        await store.write(lambda tx: erasing.erase_customer(tx, sun, whose, ("toy",)))
    assert refused.value.data == {"interactions": 1, "messages": 1, "callbacks": 0, "voicemails": 0, "tasks": 0}
    assert (await shown(store, sun, whose)).name == WORD
    assert await store.read(erasing.promised) == []


async def test_an_answer_they_are_owed_is_seen_to_first(store: Store) -> None:
    """Emptied, it would wait for ever: nobody could tell whom to answer, and no contact would settle it."""
    sun, (whose, interaction) = await supervisor(store), await known(store)
    its = work.c.interaction_id == interaction
    owed = update(work).where(its).values(kind="missed", state="WAITING", ended_at=None)
    await store.write(lambda tx: tx.conn.execute(owed))
    with pytest.raises(Conflict) as refused:
        await store.write(lambda tx: erasing.erase_customer(tx, sun, whose, ()))
    assert refused.value.data == {"interactions": 0, "messages": 0, "callbacks": 0, "voicemails": 0, "tasks": 1}


async def test_those_who_became_one_are_erased_as_one(store: Store) -> None:
    sun = await supervisor(store)
    kept, gone = await customer(store, "Ann", ("mailto", "ann@a.test")), await customer(store, "Annie")
    await store.write(lambda tx: merges.merge_customers(tx, sun, kept, gone))
    with pytest.raises(NotFound):
        await store.write(lambda tx: erasing.erase_customer(tx, sun, gone, ()))
    await store.write(lambda tx: erasing.erase_customer(tx, sun, kept, ("sms",)))
    assert {promise.customer_id for promise in await store.read(erasing.promised)} == {kept, gone}
    assert (await store.read(merges.list_merges)).items == []
    everyone = await store.read(lambda conn: customer_lists.list_customers(conn, sun, customer_lists.CustomerFilter()))
    assert everyone.items == []


async def test_what_others_have_too_stays_theirs(store: Store) -> None:
    sun = await supervisor(store)
    switchboard = ("tel", "+861012345678")
    whose, other = await customer(store, "Ann", switchboard, shared=True), await customer(store, "Bob")
    await store.write(lambda tx: blobs.put(tx, f"a {WORD}".encode()))
    await store.write(lambda tx: conversation(tx, whose))
    await store.write(lambda tx: erasing.erase_customer(tx, sun, whose, ()))
    assert "blobs" in await store.read(telling), "somebody else's file is the same"
    again = await store.write(lambda tx: find_or_create_by_identity(tx, Address("mailto", "ann@a.test"), {}, ACCOUNT))
    assert again.customer_id not in {whose, other}
    caller = await store.write(lambda tx: find_or_create_by_identity(tx, Address(*switchboard), {}, ACCOUNT))
    assert caller.customer_id is None and caller.candidates == ()


async def test_who_writes_again_is_a_stranger(store: Store) -> None:
    sun, (whose, _) = await supervisor(store), await known(store)
    await store.write(lambda tx: erasing.erase_customer(tx, sun, whose, ()))
    found = await store.write(lambda tx: find_or_create_by_identity(tx, Address("tel", NUMBER), {}, ACCOUNT))
    assert found.customer_id is not None and found.customer_id != whose
    assert await addresses(store, sun, found.customer_id) == [normalised("tel", NUMBER)]


class Ledger:
    """A plugin that forgets, once its disk is back."""

    def __init__(self) -> None:
        self.forgot: list[tuple[int, list[str]]] = []
        self.broken = False

    def plugin(self) -> object:
        def forget(customer: int, addresses: Sequence[Address]) -> None:
            if self.broken:
                raise OSError("no disk")
            self.forgot.append((customer, [address.value for address in addresses]))

        return plugin_object(hub_customer_erased=forget)


async def test_a_plugin_that_fails_is_told_again_until_it_has_forgotten(store: Store) -> None:
    sun, (whose, _) = await supervisor(store), await known(store)
    ledger = Ledger()
    hooks = Hooks(site(toy=ledger.plugin(), calm=plugin_object(hub_event=lambda event: None)))
    ledger.broken = True
    await store.write(lambda tx: erasing.erase_customer(tx, sun, whose, ("toy", "calm", "gone")))
    await Forgetting(store, hooks).tell()
    assert [promise.plugin for promise in await store.read(erasing.promised)] == ["gone", "toy"]
    ledger.broken = False
    await Forgetting(store, hooks).tell()  # as after a crash: nothing was kept in memory
    await Forgetting(store, hooks).tell()
    assert ledger.forgot == [(whose, [MAIL, NUMBER])]


async def test_a_plugin_that_was_away_hears_of_it_when_it_is_back(store: Store) -> None:
    sun, (whose, _) = await supervisor(store), await known(store)
    await store.write(lambda tx: erasing.erase_customer(tx, sun, whose, ("toy",)))
    away, ledger = site(), Ledger()
    await Forgetting(store, Hooks(away)).tell()
    plugins = site(toy=ledger.plugin())
    plugins["toy"].state = PluginState.FAILED
    await Forgetting(store, Hooks(plugins)).tell()
    assert ledger.forgot == []
    plugins["toy"].state = PluginState.LOADED
    await Forgetting(store, Hooks(plugins)).tell()
    assert ledger.forgot == [(whose, [MAIL, NUMBER])]
    assert await store.read(telling) == set(), "the promise held their addresses, and is kept"


async def test_it_is_promised_in_the_commit_that_erases(store: Store) -> None:
    sun, (whose, _) = await supervisor(store), await known(store)

    def interrupted(tx: Tx) -> None:
        erasing.erase_customer(tx, sun, whose, ("toy",))
        raise KeyError("a crash")

    with pytest.raises(KeyError):
        await store.write(interrupted)
    assert await store.read(erasing.promised) == []
    assert (await shown(store, sun, whose)).name == WORD
