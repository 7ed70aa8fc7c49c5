"""Every fault the long run knows, once and in its mildest form, on both databases: the hub comes right by itself."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import pytest

from tests.chaos.__main__ import strike
from tests.chaos.faults import FAULTS, Fault
from tests.chaos.report import Report, report
from tests.chaos.scene import scene
from tests.support import databases
from tests.support.postgresql import Cluster, temporary_cluster

T = TypeVar("T")


class Mildest(random.Random):
    """A die that always falls on the least."""

    def uniform(self, a: float, b: float) -> float:
        return a

    def randint(self, a: int, b: int) -> int:
        return a

    def choice(self, seq: Sequence[T]) -> T:  # type: ignore[override]  # typeshed wants a wider protocol
        return seq[0]


def on_sqlite(channel: str) -> list[Fault]:
    """Every fault once: those that fit both channels take turns."""
    both = [each for each in FAULTS.values() if each.fits("sqlite", "mail") and each.fits("sqlite", "chat")]
    mine = both[channel == "chat" :: 2]
    return [each for each in FAULTS.values() if each in mine or (each not in both and each.fits("sqlite", channel))]


async def through(
    faults: Sequence[Fault], channel: str, database: str, folder: Path, cluster: Cluster | None = None
) -> Report:
    """A scene with these faults."""
    async with scene(channel, database, folder, clock=True, cluster=cluster) as stage:
        for each in faults:
            await strike(stage, each, Mildest(), 3)
        return await report(stage, copies=len(faults))


@pytest.mark.process
@pytest.mark.timeout(600)
@pytest.mark.parametrize("channel", ["mail", "chat"])
async def test_on_sqlite_each_fault_passes_without_a_loss(channel: str, tmp_path: Path, sqlite_url: str) -> None:
    made = await through(on_sqlite(channel), channel, sqlite_url, tmp_path)
    assert made.faultless, made


@pytest.mark.process
@pytest.mark.postgresql
@pytest.mark.timeout(600)
async def test_on_postgresql_each_fault_passes_without_a_loss(tmp_path: Path) -> None:
    with temporary_cluster(durable=True) as cluster:
        cluster.execute("CREATE DATABASE hub")
        databases.migrate(cluster.url("hub"))
        fitting = [each for each in FAULTS.values() if each.fits("postgresql", "mail")]
        made = await through(fitting, "mail", cluster.url("hub"), tmp_path, cluster)
    assert made.faultless, made
