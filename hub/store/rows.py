"""Small reading conveniences shared by the repositories: a row is a plain dictionary by column name."""

from collections.abc import Collection
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Connection, Executable

Row: TypeAlias = dict[str, Any]
V = TypeVar("V")


def one(conn: Connection, statement: Executable, **values: Any) -> Row | None:
    """The first row, or None. `values` fill bind parameters: statements on the hot path are built only once."""
    found = conn.execute(statement, values).mappings().first()
    return dict(found) if found is not None else None


def many(conn: Connection, statement: Executable, **values: Any) -> list[Row]:
    """All rows."""
    return [dict(row) for row in conn.execute(statement, values).mappings()]


def listed(values: Collection[V]) -> list[V]:
    """These values for an IN, the last repeated until they are 1, 2, 4, 8 …: PostgreSQL prepares the statement anew for
    each number of them, on each connection."""
    found = list(values)
    return found + found[-1:] * ((1 << (len(found) - 1).bit_length()) - len(found)) if found else found


def inserted(conn: Connection, statement: Any, values: Row | None = None) -> int:
    """Run an INSERT of one row and return its id; `values` when the statement itself has none."""
    key = conn.execute(statement, values).inserted_primary_key
    if key is None:
        raise TypeError("not an INSERT of one row")
    row_id: int = key[0]
    return row_id
