"""Both databases find the same, in Chinese too."""

from __future__ import annotations

from sqlalchemy import Text, cast, insert, literal
from sqlalchemy.dialects.postgresql import TSVECTOR

from hub.model.searching import fts5_document, tsvector
from hub.store.database import Store
from hub.store.search_newest import Wanted, newest
from hub.store.search_schema import INDEXES
from hub.store.unit import Tx
from tests.model.findable import FOUND, NOT_FOUND, documents, queries


async def _index(store: Store, texts: list[str]) -> None:
    def insert_all(tx: Tx) -> None:
        for number, text in enumerate(texts):
            is_postgresql = tx.conn.dialect.name == "postgresql"
            tokens = cast(literal(tsvector(text), Text), TSVECTOR) if is_postgresql else literal(fts5_document(text))
            tx.conn.execute(insert(INDEXES["message"]).values(rowid=number, tokens=tokens))

    await store.write(insert_all)


async def _find(store: Store, query: str) -> list[int]:
    found = await store.read(lambda conn: newest(conn, Wanted("message", query, limit=1_000)))
    return sorted(found)


async def test_every_chinese_word_is_found_where_it_stands_and_nowhere_else(store: Store) -> None:
    await _index(store, documents())
    for query, wanted in queries():
        assert await _find(store, query) == sorted(wanted), query


async def test_what_is_findable_is_found_and_nothing_else(store: Store) -> None:
    cases = [*FOUND, *NOT_FOUND]
    await _index(store, [text for text, _ in cases])
    for number, (text, query) in enumerate(cases):
        assert (number in await _find(store, query)) == (number < len(FOUND)), (text, query)
