"""Search: what is found, here by FTS5 alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.searching import (
    MAX_QUERY_TOKENS,
    MAX_TOKENS,
    fts5_document,
    fts5_match,
    index_tokens,
    query_phrases,
    tsquery,
    tsvector,
)
from tests.model.findable import FOUND, NOT_FOUND, documents, queries


class Shelf:
    """Texts in an FTS5 table of their own."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.connection = sqlite3.connect(":memory:")
        self.connection.execute("CREATE VIRTUAL TABLE shelf USING fts5(text, content='', tokenize='ascii')")
        rows = [(place, fts5_document(text)) for place, text in enumerate(texts)]
        self.connection.executemany("INSERT INTO shelf(rowid, text) VALUES (?, ?)", rows)

    def find(self, query: str) -> list[int]:
        rows = self.connection.execute(
            "SELECT rowid FROM shelf WHERE shelf MATCH ? ORDER BY rowid", (fts5_match(query),)
        ).fetchall()
        self.connection.close()
        return [row[0] for row in rows]


def test_every_chinese_word_is_found_where_it_stands_and_nowhere_else() -> None:
    shelf = Shelf(documents())
    cursor = shelf.connection.cursor()
    for query, wanted in queries():
        found = cursor.execute("SELECT rowid FROM shelf WHERE shelf MATCH ?", (fts5_match(query),)).fetchall()
        assert sorted(row[0] for row in found) == sorted(wanted), query
    shelf.connection.close()


@pytest.mark.parametrize(("text", "query"), FOUND)
def test_is_found(text: str, query: str) -> None:
    assert Shelf([text]).find(query) == [0]


@pytest.mark.parametrize(("text", "query"), NOT_FOUND)
def test_is_not_found(text: str, query: str) -> None:
    assert Shelf([text]).find(query) == []


def test_no_phrase_reaches_from_one_text_into_the_next() -> None:
    assert index_tokens("张三", "丰田") == ["张", "三", "0b", "丰", "田"]


def test_a_token_of_ours_cannot_be_typed() -> None:
    assert index_tokens("0b 0r8000") == ["0", "b", "0", "r", "8000"]


def test_a_tsvector_holds_places_and_pairs() -> None:
    assert tsvector("T恤衫a") == "'t':1 '恤':2 '恤衫':2 '衫':3 'a':4"
    assert tsquery("T恤衫a") == "('t' <-> '恤衫' <2> 'a')"
    assert tsquery("重置 wang") == "('重置') & ('wang':*)"
    assert tsquery("8000") == "('8000':* | '0r0008':*)"


@given(st.text(max_size=300))
def test_any_query_is_bounded_and_understood_by_fts5(query: str) -> None:
    phrases = query_phrases(query)
    assert sum(len(phrase.tokens) for phrase in phrases) <= MAX_QUERY_TOKENS
    assert tsquery(query).count("'") % 2 == 0
    Shelf([]).find(query)


@pytest.mark.parametrize("query", ['"', "' OR '1'='1", "a*b*c*", "NEAR(a b)", "text:a", "-a", "^a", "(", "\x00", "\\'"])
def test_no_query_is_taken_as_syntax(query: str) -> None:
    assert Shelf(["nothing of the sort"]).find(query) in ([], [0])


@given(st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=40))
def test_a_text_finds_itself(text: str) -> None:
    assert Shelf([text]).find(text) == ([0] if query_phrases(text) else [])


@pytest.mark.slow
@pytest.mark.parametrize("text", ["的" * 50_000, "a " * 50_000, "𐌀" * 99 + " ", "1 " * 99_999, "ﷺ" * 9_999])
def test_a_bomb_of_a_text_stays_small(text: str) -> None:
    assert len(index_tokens(text * 3)) <= MAX_TOKENS
    assert len(tsvector(text * 3).encode()) < 1_000_000


def test_a_number_is_looked_for_by_its_end() -> None:
    endings = [phrase.ending for phrase in query_phrases("张三 8000 12")]
    assert endings == ["", "8000", ""]
