"""The plugins' own tables: migrated after the core's, each plugin with a version table of its own.

With one shared version table, removing a plugin would break the core's upgrades. A plugin's tables carry its name as
prefix and have no foreign keys into the core's, so that they can be removed without touching anything else.
"""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, MetaData, delete, inspect

from hub.plugin.discovery import Plugins
from hub.plugin.record import CONTAINED, Plugin, sentence
from hub.store.offline import on_database
from hub.store.revisions import is_newest
from hub.store.tables import erasures, timers
from hub.store.tables import metadata as core

if TYPE_CHECKING:
    from alembic.config import Config

VERSIONS = "alembic_version_"


class ForeignTables(ValueError):
    """A migration touched what is not the plugin's."""


def upgrade(url: str, plugins: Plugins) -> None:
    """Bring every plugin's tables up to date, once the core's are; a plugin whose migrations fail becomes FAILED."""
    names = [plugin.name for plugin in plugins]
    for plugin in plugins.loaded:
        try:
            if folder := folder_of(plugins, plugin):
                on_database(url, partial(migrate, plugin=plugin.name, folder=folder, names=names))
        except CONTAINED as error:
            plugins.fail(plugin, f"its migrations failed: {sentence(error)}")


def purge(url: str, plugin: str, others: Iterable[str] = ()) -> list[str]:
    """Remove a plugin's tables and timers for good; the names of what was dropped. `others` are the plugins known."""
    return on_database(url, lambda conn: _purge(conn, plugin, others))


def with_tables(conn: Connection) -> set[str]:
    """The plugins that have tables here, whether they are at work or not."""
    return {table.removeprefix(VERSIONS) for table in inspect(conn).get_table_names() if table.startswith(VERSIONS)}


def owner(table: str, names: Iterable[str]) -> str:
    """Whose table this is by its prefix: the longest name wins, so that "web" does not own "web_chat_rooms"."""
    return max((name for name in names if table.startswith(f"{name}_")), key=len, default="")


def folder_of(plugins: Plugins, plugin: Plugin) -> Path | None:
    """The plugin's Alembic folder; None when it has no tables. Raises FileNotFoundError."""
    folder = plugins.declare(plugin, "hub_migrations")
    if folder is None:
        return None
    path = Path(str(folder))
    if not path.is_dir():
        raise FileNotFoundError(f"there is no folder {path}")
    return path


def migrate(conn: Connection, plugin: str, folder: Path, names: Iterable[str]) -> None:
    """Upgrade one plugin on an open connection. Raises ForeignTables when it reaches beyond its own."""
    if is_newest(conn, _versions(folder), VERSIONS + plugin):
        return
    from alembic import command  # only where there is something to migrate: most starts find nothing

    before = set(inspect(conn).get_table_names())
    command.upgrade(_configuration(conn, plugin, folder), "heads")
    after = set(inspect(conn).get_table_names())
    _check_own(conn, plugin, {*names, plugin}, after - before, before - after)


def _versions(folder: Path) -> Path:
    return folder / "versions" if (folder / "versions").is_dir() else folder


def _configuration(conn: Connection, plugin: str, folder: Path) -> "Config":
    from alembic.config import Config  # as above

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "alembic").replace("%", "%%"))
    config.set_main_option("version_locations", str(_versions(folder)).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes.update(connection=conn, version_table=VERSIONS + plugin)
    return config


def _check_own(conn: Connection, plugin: str, names: set[str], made: set[str], dropped: set[str]) -> None:
    """Raises ForeignTables, which rolls everything back."""
    for table in sorted(made | dropped):
        if table != VERSIONS + plugin and (owner(table, names) != plugin or table in core.tables):
            raise ForeignTables(f"the table {table} does not carry the prefix {plugin}_")
    for table in sorted(made):
        for key in inspect(conn).get_foreign_keys(table):
            if owner(key["referred_table"], names) != plugin:
                raise ForeignTables(f"{table} has a foreign key to {key['referred_table']}, which is not the plugin's")


def _purge(conn: Connection, plugin: str, others: Iterable[str]) -> list[str]:
    present = inspect(conn).get_table_names()
    names = {plugin, *others, *with_tables(conn)}
    own = [t for t in present if t == VERSIONS + plugin or (owner(t, names) == plugin and t not in core.tables)]
    tables = MetaData()
    if own:
        tables.reflect(conn, only=own)
        tables.drop_all(conn)
    conn.execute(delete(timers).where(timers.c.owner == plugin))
    conn.execute(delete(erasures).where(erasures.c.plugin == plugin))
    return sorted(own)
