"""Small reading conveniences shared by the repositories: a row is a plain dictionary by column name."""

from typing import Any, TypeAlias

from sqlalchemy import Connection, Executable

Row: TypeAlias = dict[str, Any]


def one(conn: Connection, statement: Executable) -> Row | None:
    """The first row, or None."""
    found = conn.execute(statement).mappings().first()
    return dict(found) if found is not None else None


def many(conn: Connection, statement: Executable) -> list[Row]:
    """All rows."""
    return [dict(row) for row in conn.execute(statement).mappings()]


def inserted(conn: Connection, statement: Any) -> int:
    """Run an INSERT and return the new row's id."""
    key = conn.execute(statement).inserted_primary_key
    if key is None:
        raise TypeError("not an INSERT of one row")
    row_id: int = key[0]
    return row_id
