"""Who writes is found by their address; a new address makes a customer, a shared one names candidates."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest
from sqlalchemy import insert, select, update

from hub.api import Account, Address, AnyAccount, Json
from hub.store.database import Store
from hub.store.identities import Found, find_or_create_by_identity
from hub.store.tables import customers, events, identities, identity_candidates

ACCOUNT: AnyAccount = Account(1, None, "toy", "Desk", Address("tel", "+8610"), None, "zh")
ANNA = Address("mailto", "Anna@Example.com", "Anna 王")


async def find(store: Store, address: Address | None, **profile: Json) -> Found:
    return await store.write(lambda tx: find_or_create_by_identity(tx, address, profile, ACCOUNT))


async def share(store: Store, identity_id: int | None, *owners: int) -> None:
    rows = [{"identity_id": identity_id, "customer_id": owner} for owner in owners]
    mine = update(identities).where(identities.c.id == identity_id).values(shared=True, customer_id=None)
    await store.write(lambda tx: tx.conn.execute(mine))
    await store.write(lambda tx: tx.conn.execute(insert(identity_candidates), rows))


async def customer(store: Store, customer_id: int | None) -> Mapping[str, Json]:
    wanted = select(customers).where(customers.c.id == customer_id)
    return await store.read(lambda conn: dict(conn.execute(wanted).mappings().one()))


async def count_customers(store: Store) -> int:
    return len(await store.read(lambda conn: conn.execute(select(customers.c.id)).all()))


async def test_a_new_address_makes_a_customer_named_as_it_says(store: Store) -> None:
    found = await find(store, ANNA)
    row = await customer(store, found.customer_id)
    assert (row["name"], row["language"], row["short_code"]) == ("Anna 王", "zh", "aw")


async def test_the_same_address_in_any_spelling_is_the_same_customer(store: Store) -> None:
    first = await find(store, Address("tel", "13800138000"))
    assert await find(store, Address("tel", "+86 138-0013-8000")) == first
    assert await count_customers(store) == 1


@pytest.mark.parametrize("address", [None, Address("tel", "anonymous"), Address("tel", ""), Address("mailto", "@")])
async def test_a_withheld_address_gives_nobody(store: Store, address: Address | None) -> None:
    assert await find(store, address) == Found(None, None)
    assert await count_customers(store) == 0


async def test_a_shared_address_names_candidates_and_no_customer(store: Store) -> None:
    anna, bert = await find(store, ANNA), await find(store, Address("mailto", "bert@example.com"))
    switchboard = await find(store, Address("tel", "010-88888888"))
    assert anna.customer_id and bert.customer_id
    await share(store, switchboard.identity_id, anna.customer_id, bert.customer_id)
    again = await find(store, Address("tel", "010-88888888"))
    assert again == Found(None, switchboard.identity_id, (anna.customer_id, bert.customer_id))


async def test_a_customer_known_by_number_alone_takes_the_first_name_they_give(store: Store) -> None:
    found = await find(store, Address("tel", "13800138000"))
    assert (await customer(store, found.customer_id))["name"] == "+8613800138000"
    await find(store, Address("tel", "13800138000", "王重置"))
    assert (await customer(store, found.customer_id))["name"] == "王重置"
    await find(store, Address("tel", "13800138000", "Somebody else"))
    assert (await customer(store, found.customer_id))["name"] == "王重置"


async def test_an_address_claimed_on_one_channel_is_found_on_another(store: Store) -> None:
    visitor = await find(store, Address("visitor", "v-1"), name="Li", mailto="li@example.com", tel="13800138000")
    mail = await find(store, Address("mailto", "li@example.com"))
    assert mail.customer_id == visitor.customer_id
    rows = await store.read(lambda conn: conn.execute(select(identities.c.scheme, identities.c.verification)).all())
    assert {row.scheme: row.verification for row in rows} == {"visitor": "SEEN", "mailto": "SEEN", "tel": "NONE"}


async def test_claiming_another_customers_address_merges_nobody(store: Store) -> None:
    anna = await find(store, ANNA)
    stranger = await find(store, Address("visitor", "v-2"), mailto="anna@example.com")
    assert stranger.customer_id != anna.customer_id
    assert stranger.candidates == (anna.customer_id,)


async def test_free_attributes_of_the_profile_are_kept(store: Store) -> None:
    found = await find(store, Address("visitor", "v-3"), plate="京A12345", nested={"no": 1}, language="en")
    row = await customer(store, found.customer_id)
    assert (row["attributes"], row["language"]) == ({"plate": "京A12345"}, "en")


async def test_a_recognised_customer_gets_the_new_address(store: Store) -> None:
    anna = await find(store, ANNA)
    fax = Address("tel", "010-88888888")
    found = await store.write(lambda tx: find_or_create_by_identity(tx, fax, {}, ACCOUNT, anna.customer_id))
    assert found.customer_id == anna.customer_id
    assert (await find(store, fax)).customer_id == anna.customer_id


async def test_many_at_once_from_a_new_address_are_one_customer(store: Store) -> None:
    found = await asyncio.gather(*(find(store, Address("tel", "13800138000")) for _ in range(100)))
    assert len(set(found)) == 1
    assert await count_customers(store) == 1


async def test_the_event_carries_the_id_and_nothing_said(store: Store) -> None:
    found = await find(store, ANNA)
    rows = await store.read(lambda conn: conn.execute(select(events)).mappings().all())
    assert [(row["type"], row["customer_id"], row["data"]) for row in rows] == [
        ("customer.created", found.customer_id, {})
    ]
