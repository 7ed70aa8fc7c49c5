"""An erasure finds each input that was of a customer's text: every part of it, however often it came."""

from __future__ import annotations

from functools import partial

from sqlalchemy import select, update

from hub.api import Address, Capabilities, CustomerRef, Inbound, Medium, Part
from hub.pipeline import ingest
from hub.pipeline.ingest import Prepared
from hub.store import erasing, merges
from hub.store import raws as arrived
from hub.store.database import Store
from hub.store.tables import accounts, customers, interactions, raws
from hub.store.unit import Tx
from tests.customers.desk import customer, supervisor
from tests.customers.test_erasing import NUMBER, WORD, make, telling
from tests.plugin.doubles import ACCOUNT
from tests.web.conversations import insert_account, insert_queue


def comes(tx: Tx, account: int, part: int | None, known: CustomerRef | None = None) -> None:
    """A text, or half of one, as a hub takes it in."""
    raw = make(tx, raws, channel="toy", account_id=account, body=WORD.encode(), meta={"from": NUMBER},
               received_at=tx.now)  # fmt: skip
    row = dict(tx.conn.execute(select(accounts).where(accounts.c.id == account)).mappings().one())
    of = None if part is None else Part("whole", part, 2)
    said = Inbound(f"text-{part}", Address("tel", NUMBER), text=WORD, part=of)
    ingest.apply(tx, Prepared(raw, ACCOUNT, row, Capabilities(Medium.DEFERRED), (said,), (known,)))
    arrived.done(tx, [raw])


async def test_every_part_of_a_text_goes_and_what_came_twice(store: Store) -> None:
    sun = await supervisor(store)
    account = await store.write(lambda tx: insert_account(tx, insert_queue(tx, None, "texts"), None))
    for part in (0, 0, 1, 0, 0, 1):  # a part of it twice; and all that once more
        await store.write(partial(comes, account=account, part=part))
    [whose] = await store.read(lambda conn: conn.execute(select(customers.c.id)).scalars().all())
    await store.write(lambda tx: tx.conn.execute(update(interactions).values(state="CLOSED", closed_at=tx.now)))
    assert "raws" in await store.read(telling)
    await store.write(lambda tx: erasing.erase_customer(tx, sun, whose, ()))
    assert await store.read(telling) == set()


async def test_who_writes_is_a_stranger_though_a_plugin_takes_them_for_who_was_erased(store: Store) -> None:
    sun, whose = await supervisor(store), await customer(store, WORD)
    account = await store.write(lambda tx: insert_account(tx, insert_queue(tx, None, "texts"), None))
    await store.write(lambda tx: erasing.erase_customer(tx, sun, whose, ("crm",)))
    for known in (whose, whose + 1000):
        await store.write(partial(comes, account=account, part=None, known=CustomerRef(known)))
    found = await store.read(lambda conn: conn.execute(select(interactions.c.customer_id)).scalars().all())
    assert len(found) == 1 and found[0] not in {None, whose}


async def test_a_plugin_that_knows_the_old_number_of_who_was_merged_means_who_is_left(store: Store) -> None:
    sun = await supervisor(store)
    kept, gone = await customer(store, "Ann"), await customer(store, "Annie")
    account = await store.write(lambda tx: insert_account(tx, insert_queue(tx, None, "texts"), None))
    await store.write(lambda tx: merges.merge_customers(tx, sun, kept, gone))
    await store.write(partial(comes, account=account, part=None, known=CustomerRef(gone)))
    found = await store.read(lambda conn: conn.execute(select(interactions.c.customer_id)).scalars().all())
    assert found == [kept]
