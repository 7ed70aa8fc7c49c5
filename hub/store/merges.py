"""Two records of one customer become one: looked at beforehand, in the direction a person chose, and undone when wrong.

What customers wrote stays as it was: an interaction keeps the identity that wrote and the address replies go to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, RowMapping, func, insert, select, update

from hub.model.actor import Actor
from hub.model.customers import short_code
from hub.model.errors import Conflict, NotFound
from hub.model.merging import Blend, blend, unblended
from hub.model.named import Named
from hub.store import audit, search
from hub.store.paging import Order, Page, page
from hub.store.rows import Row, inserted, one
from hub.store.tables import assets, identities, identity_candidates, interactions, merges, tickets, users
from hub.store.tables import customers as rows
from hub.store.unit import Tx

# what belongs to a customer, and the column that says so
BELONGINGS: Mapping[str, Column[Any]] = {
    "identities": identities.c.customer_id,
    "interactions": interactions.c.customer_id,
    "tickets": tickets.c.customer_id,
    "assets": assets.c.customer_id,
    "members": rows.c.organisation_id,
}
SHARED = "shared_identities"
BATCH = 500


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What merging would do. `moves` counts what goes over, by kind; see `Blend` for the fields."""

    keep: Named
    gone: Named
    moves: Mapping[str, int]
    fields: Blend


@dataclass(frozen=True, slots=True)
class Merge:
    """One merge that was done. `undone_at` tells that it was taken back; `moved` counts, by kind."""

    id: int
    kept: Named
    gone: Named
    user: Named | None
    at: datetime
    undone_at: datetime | None
    moved: Mapping[str, int]


def preview_merge(conn: Connection, keep_id: int, gone_id: int) -> MergePreview:
    """What `merge_customers` would do, without doing it. Raises NotFound, Conflict."""
    keep, gone = _pair(conn, keep_id, gone_id, lock=False)
    moves = {kind: _count(conn, column, gone_id) for kind, column in BELONGINGS.items()}
    moves[SHARED] = _count(conn, identity_candidates.c.customer_id, gone_id)
    return MergePreview(Named(keep_id, keep["name"]), Named(gone_id, gone["name"]), moves, blend(keep, gone))


def merge_customers(tx: Tx, actor: Actor, keep_id: int, gone_id: int) -> int:
    """Make `gone_id` part of `keep_id`; the merge's id, by which it is undone. Raises NotFound, Conflict."""
    keep, gone = _pair(tx.conn, keep_id, gone_id, lock=True)
    moved: dict[str, Any] = {kind: _move(tx, column, gone_id, keep_id) for kind, column in BELONGINGS.items()}
    moved[SHARED] = _move_shared(tx, gone_id, keep_id)
    fields = blend(keep, gone)
    moved |= {"filled": [*fields.filled], "attributes": [*fields.attributes]}
    _set(tx, keep, {**fields.filled, "attributes": {**keep["attributes"], **fields.attributes}})
    tx.conn.execute(update(rows).where(rows.c.id == gone_id).values(merged_into=keep_id, updated_at=tx.now))
    merge = insert(merges).values(kept_id=keep_id, gone_id=gone_id, user_id=actor.user_id, at=tx.now, moved=moved)
    merge_id = inserted(tx.conn, merge)
    search.remove(tx, "customer", gone_id)
    search.index_customer(tx, keep_id)
    _announce(tx, actor, "merged", merge_id, keep_id, gone_id)
    return merge_id


def undo_merge(tx: Tx, actor: Actor, merge_id: int) -> None:
    """Take a merge back: everything it moved returns, unless somebody has put it elsewhere since.

    Raises NotFound, Conflict when it was undone before or the kept customer was merged on (undo that one first).
    """
    merge = one(tx.conn, select(merges).where(merges.c.id == merge_id).with_for_update())
    if merge is None:
        raise NotFound(f"merge {merge_id}")
    keep_id, gone_id = merge["kept_id"], merge["gone_id"]
    keep = one(tx.conn, select(rows).where(rows.c.id == keep_id).with_for_update())
    gone = one(tx.conn, select(rows).where(rows.c.id == gone_id).with_for_update())
    if merge["undone_at"] is not None or keep is None or gone is None or keep["merged_into"] is not None:
        raise Conflict("this merge cannot be undone now")
    for kind, column in BELONGINGS.items():
        _move_back(tx, column, merge["moved"].get(kind, ()), keep_id, gone_id)
    _share_again(tx, merge["moved"].get(SHARED, ()), keep_id, gone_id)
    tx.conn.execute(update(rows).where(rows.c.id == gone_id).values(merged_into=None, updated_at=tx.now))
    _set(tx, keep, unblended(keep, merge["moved"], gone))
    tx.conn.execute(update(merges).where(merges.c.id == merge_id).values(undone_at=tx.now))
    search.index_customer(tx, gone_id)
    search.index_customer(tx, keep_id)
    _announce(tx, actor, "unmerged", merge_id, keep_id, gone_id)


