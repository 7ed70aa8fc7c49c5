"""What customers own, and the kinds of it that the site defines."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import Connection

from hub.model.assets import AssetType, asset_type
from hub.model.errors import Conflict, NotFound
from hub.model.permissions import Permission
from hub.store import assets
from hub.store.assets import Asset
from hub.store.customers import current_id
from hub.store.unit import Tx
from hub.web.call import Call
from hub.web.fields import Body, FlatAttributes
from hub.web.routing import Routes

routes = Routes("assets")
READ = Permission.CUSTOMERS_READ
WRITE = Permission.CUSTOMERS_WRITE
TypeKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Label = Annotated[str, Field(max_length=400)]
Names = Annotated[
    dict[Annotated[str, Field(max_length=10)], Annotated[str, Field(max_length=200)]], Field(max_length=20)
]


class AssetBody(Body):
    """A thing of the customer's. `fields` follow its type; without a label the first fields make one."""

    type: TypeKey
    fields: FlatAttributes = Field(default_factory=dict)
    label: Label = ""


class AssetChange(Body):
    """Only what is named changes; null empties a field."""

    fields: FlatAttributes = Field(default_factory=dict)
    label: Label | None = None


class PlainField(Body):
    """One field; `names` by language."""

    key: TypeKey
    type: Literal["text", "number", "date"]
    names: Names = Field(default_factory=dict)
    required: bool = False


class ChoiceField(Body):
    """A field with one of some values; `names` by language."""

    key: TypeKey
    type: Literal["choice"]
    choices: Annotated[list[Annotated[str, Field(min_length=1, max_length=200)]], Field(min_length=1, max_length=200)]
    names: Names = Field(default_factory=dict)
    required: bool = False


class TypeBody(Body):
    """A kind of thing; one with the same key is defined anew."""

    key: TypeKey
    names: Names = Field(default_factory=dict)
    fields: Annotated[list[PlainField | ChoiceField], Field(max_length=50)]


@routes.get("/customers/{customer_id}/assets", READ)
async def list_assets(call: Call, customer_id: int) -> list[Asset]:
    """What the customer has."""
    return await call.read(lambda conn: assets.assets_of(conn, current_id(conn, customer_id)))


@routes.post("/customers/{customer_id}/assets", WRITE, status=201)
async def create_asset(call: Call, customer_id: int, body: AssetBody) -> Asset:
    """Record a thing of the customer's."""
    return await call.write(lambda tx: _create(call, tx, customer_id, body))


@routes.patch("/customers/{customer_id}/assets/{asset_id}", WRITE)
async def change_asset(call: Call, customer_id: int, asset_id: int, body: AssetChange) -> Asset:
    """Change a thing of the customer's."""
    return await call.write(lambda tx: _change(call, tx, customer_id, asset_id, body))


@routes.delete("/customers/{customer_id}/assets/{asset_id}", WRITE)
async def remove_asset(call: Call, customer_id: int, asset_id: int) -> None:
    """They have it no longer."""
    await call.write(lambda tx: assets.remove_asset(tx, call.actor, customer_id, asset_id))


@routes.get("/asset-types", READ)
async def list_asset_types(call: Call) -> list[AssetType]:
    """The kinds of things this site knows."""
    return await call.read(assets.list_asset_types)


@routes.post("/asset-types", Permission.TEMPLATES_MANAGE, status=201)
async def save_asset_type(call: Call, body: TypeBody) -> AssetType:
    """Define a kind of thing, or define it anew."""
    if len({field.key for field in body.fields}) < len(body.fields):
        raise Conflict("Two fields have one key.")
    kind = asset_type(body.key, body.names, [field.model_dump(mode="json") for field in body.fields])
    await call.write(lambda tx: assets.save_asset_type(tx, call.actor, kind))
    return kind


def _create(call: Call, tx: Tx, customer_id: int, body: AssetBody) -> Asset:
    require_type(tx.conn, body.type)
    made = assets.create_asset(tx, call.actor, customer_id, body.type, body.fields, body.label)
    return assets.get_asset(tx.conn, customer_id, made)


def _change(call: Call, tx: Tx, customer_id: int, asset_id: int, body: AssetChange) -> Asset:
    assets.change_asset(tx, call.actor, customer_id, asset_id, body.fields, body.label)
    return assets.get_asset(tx.conn, customer_id, asset_id)


def require_type(conn: Connection, key: str) -> None:
    """Raises NotFound when the site knows no such kind."""
    if all(kind.key != key for kind in assets.list_asset_types(conn)):
        raise NotFound("There is no such type.")
