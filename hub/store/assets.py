"""What customers own, and the types of it that the site defines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from hub.api import Json
from hub.model.actor import Actor
from hub.model.assets import AssetType, as_json, asset_type, check_values, label_of
from hub.model.errors import Invalid, NotFound
from hub.store import audit
from hub.store.customers import locked, touch
from hub.store.rows import Row, inserted, one
from hub.store.tables import asset_types, assets, tickets
from hub.store.unit import Tx
from hub.store.upsert import insert_into


@dataclass(frozen=True, slots=True)
class Asset:
    """One thing of a customer's. `fields` by key, as the type orders them."""

    id: int
    customer_id: int
    type: str
    label: str
    fields: Mapping[str, Json]
    created_at: datetime
    updated_at: datetime


def save_asset_type(tx: Tx, actor: Actor, kind: AssetType) -> None:
    """Define a type, or define it anew; what was recorded before keeps its values until it is changed."""
    values = {"key": kind.key, "names": dict(kind.names), "fields": [as_json(field) for field in kind.fields]}
    put = insert_into(tx.conn, asset_types).values(values)
    tx.conn.execute(put.on_conflict_do_update(index_elements=["key"], set_=values))
    audit.record(tx, actor.user_id, "asset_type.save", "asset_type", key=kind.key)


def list_asset_types(conn: Connection) -> list[AssetType]:
    """All of them, by key."""
    found = conn.execute(select(asset_types).order_by(asset_types.c.key)).mappings()
    return [asset_type(row["key"], row["names"], row["fields"]) for row in found]


def create_asset(
    tx: Tx, actor: Actor | None, customer_id: int, type_key: str, fields: Mapping[str, object], label: str = ""
) -> int:
    """Record a thing of the customer's; its id. Raises NotFound, Invalid naming the fields."""
    locked(tx, customer_id)
    values = _values(type_called(tx.conn, type_key), fields, label)
    row = {**values, "customer_id": customer_id, "created_at": tx.now, "updated_at": tx.now}
    asset_id = inserted(tx.conn, insert(assets).values(row))
    touch(tx, customer_id, actor, "assets")
    return asset_id


def change_asset(
    tx: Tx, actor: Actor | None, customer_id: int, asset_id: int, fields: Mapping[str, object], label: str | None = None
) -> None:
    """Set some fields (None empties one) and the label ("" makes one of the fields). Raises NotFound, Invalid.

    A label that was made of the fields follows them; what the type knows no longer is dropped.
    """
    row = _owned(tx.conn, customer_id, asset_id)
    kind = type_called(tx.conn, row["type"])
    kept = {field.key: row["fields"].get(field.key) for field in kind.fields}
    made = row["label"] == label_of(kind, row["fields"])
    values = _values(kind, {**kept, **fields}, ("" if made else row["label"]) if label is None else label)
    tx.conn.execute(update(assets).where(assets.c.id == asset_id).values(**values, updated_at=tx.now))
    touch(tx, customer_id, actor, "assets")


def remove_asset(tx: Tx, actor: Actor | None, customer_id: int, asset_id: int) -> None:
    """The customer has it no longer; tickets about it stay, without it. Raises NotFound."""
    _owned(tx.conn, customer_id, asset_id)
    tx.conn.execute(update(tickets).where(tickets.c.asset_id == asset_id).values(asset_id=None))
    tx.conn.execute(delete(assets).where(assets.c.id == asset_id))
    touch(tx, customer_id, actor, "assets")


def assets_of(conn: Connection, customer_id: int) -> list[Asset]:
    """What the customer has, the first recorded first."""
    found = conn.execute(select(assets).where(assets.c.customer_id == customer_id).order_by(assets.c.id)).mappings()
    return [Asset(**row) for row in found]


def get_asset(conn: Connection, customer_id: int, asset_id: int) -> Asset:
    """One of the customer's things. Raises NotFound."""
    return Asset(**_owned(conn, customer_id, asset_id))


def type_called(conn: Connection, key: str) -> AssetType:
    """The type with this key. Raises Invalid."""
    row = one(conn, select(asset_types).where(asset_types.c.key == key))
    if row is None:
        raise Invalid("asset type", {"type": "no such type"})
    return asset_type(row["key"], row["names"], row["fields"])


def _values(kind: AssetType, fields: Mapping[str, object], label: str) -> dict[str, Any]:
    stored = check_values(kind, fields)
    return {"type": kind.key, "fields": stored, "label": label_of(kind, stored, label)}


def _owned(conn: Connection, customer_id: int, asset_id: int) -> Row:
    row = one(conn, select(assets).where(assets.c.id == asset_id, assets.c.customer_id == customer_id))
    if row is None:
        raise NotFound(f"asset {asset_id}")
    return row
