"""An erasure finds each input that was of a customer's text: every part of it, however often it came."""

from __future__ import annotations

from functools import partial

from sqlalchemy import select, update

from hub.api import Address, Capabilities, Inbound, Medium, Part
from hub.pipeline import ingest
from hub.pipeline.ingest import Prepared
from hub.store import erasing
from hub.store import raws as arrived
from hub.store.database import Store
from hub.store.tables import accounts, customers, interactions, raws
from hub.store.unit import Tx
from tests.customers.desk import supervisor
from tests.customers.test_erasing import NUMBER, WORD, make, telling
from tests.plugin.doubles import ACCOUNT
from tests.web.conversations import insert_account, insert_queue


def comes(tx: Tx, account: int, part: int) -> None:
    """Half a text, as a hub takes it in."""
    raw = make(tx, raws, channel="toy", account_id=account, body=WORD.encode(), meta={"from": NUMBER},
               received_at=tx.now)  # fmt: skip
    row = dict(tx.conn.execute(select(accounts).where(accounts.c.id == account)).mappings().one())
    half = Inbound(f"half-{part}", Address("tel", NUMBER), text=WORD, part=Part("whole", part, 2))
    ingest.apply(tx, Prepared(raw, ACCOUNT, row, Capabilities(Medium.DEFERRED), (half,), (None,)))
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
