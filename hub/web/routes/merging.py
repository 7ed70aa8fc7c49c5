"""Customers as a whole stock: merged, unmerged, imported, exported."""

from __future__ import annotations

from starlette.responses import Response, StreamingResponse

from hub.model.permissions import Permission
from hub.store import exports, imports, merges
from hub.store.imports import ImportReport
from hub.store.merges import Merge, MergePreview
from hub.store.paging import Page
from hub.store.unit import Tx
from hub.web.bodies import File
from hub.web.call import Call
from hub.web.fields import Body, Id, Paging, Query, QueryFlag, QueryId
from hub.web.routing import Routes

routes = Routes("customers")
MERGE = Permission.CUSTOMERS_MERGE
MAX_SHEET = 20_000_000


class Pair(Body):
    """Two records of one customer: `gone` becomes part of `keep`."""

    keep: Id
    gone: Id


class MergeQuery(Paging):
    """Merges of one customer, if asked."""

    customer: QueryId | None = None


class ImportOptions(Query):
    """A dry run changes nothing and reports the same."""

    dry_run: QueryFlag = False


@routes.post("/customers/merge/preview", MERGE)
async def preview_merge(call: Call, body: Pair) -> MergePreview:
    """What merging would do, without doing it."""
    return await call.read(lambda conn: merges.preview_merge(conn, body.keep, body.gone))


@routes.post("/customers/merge", MERGE)
async def merge_customers(call: Call, body: Pair) -> Merge:
    """Make two records one. Replies still go to the address that wrote."""
    return await call.write(lambda tx: _merge(call, tx, body))


@routes.post("/merges/{merge_id}/undo", MERGE)
async def undo_merge(call: Call, merge_id: int) -> None:
    """Take a merge back."""
    await call.write(lambda tx: merges.undo_merge(tx, call.actor, merge_id))


@routes.get("/merges", MERGE)
async def list_merges(call: Call, query: MergeQuery) -> Page[Merge]:
    """Merges, newest first."""
    return await call.read(lambda conn: merges.list_merges(conn, query.cursor, query.limit, query.customer))


@routes.get("/customers/export", Permission.CUSTOMERS_EXPORT, produces="text/csv")
async def export_customers(call: Call) -> Response:
    """All customers as a sheet that can be imported again; noted in the audit log."""
    sheet = exports.export_customers(call.node.services.store, call.actor)
    headers = {"content-disposition": 'attachment; filename="customers.csv"', "cache-control": "private, no-store"}
    return StreamingResponse(sheet, headers=headers, media_type="text/csv; charset=utf-8")


@routes.post("/customers/import", Permission.CUSTOMERS_IMPORT, max_body=MAX_SHEET)
async def import_customers(call: Call, query: ImportOptions, body: File) -> ImportReport:
    """Take in a CSV file; each row that is wrong is left out and reported."""
    store = call.node.services.store
    return await imports.import_customers(store, call.actor, body.content, dry_run=query.dry_run)


def _merge(call: Call, tx: Tx, body: Pair) -> Merge:
    made = merges.merge_customers(tx, call.actor, body.keep, body.gone)
    return next(merge for merge in merges.list_merges(tx.conn, customer_id=body.keep).items if merge.id == made)
