"""Keyset paging: a page starts after the last item seen, so that the thousandth page costs what the first does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, RowMapping, Select, literal, tuple_

from hub.store.columns import EPOCH, MICROSECOND, Instant

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items of a list; `next` is the cursor of those that follow, or null at the end."""

    items: list[T]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What a list is sorted by: a column that is a whole number or a moment, then the id."""

    key: Column[Any]
    id: Column[Any]
    descending: bool = True

    def clauses(self) -> tuple[ColumnElement[Any], ...]:
        """For ORDER BY."""
        return (self.key.desc(), self.id.desc()) if self.descending else (self.key.asc(), self.id.asc())

    def after(self, cursor: str) -> ColumnElement[bool]:
        """Those that stand behind the cursor."""
        key, identifier = cursor.split(".")
        place = tuple_(literal(self._value(int(key)), self.key.type), literal(int(identifier), self.id.type))
        columns = tuple_(self.key, self.id)
        return columns < place if self.descending else columns > place

    def cursor(self, key: datetime | int, identifier: int) -> str:
        """The place of an item."""
        number = (key - EPOCH) // MICROSECOND if isinstance(key, datetime) else key
        return f"{number}.{identifier}"

    def _value(self, number: int) -> datetime | int:
        return EPOCH + timedelta(microseconds=number) if self._is_moment else number

    @property
    def _is_moment(self) -> bool:
        return isinstance(self.key.type, Instant)


def window(statement: Select[Any], order: Order, cursor: str, limit: int) -> Select[Any]:
    """The statement narrowed to one page and one item more, which tells whether there is another page."""
    if cursor:
        statement = statement.where(order.after(cursor))
    return statement.order_by(*order.clauses()).limit(limit + 1)


def page(
    conn: Connection, statement: Select[Any], order: Order, cursor: str, limit: int, shape: Callable[[RowMapping], T]
) -> Page[T]:
    """One page of the statement, which must select the order's columns under their own names."""
    rows = conn.execute(window(statement, order, cursor, limit)).mappings().all()
    return Page([shape(row) for row in rows[:limit]], next_cursor(rows, order, limit))


def next_cursor(rows: Sequence[RowMapping], order: Order, limit: int) -> str | None:
    """Where the next page starts, when more rows came than were asked for."""
    if len(rows) <= limit:
        return None
    last = rows[limit - 1]
    return order.cursor(last[order.key.name], last[order.id.name])