def list_merges(conn: Connection, cursor: str = "", limit: int = 50, customer_id: int | None = None) -> Page[Merge]:
    """Newest first; of one customer, if asked."""
    kept, gone = rows.alias(), rows.alias()
    names = (kept.c.name.label("kept_name"), gone.c.name.label("gone_name"), users.c.name.label("user_name"))
    found = select(merges, *names).join(kept, kept.c.id == merges.c.kept_id).join(gone, gone.c.id == merges.c.gone_id)
    found = found.outerjoin(users, users.c.id == merges.c.user_id)
    if customer_id is not None:
        found = found.where((merges.c.kept_id == customer_id) | (merges.c.gone_id == customer_id))
    return page(conn, found, Order(merges.c.id, merges.c.id), cursor, limit, _shape)


def _shape(row: RowMapping) -> Merge:
    user = Named(row["user_id"], row["user_name"]) if row["user_id"] is not None else None
    moved = {kind: len(row["moved"].get(kind, ())) for kind in (*BELONGINGS, SHARED)}
    kept, gone = Named(row["kept_id"], row["kept_name"]), Named(row["gone_id"], row["gone_name"])
    return Merge(row["id"], kept, gone, user, row["at"], row["undone_at"], moved)


def _pair(conn: Connection, keep_id: int, gone_id: int, *, lock: bool) -> tuple[Row, Row]:
    """Both records; locked in the order of their ids, so that two opposite merges cannot block each other."""
    there = (rows.c.merged_into.is_(None), rows.c.erased_at.is_(None))
    wanted = select(rows).where(rows.c.id.in_([keep_id, gone_id]), *there).order_by(rows.c.id)
    found = {row["id"]: dict(row) for row in conn.execute(wanted.with_for_update() if lock else wanted).mappings()}
    if keep_id not in found or gone_id not in found:
        raise NotFound(f"customers {keep_id}, {gone_id}")
    keep, gone = found[keep_id], found[gone_id]
    related = keep["organisation_id"] == gone_id or gone["organisation_id"] == keep_id
    if keep_id == gone_id or keep["kind"] != gone["kind"] or related:
        raise Conflict("only two different customers of one kind can be merged, none the other's organisation")
    return keep, gone


def _count(conn: Connection, column: Column[Any], customer_id: int) -> int:
    found: int = conn.execute(select(func.count()).where(column == customer_id)).scalar_one()
    return found


def _move(tx: Tx, column: Column[Any], gone_id: int, keep_id: int) -> list[int]:
    table = column.table
    move = update(table).where(column == gone_id).values({column: keep_id})
    return sorted(tx.conn.execute(move.returning(table.c.id)).scalars())


def _move_back(tx: Tx, column: Column[Any], ids: list[int], keep_id: int, gone_id: int) -> None:
    for start in range(0, len(ids), BATCH):
        still = (column.table.c.id.in_(ids[start : start + BATCH]), column == keep_id)
        tx.conn.execute(update(column.table).where(*still).values({column: gone_id}))


def _move_shared(tx: Tx, gone_id: int, keep_id: int) -> list[int]:
    """The identities whose candidate was the gone customer and now is the kept one; where both were, only one stays."""
    c = identity_candidates.c
    already = select(c.identity_id).where(c.customer_id == keep_id).scalar_subquery()
    move = update(identity_candidates).where(c.customer_id == gone_id, c.identity_id.not_in(already))
    return sorted(tx.conn.execute(move.values(customer_id=keep_id).returning(c.identity_id)).scalars())


def _share_again(tx: Tx, identity_ids: list[int], keep_id: int, gone_id: int) -> None:
    c = identity_candidates.c
    mine = (c.identity_id.in_(identity_ids), c.customer_id == keep_id)
    tx.conn.execute(update(identity_candidates).where(*mine).values(customer_id=gone_id))


def _set(tx: Tx, keep: Row, values: dict[str, Any]) -> None:
    if "name" in values:
        values["short_code"] = short_code(values["name"])
    mine = update(rows).where(rows.c.id == keep["id"])
    tx.conn.execute(mine.values(**values, updated_at=tx.now, version=rows.c.version + 1))


def _announce(tx: Tx, actor: Actor, what: str, merge_id: int, keep_id: int, gone_id: int) -> None:
    audit.record(tx, actor.user_id, f"customer.{what}", "customer", keep_id, gone=gone_id, merge=merge_id)
    tx.event(f"customer.{what}", customer=keep_id, user=actor.user_id, kept=keep_id, gone=gone_id, merge=merge_id)
