"""Where a measurement takes place: a fresh folder, a fresh database with fsync as in production, a running hub."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from hub.store.migrate import upgrade
from tests.chaos import site
from tests.farside.processes import SmtpSink
from tests.support.hub_process import HubProcess
from tests.support.postgresql import temporary_cluster

DATABASES = ("sqlite", "postgresql")
# everybody comes from one address here, and nobody types as a person does
NO_LIMITS = "\n[accounts.settings.limits]\nconnections = 0\nnew_sessions = 0\nmessages = 0\n"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder and the URL of a migrated database."""

    folder: Path
    database: str

    @property
    def kind(self) -> str:
        """sqlite or postgresql."""
        return self.database.split(":")[0]


@contextmanager
def place(kind: str) -> Iterator[Place]:
    """A place that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as name:
        folder = Path(name)
        if kind == "sqlite":
            url = f"sqlite:///{folder / 'bench.db'}"
            upgrade(url)
            yield Place(folder, url)
            return
        with temporary_cluster(durable=True) as cluster:
            url = cluster.create_database()
            upgrade(url)
            yield Place(folder, url)


@asynccontextmanager
async def hub(where: Place, agents: int = 1, **environment: str) -> AsyncIterator[HubProcess]:
    """`hub serve` there, with the harness's site and a mail server for what it sends."""
    with SmtpSink(where.folder / "sink.jsonl") as sink:
        site.write(where.folder, sink.port, agents)
        with (where.folder / "hub.toml").open("a") as file:
            file.write(NO_LIMITS)  # of the account that stands last, the chat
        async with HubProcess(where.folder, where.database, environment) as process:
            yield process
