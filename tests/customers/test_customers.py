"""Customers by hand: made, changed, given addresses, shown with what the viewer may see."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from hub.model.customers import CustomerKind, NewIdentity
from hub.model.errors import Conflict, Invalid, NotFound
from hub.model.storable import one_line, storable
from hub.store import customers
from hub.store.customer_lists import CustomerFilter, list_customers, members
from hub.store.database import Store
from tests.customers.desk import addresses, customer, organisation, shown, supervisor

NAUGHTY = Path(__file__).parents[3] / "shared" / "corpus" / "misc-blns" / "blns.json"
OWN_NAUGHTY = [
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "\u202eevil",
    "Ω≈ç√∫",
    "田中さん",
    "🐵 🙈",
    "NULL",
    "\x00x",
    "\ud83d",
]


def naughty() -> list[str]:
    return [*OWN_NAUGHTY, *(json.loads(NAUGHTY.read_text("utf-8")) if NAUGHTY.exists() else [])]


async def change(store: Store, customer_id: int, version: int | None = None, **changes: Any) -> int:
    return await store.write(lambda tx: customers.change_customer(tx, None, customer_id, changes, version))


async def test_a_customer_is_shown_as_they_were_recorded(store: Store) -> None:
    actor, dealer = await supervisor(store), await organisation(store, "上海汽车")
    made = await customer(
        store, "王重置", ("tel", "13800138000"), ("mailto", "W@x.cn"), organisation_id=dealer, attributes={"vip": True}
    )
    found = await shown(store, actor, made)
    assert (found.name, found.short_code, found.attributes, found.version) == ("王重置", "wzz", {"vip": True}, 0)
    assert found.organisation and found.organisation.name == "上海汽车"
    assert [(each.scheme, each.value) for each in found.identities] == [("tel", "+8613800138000"), ("mailto", "w@x.cn")]


@pytest.mark.slow
async def test_strange_names_are_stored_and_shown_back_equal(store: Store) -> None:
    actor = await supervisor(store)
    names = naughty()
    made = await asyncio.gather(*(customer(store, name, attributes={"said": name}) for name in names))
    found = await asyncio.gather(*(shown(store, actor, each) for each in made))
    assert [each.name for each in found] == [one_line(name) for name in names]
    assert [each.attributes["said"] for each in found] == [storable(name) for name in names]


async def test_a_new_name_brings_a_new_short_code_unless_somebody_chose_one(store: Store) -> None:
    actor, made = await supervisor(store), await customer(store, "Anna")
    await change(store, made, name="王伟")
    assert (await shown(store, actor, made)).short_code == "ww"
    await change(store, made, short_code="boss")
    await change(store, made, name="李伟")
    assert (await shown(store, actor, made)).short_code == "boss"


async def test_who_changes_an_old_version_is_told(store: Store) -> None:
    made = await customer(store, "Anna")
    assert await change(store, made, 0, notes="kind") == 1
    with pytest.raises(Conflict) as refused:
        await change(store, made, 0, notes="rude")
    assert refused.value.data == {"version": 1}


@pytest.mark.parametrize(
    ("field", "value"),
    [("kind", "ROBOT"), ("name", 7), ("organisation_id", 4711), ("attributes", {"a": [1]}), ("colour", "red")],
)
async def test_a_wrong_value_names_its_field(store: Store, field: str, value: object) -> None:
    made = await customer(store, "Anna")
    with pytest.raises(Invalid) as refused:
        await store.write(lambda tx: customers.change_customer(tx, None, made, {field: value}))
    assert [name.partition(".")[0] for name in refused.value.fields] == [field.removesuffix("_id")]


async def test_another_customers_address_is_refused_and_says_whose_it_is(store: Store) -> None:
    anna = await customer(store, "Anna", ("mailto", "anna@x.cn"))
    with pytest.raises(Conflict) as refused:
        await customer(store, "Bert", ("mailto", "ANNA@x.cn"))
    assert refused.value.data == {"customer": anna}


async def test_a_shared_address_stands_with_all_its_candidates(store: Store) -> None:
    actor = await supervisor(store)
    anna = await customer(store, "Anna", ("tel", "010-88888888"), shared=True)
    bert = await customer(store, "Bert", ("tel", "010-88888888"))
    both = [await addresses(store, actor, each) for each in (anna, bert)]
    assert both == [["+861088888888"], ["+861088888888"]]
    assert [(await shown(store, actor, each)).identities[0].shared for each in (anna, bert)] == [True, True]


async def test_an_address_is_shared_and_taken_back(store: Store) -> None:
    actor = await supervisor(store)
    anna, bert = await customer(store, "Anna", ("tel", "13800138000")), await customer(store, "Bert")
    identity = (await shown(store, actor, anna)).identities[0]
    share = NewIdentity("tel", "13800138000", shared=True)
    await store.write(lambda tx: customers.add_identity(tx, actor, bert, share))
    assert await addresses(store, actor, bert) == await addresses(store, actor, anna) == ["+8613800138000"]
    await store.write(lambda tx: customers.change_identity(tx, actor, bert, identity.id, {"shared": False}))
    assert (await addresses(store, actor, anna), await addresses(store, actor, bert)) == ([], ["+8613800138000"])


async def test_an_address_is_verified_and_taken_away(store: Store) -> None:
    actor, anna = await supervisor(store), await customer(store, "Anna", ("tel", "13800138000"))
    identity = (await shown(store, actor, anna)).identities[0]
    verified = {"verification": "VERIFIED", "label": "mobile"}
    await store.write(lambda tx: customers.change_identity(tx, actor, anna, identity.id, verified))
    after = (await shown(store, actor, anna)).identities[0]
    assert (after.verification, after.label) == ("VERIFIED", "mobile")
    await store.write(lambda tx: customers.remove_identity(tx, actor, anna, identity.id))
    assert await addresses(store, actor, anna) == []


async def test_somebody_elses_identity_is_not_there(store: Store) -> None:
    actor = await supervisor(store)
    anna, bert = await customer(store, "Anna", ("tel", "13800138000")), await customer(store, "Bert")
    identity = (await shown(store, actor, anna)).identities[0]
    with pytest.raises(NotFound):
        await store.write(lambda tx: customers.remove_identity(tx, actor, bert, identity.id))


async def test_an_organisation_lists_its_members(store: Store) -> None:
    actor, dealer = await supervisor(store), await organisation(store, "Dealer")
    await customer(store, "Elsewhere")
    for name in ("Anna", "Bert", "Carl"):
        await customer(store, name, organisation_id=dealer)
    first = await store.read(lambda conn: members(conn, actor, dealer, limit=2))
    rest = await store.read(lambda conn: members(conn, actor, dealer, first.next or "", 2))
    assert [each.name for each in first.items + rest.items] == ["Carl", "Bert", "Anna"]
    assert rest.next is None


@pytest.mark.parametrize("query", ["王重", "wcz", "wangchong", "8000", "13800138000", "w@x.cn", "京A12345", "wzz"])
async def test_a_list_is_narrowed_by_name_pinyin_number_address_and_attribute(store: Store, query: str) -> None:
    actor = await supervisor(store)
    await customer(store, "王重置", ("tel", "13800138000"), ("mailto", "w@x.cn"), attributes={"plate": "京A12345"})
    await customer(store, "李四", ("tel", "13900139111"))
    found = await store.read(lambda conn: list_customers(conn, actor, CustomerFilter(q=query)))
    assert [each.name for each in found.items] == ["王重置"]


async def test_a_list_is_narrowed_by_kind(store: Store) -> None:
    actor = await supervisor(store)
    await customer(store, "Anna")
    await organisation(store, "Dealer")
    wanted = CustomerFilter(kind=CustomerKind.ORGANISATION)
    assert [each.name for each in (await store.read(lambda conn: list_customers(conn, actor, wanted))).items] == [
        "Dealer"
    ]
