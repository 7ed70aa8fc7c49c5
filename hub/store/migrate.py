"""Brings a database to the newest schema: the core's scripts, then each plugin's with a version table of its own."""

import asyncio
import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, make_url

from hub.store import postgres, sqlite

ROOT = Path(__file__).parents[2]
CORE = ROOT / "migrations"
CORE_VERSIONS = "alembic_version"


def configuration(scripts: Path, version_table: str) -> Config:
    """An Alembic configuration for one folder of scripts."""
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.attributes["version_table"] = version_table
    return config


def upgrade_on(conn: Connection, scripts: Path = CORE, version_table: str = CORE_VERSIONS) -> None:
    """Upgrade to the head on an open connection."""
    config = configuration(scripts, version_table)
    config.attributes["connection"] = conn
    command.upgrade(config, "head")


def upgrade(url: str, plugins: dict[str, Path] | None = None) -> None:
    """Upgrade the core and then the given plugins (name → script folder). Safe to call from anywhere."""
    steps = [(CORE, CORE_VERSIONS), *((path, f"alembic_version_{name}") for name, path in (plugins or {}).items())]
    if url.startswith("sqlite"):
        _upgrade_sqlite(url, steps)
    else:
        _in_thread(url, steps)


def _upgrade_sqlite(url: str, steps: list[tuple[Path, str]]) -> None:
    Path(make_url(url).database or "site.db").parent.mkdir(parents=True, exist_ok=True)
    engine = sqlite.engine(url, begin="BEGIN IMMEDIATE")
    for scripts, table in steps:
        with engine.begin() as conn:
            upgrade_on(conn, scripts, table)
    engine.dispose()


async def _upgrade_postgres(url: str, steps: list[tuple[Path, str]]) -> None:
    engine = postgres.engine(url, 1)
    for scripts, table in steps:
        async with engine.begin() as conn:
            await conn.run_sync(upgrade_on, scripts, table)
    await engine.dispose()


def _in_thread(url: str, steps: list[tuple[Path, str]]) -> None:
    """asyncpg needs a loop of its own, and the caller may already be inside one."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(_upgrade_postgres(url, steps))
        except BaseException as error:  # noqa: BLE001  # carried over to the calling thread, which raises it
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
