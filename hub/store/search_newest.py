"""The newest things a query finds, in bounded time on both databases, also for a query of the commonest characters.

SQLite's FTS5 walks its lists backwards and stops when the page is full. A PostgreSQL GIN index knows no order, so there
the newest rows are tried one by one, which fills the page for anything common; what is rare has short lists and is
then taken from the index. Measured on a million messages: docs/decisions/0006-search-walks-backwards.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Text,
    cast,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY

from hub.model.searching import fts5_match, query_phrases, tsquery
from hub.store.search_schema import INDEXES

WINDOW = 20_000  # newest rows tried one by one: some 20 ms
NEVER = 2**62
# for this transaction: to compile takes longer than to ask, and a phrase's short list is estimated as a long one
_PLANNING = sql("SELECT set_config('jit', 'off', true), set_config('enable_seqscan', 'off', true)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Things of `kind` that `query` finds, with ids below `before`, at most `limit`.

    `own` selects the ids of all that the user may see, and `few` fetches them when they are few (else None); neither
    is given for somebody who may see everything.
    """

    kind: str
    query: str
    limit: int
    before: int = NEVER
    own: Select[int] | None = None
    few: Callable[[Connection], list[int] | None] | None = None


def newest(conn: Connection, wanted: Wanted) -> list[int]:
    """Ids, the highest first."""
    if not query_phrases(wanted.query):
        return []
    if conn.dialect.name != "postgresql":
        return _ids(conn, _page(INDEXES[wanted.kind], matches(conn, wanted.kind, wanted.query), wanted))
    conn.execute(_PLANNING)
    found = _among_newest(conn, wanted)
    return found if len(found) >= wanted.limit else _among_all(conn, wanted)


def matches(conn: Connection, kind: str, query: str) -> ColumnElement[bool]:
    """Whether an index row is found by the query."""
    index = INDEXES[kind]
    if conn.dialect.name == "postgresql":
        return index.c.tokens.bool_op("@@")(_tsquery(query))
    return literal_column(index.name).bool_op("MATCH")(fts5_match(query))


def _among_newest(conn: Connection, wanted: Wanted) -> list[int]:
    """LIMIT is the fence behind which PostgreSQL cannot reach for its GIN index."""
    index = INDEXES[wanted.kind]
    latest = select(index).where(index.c.rowid < wanted.before).order_by(index.c.rowid.desc()).limit(WINDOW).subquery()
    return _ids(conn, _page(latest, latest.c.tokens.bool_op("@@")(_tsquery(wanted.query)), wanted))


def _among_all(conn: Connection, wanted: Wanted) -> list[int]:
    index, match = INDEXES[wanted.kind], matches(conn, wanted.kind, wanted.query)
    few = wanted.few(conn) if wanted.few is not None else None
    if few is None:
        hits = select(index.c.rowid).where(match).cte("hits").prefix_with("MATERIALIZED")
        return _ids(conn, _page(hits, None, wanted))
    mine = index.c.rowid == func.any(cast(few, ARRAY(BigInteger)))
    page = select(index.c.rowid).where(match, mine, index.c.rowid < wanted.before)
    return _ids(conn, page.order_by(index.c.rowid.desc()).limit(wanted.limit))


def _page(rows: FromClause, match: ColumnElement[bool] | None, wanted: Wanted) -> Select[int]:
    page = select(rows.c.rowid).where(rows.c.rowid < wanted.before)
    if match is not None:
        page = page.where(match)
    if wanted.own is not None:
        ids = wanted.own.selected_columns[0]
        # a scalar subquery is asked row by row, in the order of the walk; a join might be turned round
        page = page.where(wanted.own.where(ids == rows.c.rowid).correlate(rows).scalar_subquery().is_not(None))
    return page.order_by(rows.c.rowid.desc()).limit(wanted.limit)


def _tsquery(query: str) -> ColumnElement[str]:
    return cast(literal(tsquery(query), Text), TSQUERY)


def _ids(conn: Connection, statement: Select[int]) -> list[int]:
    return list(conn.execute(statement).scalars())
