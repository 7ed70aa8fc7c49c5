"""What customers own follows types that the site defines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select

from hub.model.actor import Actor
from hub.model.assets import AssetType, asset_type
from hub.model.errors import Invalid, NotFound
from hub.model.permissions import Permission
from hub.model.tickets import NewTicket
from hub.store import assets, tickets
from hub.store.customer_lists import CustomerFilter, list_customers
from hub.store.database import Store
from hub.store.tables import tickets as rows
from tests.customers.desk import customer, supervisor

CAR = asset_type(
    "car",
    {"en": "Car", "zh": "汽车"},
    [
        {"key": "plate", "type": "text", "names": {"en": "Plate"}, "required": True},
        {"key": "doors", "type": "number"},
        {"key": "bought", "type": "date"},
        {"key": "fuel", "type": "choice", "choices": ["petrol", "电"]},
    ],
)
ANYBODY = Actor(0, "Anybody", frozenset(Permission), None)


async def define(store: Store, kind: AssetType) -> None:
    actor = await supervisor(store)
    await store.write(lambda tx: assets.save_asset_type(tx, actor, kind))


async def with_car(store: Store, **fields: object) -> tuple[int, int]:
    await define(store, CAR)
    owner = await customer(store, "Anna")
    return owner, await store.write(
        lambda tx: assets.create_asset(tx, None, owner, "car", {"plate": "京A12345", **fields})
    )


async def owned(store: Store, owner: int) -> list[tuple[str, Mapping[str, Any]]]:
    found = await store.read(lambda conn: assets.assets_of(conn, owner))
    return [(each.label, each.fields) for each in found]


async def test_a_type_is_kept_and_defined_anew(store: Store) -> None:
    await define(store, CAR)
    assert await store.read(assets.list_asset_types) == [CAR]
    smaller = AssetType("car", {"en": "Auto"}, CAR.fields[:1])
    await define(store, smaller)
    assert await store.read(assets.list_asset_types) == [smaller]


async def test_values_are_kept_as_their_type_has_them(store: Store) -> None:
    owner, _ = await with_car(store, doors="5", bought="2024年3月1日", fuel="电")
    assert await owned(store, owner) == [
        ("京A12345 5", {"plate": "京A12345", "doors": 5, "bought": "2024-03-01", "fuel": "电"})
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("doors", "many"),
        ("doors", float("nan")),
        ("doors", True),
        ("bought", "2024-02-30"),
        ("bought", 7),
        ("fuel", "water"),
        ("plate", "  "),
        ("plate", "x" * 1001),
        ("colour", "red"),
    ],
)
async def test_a_wrong_value_names_its_field(store: Store, field: str, value: object) -> None:
    with pytest.raises(Invalid) as refused:
        await with_car(store, **{field: value})
    assert list(refused.value.fields) == [f"fields.{field}"]


@pytest.mark.parametrize(
    "fields",
    [
        "text",
        [{"key": "a"}],
        [{"key": "A", "type": "text"}],
        [{"key": "a", "type": "choice"}],
        [{"key": "a", "type": "text"}] * 2,
    ],
)
def test_a_type_that_makes_no_sense_is_refused(fields: object) -> None:
    with pytest.raises(Invalid):
        asset_type("car", {}, fields)


async def test_a_change_keeps_the_rest_and_the_label_follows(store: Store) -> None:
    owner, car = await with_car(store, doors=5)
    await store.write(lambda tx: assets.change_asset(tx, None, owner, car, {"plate": "沪B1", "doors": None}))
    assert await owned(store, owner) == [("沪B1", {"plate": "沪B1"})]


async def test_a_label_somebody_chose_stays(store: Store) -> None:
    owner, car = await with_car(store)
    await store.write(lambda tx: assets.change_asset(tx, None, owner, car, {}, "The red one"))
    await store.write(lambda tx: assets.change_asset(tx, None, owner, car, {"doors": 3}))
    assert (await owned(store, owner))[0][0] == "The red one"


async def test_a_ticket_outlives_what_it_was_about(store: Store) -> None:
    owner, car = await with_car(store)
    new = NewTicket("Brakes", customer_id=owner, asset_id=car)
    ticket = await store.write(lambda tx: tickets.create_ticket(tx, None, new))
    await store.write(lambda tx: assets.remove_asset(tx, None, owner, car))
    assert await owned(store, owner) == []
    about = select(rows.c.asset_id).where(rows.c.id == ticket)
    assert await store.read(lambda conn: conn.execute(about).scalar_one()) is None


async def test_another_customers_thing_is_not_there(store: Store) -> None:
    _, car = await with_car(store)
    other = await customer(store, "Bert")
    with pytest.raises(NotFound):
        await store.write(lambda tx: assets.change_asset(tx, None, other, car, {"doors": 1}))


async def test_a_customer_is_found_by_what_they_own(store: Store) -> None:
    owner, _ = await with_car(store)
    found = await store.read(lambda conn: list_customers(conn, ANYBODY, CustomerFilter(q="京A12345")))
    assert [each.id for each in found.items] == [owner]
