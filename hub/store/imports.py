"""Customers from a sheet: looked over in a dry run or taken in, in short transactions, with a report row by row."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy import Connection

from hub.api import HubError
from hub.model.actor import Actor
from hub.model.importing import ImportRow, RowError, Sheet, parse_row, read_sheet
from hub.store import audit
from hub.store.database import Store
from hub.store.import_rows import Known, Meant, apply, load_addresses, load_known, meaning
from hub.store.unit import Tx

CHUNK = 25  # rows a transaction: mails and chats must not wait for a sheet
MOST_ERRORS = 1_000
Parsed = ImportRow | list[RowError]
Result = bool | list[RowError]  # whether the row made a new customer, or why it was left out


@dataclass(slots=True)
class ImportReport:
    """What an import did, or in a dry run would do. `failed` counts the rows left out; `errors` are the first 1,000."""

    dry_run: bool
    rows: int = 0
    created: int = 0
    updated: int = 0
    failed: int = 0
    errors: list[RowError] = field(default_factory=list)

    def refuse(self, wrong: Sequence[RowError]) -> None:
        """One row is left out for these reasons."""
        self.failed += 1
        self.errors += wrong[: MOST_ERRORS - len(self.errors)]

    def count(self, results: Sequence[Result]) -> None:
        """Some rows are through."""
        self.rows += len(results)
        for result in results:
            if isinstance(result, bool):
                self.created += result
                self.updated += not result
            else:
                self.refuse(result)


async def import_customers(store: Store, actor: Actor, body: bytes, *, dry_run: bool = False) -> ImportReport:
    """Take in a CSV file (see `hub.model.importing` for its columns). A row that is wrong is left out and reported;
    the others are taken. A dry run changes nothing and reports the same. Raises nothing for what the file holds."""
    report = ImportReport(dry_run)
    sheet = await asyncio.to_thread(read_sheet, body)
    report.errors += sheet.errors
    if sheet.errors:
        return report
    known = await store.read(load_known)
    while parsed := await asyncio.to_thread(_next_rows, sheet):
        results, known = await (_look_over(store, known, parsed) if dry_run else _take_in(store, actor, known, parsed))
        report.count(results)
    if not dry_run:
        await store.write(lambda tx: _record(tx, actor, report))
    return report


def _record(tx: Tx, actor: Actor, report: ImportReport) -> None:
    audit.record(
        tx, actor.user_id, "customer.import", "customer", rows=report.rows, created=report.created, failed=report.failed
    )


def _next_rows(sheet: Sheet) -> list[Parsed]:
    return [parse_row(sheet.header, number, cells) for number, cells in islice(sheet.rows, CHUNK)]


async def _look_over(store: Store, known: Known, parsed: Sequence[Parsed]) -> tuple[list[Result], Known]:
    """A customer who would be new gets a negative id that later rows can meet."""
    results = await store.read(
        lambda conn: _go_through(conn, known, parsed, lambda meant: meant.customer_id or -meant.row.number)
    )
    return results, known


async def _take_in(store: Store, actor: Actor, known: Known, parsed: Sequence[Parsed]) -> tuple[list[Result], Known]:
    def work(tx: Tx) -> tuple[list[Result], Known]:
        after = known.copy()  # the transaction may run again
        return _go_through(tx.conn, after, parsed, lambda meant: _put_in(tx, actor, meant)), after

    results, after = await store.write(work)
    after.addresses.clear()  # they stand in the database now
    return results, after


def _put_in(tx: Tx, actor: Actor, meant: Meant) -> int:
    """One row; what it had written before it failed is undone."""
    mark = tx.mark()
    try:
        customer_id = apply(tx, actor, meant)
    except HubError:
        tx.back_to(mark)
        raise
    tx.flush()
    tx.keep()
    return customer_id


def _go_through(
    conn: Connection, known: Known, parsed: Sequence[Parsed], become: Callable[[Meant], int]
) -> list[Result]:
    load_addresses(conn, known, [row for row in parsed if isinstance(row, ImportRow)])
    return [_one(known, row, become) for row in parsed]


def _one(known: Known, parsed: Parsed, become: Callable[[Meant], int]) -> Result:
    meant = meaning(known, parsed) if isinstance(parsed, ImportRow) else parsed
    if not isinstance(meant, Meant):
        return meant
    try:
        known.note(meant.row, become(meant))
    except HubError as error:  # another node was faster, or what they own already does not go with it
        return [RowError(meant.row.number, "", error.code, error.line)]
    return meant.customer_id is None
