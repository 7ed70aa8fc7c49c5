"""One row of a sheet meets the database: whose it is, what stands against it, and what it changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select, tuple_

from hub.api import Json
from hub.model.actor import Actor
from hub.model.assets import AssetType, check_values
from hub.model.customers import CustomerKind, NewCustomer, NewIdentity, check_attributes, clean_name
from hub.model.errors import Invalid
from hub.model.importing import ASSET, ImportRow, RowError
from hub.store import assets, customers
from hub.store.tables import customers as rows
from hub.store.tables import identities
from hub.store.unit import Tx

Address = tuple[str, str]


@dataclass(slots=True)
class Known:
    """What rows are compared with: the site's asset types, its organisations by name, customers by address.

    A dry run adds what it would create, under negative ids, so that later rows meet it as they would in earnest.
    """

    types: Mapping[str, AssetType]
    organisations: dict[str, list[int]] = field(default_factory=dict)
    addresses: dict[Address, int | None] = field(default_factory=dict)

    def copy(self) -> Known:
        """For a transaction that may have to run again."""
        organisations = {name: [*ids] for name, ids in self.organisations.items()}
        return Known(self.types, organisations, dict(self.addresses))

    def note(self, row: ImportRow, customer_id: int) -> None:
        """This row has become this customer."""
        self.addresses |= {address: customer_id for address in row.addresses if address not in self.addresses}
        ids = self.organisations.setdefault(row.name, []) if row.kind == CustomerKind.ORGANISATION else []
        if customer_id not in ids:
            ids.append(customer_id)


@dataclass(frozen=True, slots=True)
class Meant:
    """What a row comes to. `customer_id` None: a new customer. `unknown` are addresses nobody has; `assets` checked
    values by type."""

    row: ImportRow
    customer_id: int | None
    organisation_id: int | None
    unknown: tuple[Address, ...]
    assets: Mapping[str, Mapping[str, Json]]


def load_known(conn: Connection) -> Known:
    """The site as it is before the first row."""
    known = Known({kind.key: kind for kind in assets.list_asset_types(conn)})
    mine = select(rows.c.id, rows.c.name).where(rows.c.kind == CustomerKind.ORGANISATION, rows.c.merged_into.is_(None))
    for found in conn.execute(mine):
        known.organisations.setdefault(found.name, []).append(found.id)
    return known


def load_addresses(conn: Connection, known: Known, chunk: Sequence[ImportRow]) -> None:
    """Whose the addresses of these rows are; a shared one is nobody's."""
    wanted = {address for row in chunk for address in row.addresses} - known.addresses.keys()
    if wanted:
        i = identities.c
        found = select(i.scheme, i.value, i.customer_id).where(tuple_(i.scheme, i.value).in_(sorted(wanted)))
        known.addresses |= {(each.scheme, each.value): each.customer_id for each in conn.execute(found)}


def meaning(known: Known, row: ImportRow) -> Meant | list[RowError]:
    """What the row comes to, or everything that stands against it."""
    errors: list[RowError] = []
    owners = {owner for address in row.addresses if (owner := known.addresses.get(address)) is not None}
    if len(owners) > 1:
        errors.append(RowError(row.number, "", "SEVERAL_CUSTOMERS", "its addresses belong to different customers"))
    errors += _wrong_texts(row)
    organisation_id = _one(known, row.organisation, row.number, "organisation", errors) if row.organisation else None
    checked = {kind: _checked(known, row.number, kind, values, errors) for kind, values in row.assets.items()}
    owner = next(iter(owners), None)
    if owner is None and row.kind == CustomerKind.ORGANISATION and row.name in known.organisations:
        owner = _one(known, row.name, row.number, "name", errors)
    unknown = tuple(address for address in row.addresses if known.addresses.get(address) is None)
    return errors or Meant(row, owner, organisation_id, unknown, checked)


def apply(tx: Tx, actor: Actor, meant: Meant) -> int:
    """Create the customer or bring them up to date; the id. What the row leaves empty stays as it is."""
    if meant.customer_id is None:
        customer_id = customers.create_customer(tx, actor, _new(meant))
    else:
        customer_id = meant.customer_id
        _update(tx, actor, meant, customer_id)
    for kind, values in meant.assets.items():
        if not any(owned.type == kind and owned.fields == values for owned in assets.assets_of(tx.conn, customer_id)):
            assets.create_asset(tx, actor, customer_id, kind, values)
    return customer_id


def _new(meant: Meant) -> NewCustomer:
    row = meant.row
    return NewCustomer(
        name=row.name or row.addresses[0][1],
        kind=row.kind,
        language=row.language,
        organisation_id=meant.organisation_id,
        attributes=dict(row.attributes),
        notes=row.notes,
        identities=tuple(NewIdentity(scheme, value) for scheme, value in row.addresses),
    )


def _update(tx: Tx, actor: Actor, meant: Meant, customer_id: int) -> None:
    row, before = meant.row, customers.locked(tx, customer_id)
    said = {"name": row.name, "language": row.language, "notes": row.notes, "organisation_id": meant.organisation_id}
    changes: dict[str, object] = {name: value for name, value in said.items() if value}
    if row.attributes:
        changes["attributes"] = {**before["attributes"], **row.attributes}
    customers.change_customer(tx, actor, customer_id, changes)
    for scheme, value in meant.unknown:
        customers.add_identity(tx, actor, customer_id, NewIdentity(scheme, value))


def _wrong_texts(row: ImportRow) -> list[RowError]:
    try:
        clean_name(row.name)
        check_attributes(row.attributes)
    except Invalid as error:
        return [RowError(row.number, name, "TOO_LONG", reason) for name, reason in error.fields.items()]
    return [RowError(row.number, "language", "TOO_LONG", "a language like zh or en")] if row.language[10:] else []


def _one(known: Known, name: str, number: int, column: str, errors: list[RowError]) -> int | None:
    """The one organisation of this name."""
    ids = known.organisations.get(name, [])
    if len(ids) == 1:
        return ids[0]
    many = RowError(number, column, "AMBIGUOUS", f"several organisations are called {name}")
    none = RowError(number, column, "NO_ORGANISATION", f"no organisation is called {name}; import it first")
    errors.append(many if ids else none)
    return None


def _checked(
    known: Known, number: int, kind: str, values: Mapping[str, str], errors: list[RowError]
) -> dict[str, Json]:
    if kind not in known.types:
        errors.append(RowError(number, f"{ASSET}{kind}", "NO_ASSET_TYPE", "the site has no such type"))
        return {}
    try:
        return check_values(known.types[kind], values)
    except Invalid as error:
        for name, reason in error.fields.items():
            column = f"{ASSET}{kind}:{name.removeprefix('fields.')}"
            errors.append(RowError(number, column, "ASSET_FIELD", reason))
        return {}
