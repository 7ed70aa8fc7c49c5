"""A throw-away PostgreSQL of our own: made in a second, on a port the system chose, gone afterwards."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import psutil

from tests.support.ports import free_port

USER = "hub"
SETTINGS = "listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\nmax_connections = 200\n"
# A test's database need not outlive the machine; what is measured or killed needs the real thing.
NOT_DURABLE = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nmax_wal_size = 256MB\n"


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server: its data folder and its port on 127.0.0.1."""

    data: Path
    port: int

    def url(self, database: str) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def create_database(self, template: str = "template1") -> str:
        """A new database, a copy of `template`; its URL. Copied file by file: half the work of the log's way."""
        name = f"test_{uuid4().hex}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return self.url(name)

    def drop_database(self, url: str) -> None:
        self.execute(f'DROP DATABASE IF EXISTS "{urlsplit(url).path[1:]}" WITH (FORCE)')

    def execute(self, statement: str) -> None:
        """Run one statement as the administrator, from plain and from async tests alike."""
        with ThreadPoolExecutor(1) as aside:  # a loop may be running in this thread
            aside.submit(asyncio.run, self._execute(statement)).result()

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url("postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@contextmanager
def temporary_cluster(*, durable: bool = False) -> Iterator[Cluster]:
    """A server of the caller's own, with fsync as in production when `durable`."""
    folder = Path(mkdtemp(prefix="hub-postgresql-"))
    folder.chmod(0o755)
    cluster = start(folder / "data", durable=durable)
    try:
        yield cluster
    finally:
        stop(cluster.data)
        shutil.rmtree(folder)


def start(data: Path, *, durable: bool = False) -> Cluster:
    """Make and start a server in `data`. Raises CalledProcessError with what it said."""
    data.mkdir()
    if os.geteuid() == 0:
        shutil.chown(data, "postgres", "postgres")
    command("initdb", data, "--username", USER, "--auth", "trust", "--no-locale", "--encoding", "UTF8", "--no-sync")
    with (data / "postgresql.conf").open("a") as configuration:
        configuration.write(SETTINGS if durable else SETTINGS + NOT_DURABLE)
    port = free_port()
    command("pg_ctl", data, "start", "--wait", "--log", str(data / "server.log"), "--options", f"-p {port}")
    return Cluster(data, port)


def stop(data: Path) -> None:
    """Stop whatever server runs in `data`; none is fine."""
    if runs(data):
        command("pg_ctl", data, "stop", "--wait", "--mode", "immediate")


def runs(data: Path) -> bool:
    """Whether a server lives in `data`. One that was killed leaves its `postmaster.pid`, at whose number nobody lives
    any more, or a stranger; pg_ctl fails on the one and signals the other."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        return Path(psutil.Process(pid).cwd()) == data.resolve()
    except (FileNotFoundError, psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def restart(cluster: Cluster) -> None:
    """Take the server away under its clients and bring it back on the same port."""
    command(
        "pg_ctl", cluster.data, "restart", "--wait", "--mode", "immediate", "--log", str(cluster.data / "server.log")
    )


def command(program: str, data: Path, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on `data`, as its own user where we are root (it refuses to run as root)."""
    become = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*become, binaries() / program, *arguments, "--pgdata", str(data)],
        cwd="/",  # a folder that the other user may stand in
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode:
        log = data / "server.log"
        raise RuntimeError(f"{program} failed:\n{done.stdout}{log.read_text() if log.exists() else ''}")


def binaries() -> Path:
    """Debian keeps the server's programs off PATH, one folder a version; the newest is taken."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        raise RuntimeError("No PostgreSQL server here, and these tests need one: apt-get install -y postgresql")
    return (found[-1] if found else Path(str(on_path))).parent
