"""Seconds between two columns, which the two databases reckon in different ways."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Connection, DateTime, extract, type_coerce


def seconds_between(conn: Connection, start: Column[Any], end: Column[Any]) -> ColumnElement[Any]:
    """From `start` to `end`, both Instants; null where one of them is."""
    if conn.dialect.name == "postgresql":
        exact = DateTime(timezone=True)
        return extract("epoch", type_coerce(end, exact) - type_coerce(start, exact))
    return (type_coerce(end, BigInteger) - type_coerce(start, BigInteger)) / 1_000_000.0
