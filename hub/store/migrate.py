"""Brings a database to the newest schema: the core's scripts, then each plugin's with a version table of its own."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, make_url

from hub.store.offline import on_database
from hub.store.revisions import is_newest

if TYPE_CHECKING:
    from alembic.config import Config

ROOT = Path(__file__).parents[2]
CORE = ROOT / "migrations"
CORE_VERSIONS = "alembic_version"


def configuration(scripts: Path, version_table: str) -> Config:
    """An Alembic configuration for one folder of scripts."""
    from alembic.config import Config  # only where there is something to migrate: most starts find nothing

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.attributes["version_table"] = version_table
    return config


def upgrade_on(conn: Connection, scripts: Path = CORE, version_table: str = CORE_VERSIONS) -> None:
    """Upgrade to the head on an open connection."""
    if is_newest(conn, scripts / "versions", version_table):
        return
    from alembic import command  # as above

    config = configuration(scripts, version_table)
    config.attributes["connection"] = conn
    command.upgrade(config, "head")


def upgrade(url: str, plugins: dict[str, Path] | None = None) -> None:
    """Upgrade the core and then the given plugins (name → script folder). Safe to call from anywhere."""
    steps = [(CORE, CORE_VERSIONS), *((path, f"alembic_version_{name}") for name, path in (plugins or {}).items())]
    if url.startswith("sqlite"):
        Path(make_url(url).database or "site.db").parent.mkdir(parents=True, exist_ok=True)
    for scripts, version_table in steps:
        on_database(url, partial(upgrade_on, scripts=scripts, version_table=version_table))
