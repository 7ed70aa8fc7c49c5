"""The search index's own tables: FTS5 on SQLite, tsvector on PostgreSQL; one a kind, whose row id is the thing's id.

They stand outside `tables.metadata`, since no column type describes both.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Connection, TableClause, Text, column, table

KINDS = ("customer", "ticket", "message")


def _table(name: str) -> TableClause:
    return table(name, column("rowid", BigInteger), column("tokens", Text))


INDEXES = {kind: _table(f"search_{kind}s") for kind in KINDS}


def create(conn: Connection) -> None:
    """Make the tables, empty."""
    for index in INDEXES.values():
        for statement in _statements(conn.dialect.name, index.name):
            conn.exec_driver_sql(statement)


def drop(conn: Connection) -> None:
    """Remove the tables with what they hold."""
    for index in INDEXES.values():
        conn.exec_driver_sql(f"DROP TABLE IF EXISTS {index.name}")


def _statements(dialect: str, name: str) -> tuple[str, ...]:
    if dialect == "postgresql":
        return (
            f"CREATE TABLE {name} (rowid bigint PRIMARY KEY, tokens tsvector NOT NULL)",
            f"CREATE INDEX ix_{name} ON {name} USING gin (tokens)",
        )
    return (f"CREATE VIRTUAL TABLE {name} USING fts5(tokens, tokenize='ascii')",)
