"""The rows that addresses are: found one by one or many beforehand, and made unless somebody was faster."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from hub.api import Address
from hub.model.customers import Verification
from hub.model.storable import one_line
from hub.store.rows import Row, listed, many, one
from hub.store.tables import customers, identities
from hub.store.unit import Tx

_WITH_NAME = (
    select(
        identities.c.id,
        identities.c.customer_id,
        identities.c.shared,
        identities.c.verification,
        customers.c.name,
    )
    .outerjoin_from(identities, customers, customers.c.id == identities.c.customer_id)
    .with_for_update(read=True, of=identities)
)
_BY_VALUE = _WITH_NAME.where(identities.c.scheme == bindparam("scheme"), identities.c.value == bindparam("value"))
_AMONG = (
    _WITH_NAME.add_columns(identities.c.scheme, identities.c.value)
    .where(
        identities.c.scheme.in_(bindparam("schemes", expanding=True)),
        identities.c.value.in_(bindparam("values", expanding=True)),
    )
    .order_by(identities.c.id)
)


def find(conn: Connection, scheme: str, value: str) -> Row | None:
    """The identity with this normalised value, and its customer's `name`; a merge waits for who has read it here."""
    return one(conn, _BY_VALUE, scheme=scheme, value=value)


def look_for(tx: Tx, addresses: Collection[tuple[str, str]]) -> None:
    """Note beforehand whose these (scheme, normalised value) are, and which are nobody's yet."""
    if not addresses:
        return
    wanted = {
        "schemes": listed({scheme for scheme, _ in addresses}),
        "values": listed({value for _, value in addresses}),
    }
    found = {(row.pop("scheme"), row.pop("value")): row for row in many(tx.conn, _AMONG, **wanted)}
    tx.beforehand.update({("identity", *key): found.get(key) for key in addresses})


def found(tx: Tx, scheme: str, value: str) -> Row | None:
    """As `find`, of what was looked for beforehand."""
    key = ("identity", scheme, value)
    return tx.beforehand.pop(key) if key in tx.beforehand else find(tx.conn, scheme, value)


def _put(make: Any) -> Any:
    """An update that changes nothing is what makes RETURNING answer for a row that was there before."""
    c = identities.c
    new = make(identities)
    stored = new.on_conflict_do_update(index_elements=[c.scheme, c.value], set_={"scheme": new.excluded.scheme})
    return stored.returning(c.id, c.customer_id)


_PUT = {"postgresql": _put(postgres_insert), "sqlite": _put(sqlite_insert)}


def put(
    tx: Tx, address: Address, owner: int, verification: Verification, *, absent: bool = False
) -> tuple[int, int | None]:
    """The identity's id and owner: ours, or whoever had it first. `absent`: nobody had it a moment ago; in a group of
    inputs it is then written later, and the group fails if somebody was faster."""
    tx.beforehand.pop(("identity", address.scheme, address.value), None)
    values = {
        "customer_id": owner,
        "scheme": address.scheme,
        "value": address.value,
        "label": one_line(address.name)[:200],
        "shared": False,
        "verification": verification,
        "created_at": tx.now,
    }
    if (number := tx.rows.number(identities)) is not None:
        values["id"] = number
        if absent:
            tx.rows.insert(identities, values)
            return number, owner
    row = tx.conn.execute(_PUT["postgresql" if tx.postgres else "sqlite"], values).one()
    return row.id, row.customer_id
