"""A fresh, migrated database for every test, in milliseconds: copied from one that was migrated once a run.

All worker processes of a run share its folder (named in HUB_TEST_RUN by the process that started them); whoever first
needs a template or the PostgreSQL server makes it there under a lock, and the starting process removes everything at
the end.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from tempfile import gettempdir, mkdtemp

import psutil

from tests.support import postgresql
from tests.support.postgresql import Cluster

RUN = "HUB_TEST_RUN"
PREFIX = "hub-tests-"
MEMORY = Path("/dev/shm")
ENOUGH = 2 * 2**30  # bytes; a run takes a quarter of it
TEMPLATE = "hub_template"


def begin_run() -> None:
    """Called once, by the process that starts the run."""
    remove_leftovers()
    folder = Path(mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=place()))
    folder.chmod(0o755)  # PostgreSQL's own user has to enter
    os.environ[RUN] = str(folder)


def place() -> Path:
    """Where there is memory to spare, the databases lie in it: a PostgreSQL database is 700 files, and to make them for
    each test takes a disk's file system fifteen times as long. What is to survive a kill has a server of its own."""
    spare = min(shutil.disk_usage(MEMORY).free, psutil.virtual_memory().available) if MEMORY.is_dir() else 0
    return MEMORY if spare > ENOUGH and os.access(MEMORY, os.W_OK) else Path(gettempdir())


def end_run() -> None:
    remove(Path(os.environ.pop(RUN)))


def remove_leftovers() -> None:
    """A run that was killed could not clean up; its server would stay for ever."""
    for folder in (found for where in {MEMORY, Path(gettempdir())} for found in where.glob(f"{PREFIX}*")):
        ours = folder.stat().st_uid == os.geteuid()
        if ours and not psutil.pid_exists(int(folder.name.split("-")[2])):
            remove(folder)


def remove(folder: Path) -> None:
    discard(folder / "postgresql")
    shutil.rmtree(folder, ignore_errors=True)


def discard(data: Path) -> None:
    postgresql.stop(data)
    shutil.rmtree(data, ignore_errors=True)


def migrate(url: str) -> None:
    from hub.store.migrate import upgrade

    upgrade(url)


@contextmanager
def sqlite_database(folder: Path) -> Iterator[str]:
    """The URL of a migrated SQLite file of the caller's own in `folder`."""
    path = folder / "site.db"
    shutil.copyfile(sqlite_template(), path)
    yield f"sqlite:///{path}"


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder beside the other databases of this run, for as long as somebody needs it."""
    folder = Path(mkdtemp(prefix="sqlite-", dir=os.environ[RUN]))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgresql_database() -> Iterator[str]:
    """The URL of a migrated PostgreSQL database of the caller's own."""
    cluster = postgresql_with_template()
    url = cluster.create_database(TEMPLATE)
    try:
        yield url
    finally:
        cluster.drop_database(url)


@cache
def sqlite_template() -> Path:
    with run_folder() as folder:
        template = folder / "template.db"
        if not template.exists():
            unfinished = folder / "unfinished.db"
            migrate(f"sqlite:///{unfinished}")
            with closing(sqlite3.connect(unfinished)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            unfinished.rename(template)
        return template


@cache
def postgresql_with_template() -> Cluster:
    with run_folder() as folder:
        data, port = folder / "postgresql", folder / "postgresql.port"
        if port.exists():
            return Cluster(data, int(port.read_text()))
        discard(data)  # what an earlier test's failed attempt left
        cluster = postgresql.start(data)
        cluster.execute(f"CREATE DATABASE {TEMPLATE}")
        migrate(cluster.url(TEMPLATE))
        port.write_text(str(cluster.port))
        return cluster


@contextmanager
def run_folder() -> Iterator[Path]:
    """The folder of this run, for one process at a time."""
    folder = Path(os.environ[RUN])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
