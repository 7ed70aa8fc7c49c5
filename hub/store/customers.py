"""Customers: made, changed, shown and listed. A merged one leads to the one it became."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, insert, select, update

from hub.api import Json
from hub.model.actor import Actor
from hub.model.customers import CustomerKind, NewCustomer, NewIdentity, check_attributes, clean_name, short_code
from hub.model.errors import Conflict, Invalid, NotFound
from hub.model.storable import one_line, storable
from hub.store import customer_addresses, search
from hub.store.rows import Row, inserted, one
from hub.store.tables import customers
from hub.store.unit import Tx

MOST_MERGES = 50


def create_customer(tx: Tx, actor: Actor | None, new: NewCustomer) -> int:
    """Record a customer with these addresses; the id.

    Raises Invalid for what no customer can have, Conflict (data.customer) when an address is another's.
    """
    values = _columns(tx.conn, new)
    customer_id = inserted(tx.conn, insert(customers).values(**values, created_at=tx.now, updated_at=tx.now))
    addresses = customer_addresses.put_new(tx, customer_id, new.identities)
    search.index_new_customer(tx, customer_id, values, addresses)
    tx.event("customer.created", customer=customer_id, user=actor.user_id if actor else None)
    return customer_id


def change_customer(
    tx: Tx, actor: Actor | None, customer_id: int, changes: Mapping[str, object], version: int | None = None
) -> int:
    """Set columns (`name`, `kind`, `language`, `notes`, `short_code`, `organisation_id`, `attributes` whole).

    Returns the new version. Raises Conflict when it is no longer at `version`.
    """
    row = locked(tx, customer_id)
    if version is not None and version != row["version"]:
        raise Conflict("customer version", {"version": row["version"]})
    checked = _check(tx.conn, row, changes)
    changed = {name: value for name, value in checked.items() if value != row[name]}
    return _store(tx, actor, row, changed) if changed else int(row["version"])


def add_identity(tx: Tx, actor: Actor | None, customer_id: int, new: NewIdentity) -> int:
    """Give the customer one more address; the identity's id. Raises as `create_customer`."""
    locked(tx, customer_id)
    identity_id = customer_addresses.put(tx, customer_id, new)
    touch(tx, customer_id, actor, "identities")
    return identity_id


def change_identity(
    tx: Tx, actor: Actor | None, customer_id: int, identity_id: int, changes: Mapping[str, object]
) -> None:
    """Set `label`, `shared` or `verification` of one of the customer's addresses. Raises NotFound, Invalid."""
    locked(tx, customer_id)
    customer_addresses.change(tx, customer_id, identity_id, changes)
    touch(tx, customer_id, actor, "identities")


def remove_identity(tx: Tx, actor: Actor | None, customer_id: int, identity_id: int) -> None:
    """Say that the address is not this customer's. Raises NotFound."""
    locked(tx, customer_id)
    customer_addresses.remove(tx, customer_id, identity_id)
    touch(tx, customer_id, actor, "identities")


def locked(tx: Tx, customer_id: int) -> Row:
    """One customer, locked for this transaction. Raises NotFound, also for one that was merged away or erased."""
    there = (customers.c.id == customer_id, customers.c.merged_into.is_(None), customers.c.erased_at.is_(None))
    row = one(tx.conn, select(customers).where(*there).with_for_update())
    if row is None:
        raise NotFound(f"customer {customer_id}")
    return row


def current_id(conn: Connection, customer_id: int) -> int:
    """The customer this one has become by merging; itself when it was not merged. Raises NotFound."""
    for _ in range(MOST_MERGES):
        row = one(conn, select(customers.c.merged_into, customers.c.erased_at).where(customers.c.id == customer_id))
        if row is None or row["erased_at"] is not None:
            break
        if row["merged_into"] is None:
            return customer_id
        customer_id = row["merged_into"]
    raise NotFound(f"customer {customer_id}")


def touch(tx: Tx, customer_id: int, actor: Actor | None, *fields: str) -> None:
    """Something that hangs on the customer changed: index, version and screens follow."""
    mine = update(customers).where(customers.c.id == customer_id)
    tx.conn.execute(mine.values(updated_at=tx.now, version=customers.c.version + 1))
    search.index_customer(tx, customer_id)
    tx.event("customer.changed", customer=customer_id, user=actor.user_id if actor else None, fields=[*fields])


def _store(tx: Tx, actor: Actor | None, row: Row, changed: Mapping[str, Json]) -> int:
    tx.conn.execute(update(customers).where(customers.c.id == row["id"]).values(**changed))
    touch(tx, row["id"], actor, *sorted(changed))
    return int(row["version"]) + 1


def _columns(conn: Connection, new: NewCustomer) -> dict[str, Any]:
    name = clean_name(new.name)
    return {
        "name": name,
        "short_code": short_code(name),
        "kind": _kind(new.kind),
        "language": _language(new.language),
        "organisation_id": _organisation(conn, new.organisation_id, None),
        "attributes": check_attributes(new.attributes),
        "notes": storable(new.notes),
    }


def _check(conn: Connection, row: Row, changes: Mapping[str, object]) -> dict[str, Json]:
    unknown = changes.keys() - _CHECKS.keys() - {"organisation_id"}
    if unknown:
        raise Invalid("unknown field", dict.fromkeys(unknown, "no such field"))
    checked: dict[str, Json] = {name: _CHECKS[name](value) for name, value in changes.items() if name in _CHECKS}
    if "organisation_id" in changes:
        checked["organisation_id"] = _organisation(conn, changes["organisation_id"], row["id"])
    if "name" in checked and "short_code" not in checked and row["short_code"] == short_code(row["name"]):
        checked["short_code"] = short_code(str(checked["name"]))
    return checked


def _organisation(conn: Connection, value: object, own_id: int | None) -> int | None:
    if value is None:
        return None
    there = (customers.c.id == value, customers.c.merged_into.is_(None), customers.c.erased_at.is_(None))
    found = one(conn, select(customers.c.kind).where(*there))
    usable = found is not None and found["kind"] == CustomerKind.ORGANISATION
    if not usable or value == own_id or not isinstance(value, int):
        raise Invalid("organisation", {"organisation": "not an organisation"})
    return value


def _kind(value: object) -> str:
    if not isinstance(value, str) or value not in set(CustomerKind):
        raise Invalid("kind", {"kind": f"one of {', '.join(CustomerKind)}"})
    return str(value)


def _text(value: object, name: str, most: int) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise Invalid(name, {name: f"a text of at most {most} characters"})
    return value


def _language(value: object) -> str:
    return one_line(_text(value, "language", 10))


def _attributes(value: object) -> dict[str, Json]:
    if not isinstance(value, Mapping):
        raise Invalid("attributes", {"attributes": "an object"})
    return check_attributes(value)


_CHECKS: Mapping[str, Callable[[object], Json]] = {
    "name": lambda value: clean_name(_text(value, "name", 10_000)),
    "kind": _kind,
    "language": _language,
    "notes": lambda value: storable(_text(value, "notes", 100_000)),
    "short_code": lambda value: one_line(_text(value, "short_code", 40)),
    "attributes": _attributes,
}
