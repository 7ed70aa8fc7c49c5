"""The migrations lead to just the tables the code knows, and back to none."""

from __future__ import annotations

from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from hub.store import migrate
from hub.store.offline import on_database
from hub.store.tables import metadata


def _differences(conn: Connection) -> list[Any]:
    def known(_item: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
        return not (kind in {"table", "index"} and str(name).startswith(("search_", "ix_search_", "alembic_")))

    context = MigrationContext.configure(conn, opts={"include_object": known, "compare_type": False})
    return list(compare_metadata(context, metadata))


def _down(conn: Connection) -> set[str]:
    config = migrate.configuration(migrate.CORE, migrate.CORE_VERSIONS)
    config.attributes["connection"] = conn
    command.downgrade(config, "base")
    return set(inspect(conn).get_table_names())


def test_a_migrated_database_has_just_the_tables_the_code_knows(database_url: str) -> None:
    assert on_database(database_url, _differences) == []


def test_the_way_back_leaves_nothing(database_url: str) -> None:
    assert on_database(database_url, _down) == {migrate.CORE_VERSIONS}
