"""Rows that a unit of work makes and nobody has asked for yet: written together, with one statement for all of a kind.

Their numbers are taken beforehand, many with one statement, so that rows which name each other can wait as well. What
waits is written before anything is read or written otherwise (`Tx.conn`), so no reader has to know of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from sqlalchemy import (
    Connection,
    Executable,
    Insert,
    Integer,
    Select,
    Table,
    bindparam,
    cast,
    func,
    insert,
    literal,
    select,
    union_all,
)

from hub.store.rows import Row
from hub.store.tables import customers, identities, interactions, messages, segments, threads, work

NUMBERED = (customers, identities, interactions, messages, work)
_ORDER = {table: place for place, table in enumerate((*NUMBERED[:3], threads, segments, *NUMBERED[3:]))}
"""Who is named comes before who names it."""


class PutOff:
    """The rows of one transaction that wait, and the numbers it has in hand."""

    __slots__ = ("_by_number", "_numbers", "_rows")

    def __init__(self) -> None:
        self._rows: dict[tuple[Table, Executable, tuple[str, ...]], list[Row]] = {}
        self._by_number: dict[tuple[Table, int], Row] = {}
        self._numbers: dict[Table, Iterator[int]] = {}

    def __bool__(self) -> bool:
        return bool(self._rows)

    def take_numbers(self, conn: Connection, wanted: Mapping[Table, int]) -> None:
        """Have so many of each ready. On SQLite they are those that come next, and nobody else writes: so as long as
        some are left, whoever makes such a row takes one (`number`)."""
        if conn.dialect.name == "postgresql":
            found: dict[Table, list[int]] = {}
            counts = {table.name: wanted.get(table, 0) for table in NUMBERED}
            for place, number in conn.execute(_from_sequences(), counts):
                found.setdefault(NUMBERED[place], []).append(number)
            self._numbers = {table: iter(numbers) for table, numbers in found.items()}
        else:
            newest = {NUMBERED[place]: last for place, last in conn.execute(_newest())}
            self._numbers = {
                table: iter(range(newest[table] + 1, newest[table] + 1 + wanted[table])) for table in wanted
            }

    def give_numbers_back(self) -> None:
        """What comes after this takes what the database gives it."""
        self._numbers.clear()

    def number(self, table: Table) -> int | None:
        """The number of the row that is to be made now; None when the database has to give it one."""
        numbers = self._numbers.get(table)
        return next(numbers, None) if numbers is not None else None

    def insert(self, table: Table, row: Row, statement: Executable | None = None) -> None:
        """Write this row later. Raises KeyError for a table whose rows cannot wait."""
        own = dict(row)
        kind = (table, plain(table) if statement is None else statement, tuple(own))
        self._rows.setdefault(kind, []).append(own)
        if "id" in own:
            self._by_number[table, own["id"]] = own

    def waiting(self, table: Table, number: int) -> Row | None:
        """The row that waits under this number, to be changed in place; None when it is written."""
        return self._by_number.get((table, number))

    def write(self, conn: Connection) -> None:
        """Nothing waits any more."""
        rows = sorted(self._rows.items(), key=lambda kind: _ORDER[kind[0][0]])
        self._clear()
        for (_, statement, _), some in rows:
            conn.execute(statement, some)

    def forget(self) -> None:
        """None of it is to be."""
        self._clear()
        self._numbers.clear()

    def _clear(self) -> None:
        self._rows.clear()
        self._by_number.clear()


@cache
def plain(table: Table) -> Insert:
    """INSERT of rows of this table, built once."""
    return insert(table)


@cache
def _from_sequences() -> Executable:
    return union_all(*(_numbers_of(place, table) for place, table in enumerate(NUMBERED)))


def _numbers_of(place: int, table: Table) -> Select[tuple[int, int]]:
    count = cast(bindparam(table.name), Integer)
    number = func.nextval(func.pg_get_serial_sequence(table.name, "id"))
    return select(literal(place), number).select_from(func.generate_series(1, count))


@cache
def _newest() -> Executable:
    return union_all(
        *(select(literal(place), func.coalesce(func.max(table.c.id), 0)) for place, table in enumerate(NUMBERED))
    )
