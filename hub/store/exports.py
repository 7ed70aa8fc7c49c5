"""Customers as a sheet that can be imported again, a page at a time; nothing in it would a spreadsheet run."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from hub.model.actor import Actor
from hub.model.customers import PROFILE_SCHEMES
from hub.model.importing import ASSET, ATTRIBUTE, COLUMNS, safe_cell
from hub.store import audit
from hub.store.assets import list_asset_types
from hub.store.database import Store
from hub.store.tables import assets, customers, identities

PAGE = 500
MARK = "\ufeff"  # without it a spreadsheet takes UTF-8 for something else
Record = Mapping[str, object]


async def export_customers(store: Store, actor: Actor) -> AsyncIterator[bytes]:
    """The file in pieces, UTF-8 with its mark. Who owns two cars takes two rows, the second with the same addresses."""
    await store.write(lambda tx: audit.record(tx, actor.user_id, "customer.export", "customer"))
    columns = await store.read(_columns)
    yield (MARK + _lines([columns])).encode()
    after = 0
    while page := await _read(store, after):
        yield _lines([record.get(column) for column in columns] for _, record in page).encode()
        after = page[-1][0]


async def _read(store: Store, after: int) -> list[tuple[int, Record]]:
    return await store.read(lambda conn: list(_page(conn, after)))


def _lines(rows: Iterable[Iterable[object]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows([safe_cell(cell) for cell in row] for row in rows)
    return written.getvalue()


def _columns(conn: Connection) -> list[str]:
    """The fixed ones, every free attribute anybody has, every field of every type."""
    keys = sorted({key for attributes in _attributes(conn) for key in attributes})
    fields = [f"{ASSET}{kind.key}:{field.key}" for kind in list_asset_types(conn) for field in kind.fields]
    return [*COLUMNS, *(ATTRIBUTE + key for key in keys), *fields]


def _attributes(conn: Connection) -> Iterator[Mapping[str, Any]]:
    """Everybody's, some at a time: there may be millions."""
    c, after = customers.c, 0
    some = select(c.id, c.attributes).where(c.merged_into.is_(None), c.erased_at.is_(None)).order_by(c.id).limit(1000)
    while rows := conn.execute(some.where(c.id > after)).all():
        yield from (row.attributes for row in rows)
        after = rows[-1].id


def _page(conn: Connection, after: int) -> Iterator[tuple[int, Record]]:
    organisation = customers.alias("organisation")
    columns = select(customers, organisation.c.name.label("organisation"))
    joined = columns.outerjoin(organisation, organisation.c.id == customers.c.organisation_id)
    there = (customers.c.merged_into.is_(None), customers.c.erased_at.is_(None))
    mine = joined.where(customers.c.id > after, *there).order_by(customers.c.id).limit(PAGE)
    found = conn.execute(mine).mappings().all()
    ids = [row["id"] for row in found]
    addresses, things = _addresses(conn, ids), _things(conn, ids)
    for row in found:
        plain = _plain(row, addresses.get(row["id"], {}))
        for record in _records(plain, things.get(row["id"], {})):
            yield row["id"], record


def _plain(row: RowMapping, addresses: Mapping[str, list[str]]) -> Record:
    fixed = {column: row[column] for column in COLUMNS if column not in PROFILE_SCHEMES}
    written = {scheme: "; ".join(values) for scheme, values in addresses.items()}
    return {**fixed, **written, **{ATTRIBUTE + key: value for key, value in row["attributes"].items()}}


def _records(plain: Record, things: Mapping[str, list[Record]]) -> Iterator[Record]:
    """One row, and one more for each further thing of a type; those repeat only who it is."""
    again = {column: plain.get(column) for column in ("name", "kind", *PROFILE_SCHEMES)}
    rounds = list(zip_longest(*things.values(), fillvalue={})) or [()]
    for place, owned in enumerate(rounds):
        yield {**(again if place else plain), **{key: value for each in owned for key, value in each.items()}}


def _addresses(conn: Connection, ids: Sequence[int]) -> dict[int, dict[str, list[str]]]:
    i = identities.c
    wanted = select(i.customer_id, i.scheme, i.value).where(i.customer_id.in_(ids), i.scheme.in_(PROFILE_SCHEMES))
    found: dict[int, dict[str, list[str]]] = {}
    for owner, scheme, value in conn.execute(wanted.order_by(i.id)):
        found.setdefault(owner, {}).setdefault(scheme, []).append(value)
    return found


def _things(conn: Connection, ids: Sequence[int]) -> dict[int, dict[str, list[Record]]]:
    a = assets.c
    found: dict[int, dict[str, list[Record]]] = {}
    rows = conn.execute(select(a.customer_id, a.type, a.fields).where(a.customer_id.in_(ids)).order_by(a.id))
    for owner, kind, fields in rows:
        record = {f"{ASSET}{kind}:{key}": value for key, value in fields.items()}
        found.setdefault(owner, {}).setdefault(kind, []).append(record)
    return found
