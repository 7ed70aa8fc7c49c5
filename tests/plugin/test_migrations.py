"""Plugins' tables: their own version table, their own prefix, gone without a trace when purged."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, text

from hub.plugin.discovery import Plugins
from hub.plugin.migrations import owner, purge, upgrade
from hub.plugin.record import PluginState
from hub.store.offline import on_database
from tests.plugin.doubles import plugin_object, site

REVISION = '''"""One step."""
from alembic import op
import sqlalchemy as sa

revision = "{plugin}_{number}"
down_revision = {down}
branch_labels = None
depends_on = None


def upgrade():
    {body}
'''
MAKE = 'op.create_table("{table}", sa.Column("id", sa.Integer, primary_key=True))'


def folder(tmp_path: Path, plugin: str, *bodies: str) -> Path:
    """A folder of revisions, one after the other."""
    versions = tmp_path / plugin / "versions"
    versions.mkdir(parents=True, exist_ok=True)
    for number, body in enumerate(bodies):
        down = repr(f"{plugin}_{number - 1}") if number else None
        text = REVISION.format(plugin=plugin, number=number, down=down, body=body)
        (versions / f"{number}.py").write_text(text)
    return versions.parent


def with_migrations(**folders: Path) -> Plugins:
    return site(**{name: plugin_object(hub_migrations=lambda path=path: path) for name, path in folders.items()})


def tables(url: str) -> set[str]:
    return on_database(url, lambda conn: set(inspect(conn).get_table_names()))


def version(conn: Connection, plugin: str) -> object:
    return conn.scalar(text(f"SELECT version_num FROM alembic_version_{plugin}"))


def test_each_plugin_has_a_version_table_of_its_own(database_url: str, tmp_path: Path) -> None:
    before = tables(database_url)
    plugins = with_migrations(
        fax=folder(tmp_path, "fax", MAKE.format(table="fax_pages")),
        web=folder(tmp_path, "web", MAKE.format(table="web_rooms")),
    )
    upgrade(database_url, plugins)
    assert [p.error for p in plugins] == ["", ""]
    assert tables(database_url) - before == {"fax_pages", "alembic_version_fax", "web_rooms", "alembic_version_web"}


def test_it_goes_on_from_where_it_was(database_url: str, tmp_path: Path) -> None:
    first = MAKE.format(table="fax_pages")
    upgrade(database_url, with_migrations(fax=folder(tmp_path, "fax", first)))
    upgrade(database_url, with_migrations(fax=folder(tmp_path, "fax", first, MAKE.format(table="fax_boards"))))
    assert "fax_boards" in tables(database_url)
    assert on_database(database_url, lambda conn: version(conn, "fax")) == "fax_1"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (MAKE.format(table="pages"), "the table pages does not carry the prefix fax_"),
        (MAKE.format(table="fax_web_rooms"), ""),
        (MAKE.format(table="fax_board_slots"), "the table fax_board_slots does not carry the prefix fax_"),
        ('op.drop_table("webhooks")', "the table webhooks does not carry the prefix fax_"),
        (
            'op.create_table("fax_pages", sa.Column("c", sa.BigInteger, sa.ForeignKey("customers.id")))',
            "fax_pages has a foreign key to customers",
        ),
        ("raise SystemExit(2)", "SystemExit: 2"),
        ("1 / 0", "ZeroDivisionError"),
    ],
)
def test_a_migration_that_reaches_too_far_is_rolled_back(
    database_url: str, tmp_path: Path, body: str, said: str
) -> None:
    before = tables(database_url)
    plugins = with_migrations(fax=folder(tmp_path, "fax", body), fax_board=folder(tmp_path, "fax_board", "pass"))
    upgrade(database_url, plugins)
    assert said in plugins["fax"].error
    assert bool(plugins["fax"].error) == bool(said)
    assert plugins["fax_board"].loaded
    if said:
        assert tables(database_url) - before == {"alembic_version_fax_board"}
        assert before <= tables(database_url)


def test_a_folder_that_is_not_there_is_a_state(database_url: str, tmp_path: Path) -> None:
    plugins = with_migrations(fax=tmp_path / "nowhere")
    upgrade(database_url, plugins)
    assert plugins["fax"].state is PluginState.FAILED
    assert "there is no folder" in plugins["fax"].error


def test_purging_removes_a_plugins_tables_and_timers_and_nothing_else(database_url: str, tmp_path: Path) -> None:
    before = tables(database_url)
    plugins = with_migrations(
        web=folder(tmp_path, "web", MAKE.format(table="web_rooms")),
        web_chat=folder(tmp_path, "web_chat", MAKE.format(table="web_chat_rooms")),
    )
    upgrade(database_url, plugins)
    on_database(database_url, add_timers)
    assert purge(database_url, "web") == ["alembic_version_web", "web_rooms"]
    assert tables(database_url) - before == {"web_chat_rooms", "alembic_version_web_chat"}
    assert on_database(database_url, lambda conn: conn.scalars(text("SELECT owner FROM timers")).all()) == ["web_chat"]
    assert purge(database_url, "web") == []


def test_purging_never_touches_the_cores_tables(database_url: str) -> None:
    before = tables(database_url)
    assert {"queue_members", "asset_types"} <= before
    assert purge(database_url, "queue") == purge(database_url, "asset") == []
    assert tables(database_url) == before


def add_timers(conn: Connection) -> None:
    when = "2030-01-01" if conn.dialect.name == "postgresql" else 1
    for owner_name in ("web", "web_chat"):
        conn.execute(
            text(f"INSERT INTO timers (owner, name, payload, due_at) VALUES ('{owner_name}', 'x', '{{}}', '{when}')")
        )


def test_the_longest_name_owns_a_table() -> None:
    assert owner("web_chat_rooms", ["web", "web_chat"]) == "web_chat"
    assert owner("web_rooms", ["web", "web_chat"]) == "web"
    assert owner("website", ["web"]) == ""
