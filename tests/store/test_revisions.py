"""Told without Alembic what is newest, as Alembic would tell it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from hub.store.migrate import CORE, CORE_VERSIONS, upgrade
from hub.store.offline import on_database
from hub.store.revisions import is_newest

AGAIN = """
import sys
import hub.main.command, hub.main.serve
from hub.store.migrate import upgrade

upgrade(sys.argv[1])
late = {"alembic", "asyncpg", "sqlalchemy.ext.asyncio", "httpx", "hub.main.simulate", "hub.main.examine"}
print(*sorted(late & sys.modules.keys()))
"""


def script(folder: Path, revision: str, down: str) -> None:
    (folder / f"{revision}.py").write_text(f'revision: str = "{revision}"\ndown_revision = {down}\n')


def record(conn: Connection, *revisions: str) -> None:
    conn.execute(text("CREATE TABLE versions (version_num VARCHAR(32))"))
    for revision in revisions:
        conn.execute(text("INSERT INTO versions VALUES (:revision)"), {"revision": revision})


@pytest.mark.parametrize(
    ("downs", "at", "newest"),
    [
        ({"a": "None"}, ["a"], True),
        ({"a": "None", "b": "'a'"}, ["a"], False),
        ({"a": "None", "b": "'a'", "c": "'a'"}, ["b", "c"], True),
        ({"a": "None", "b": "'a'", "c": "'a'", "d": "('b', 'c')"}, ["d"], True),
        ({"a": "None", "b": "(\n    'a',\n)"}, ["b"], False),  # not read for sure: Alembic decides
        ({"a": "None"}, ["from a later release"], False),
        ({"a": "None"}, [], False),
        ({}, [], False),
    ],
)
def test_the_newest_is_what_no_other_builds_on(
    sqlite_url: str, tmp_path: Path, downs: dict[str, str], at: list[str], newest: bool
) -> None:
    for revision, down in downs.items():
        script(tmp_path, revision, down)
    on_database(sqlite_url, lambda conn: record(conn, *at))
    assert on_database(sqlite_url, lambda conn: is_newest(conn, tmp_path, "versions")) is newest


def test_a_new_database_is_not_the_newest_and_a_migrated_one_is(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"

    def newest() -> bool:
        return on_database(url, lambda conn: is_newest(conn, CORE / "versions", CORE_VERSIONS))

    assert not newest()
    upgrade(url)
    assert newest()


@pytest.mark.slow
def test_a_start_with_nothing_to_migrate_loads_no_library_that_it_can_do_without(sqlite_url: str) -> None:
    done = subprocess.run([sys.executable, "-c", AGAIN, sqlite_url], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
