"""From a site file to an open store and known plugins: what every command that touches a site does first."""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlalchemy.exc import DBAPIError

from hub.main.sentence import Sentence
from hub.plugin import migrations, settings
from hub.plugin.discovery import Plugins, discover
from hub.plugin.site_file import load
from hub.plugin.site_model import SiteFile
from hub.store import migrate


@dataclass(frozen=True, slots=True)
class Prepared:
    """A site file that was read, with its plugins discovered and configured."""

    file: SiteFile
    plugins: Plugins


def prepare(path: Path) -> Prepared:
    """Read the file, find the plugins. Raises SiteFileError."""
    file = load(path)
    plugins = discover(file.site.plugins)
    settings.configure(plugins, file.plugins, os.environ)
    return Prepared(file, plugins)


def upgrade(prepared: Prepared) -> None:
    """Bring the database to the newest schema, once `lock` has made its folder. Raises Sentence."""
    try:
        migrate.upgrade(prepared.file.database)
    except (DBAPIError, OSError) as error:
        raise Sentence(f"the database cannot be opened: {_reason(error)}") from error
    migrations.upgrade(prepared.file.database, prepared.plugins)


def lock(file: SiteFile) -> IO[str]:
    """SQLite belongs to one process: hold the site's lock file, in its folder, till the end. Raises Sentence."""
    try:
        file.data.mkdir(parents=True, exist_ok=True)
        held = (file.data / "hub.lock").open("w")
    except OSError as error:
        raise Sentence(f"nothing can be written to {file.data} ({error.strerror}).") from error
    if file.database.startswith("sqlite"):
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Sentence(f"another hub is already running on {file.data}.") from None
    return held


def _reason(error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return str(cause).split("\n")[0]
