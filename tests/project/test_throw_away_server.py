"""A test run that was killed leaves its PostgreSQL's folder behind; the next run clears it away and is not stopped."""

from __future__ import annotations

import os

import psutil
import pytest

from tests.support.postgresql import Cluster, runs, temporary_cluster


@pytest.mark.postgresql
def test_a_server_that_was_killed_needs_no_stopping() -> None:
    with temporary_cluster() as cluster:
        assert runs(cluster.data)
        kill(cluster)
        assert (cluster.data / "postmaster.pid").exists()
        assert not runs(cluster.data)
    assert not cluster.data.exists()


@pytest.mark.postgresql
def test_a_stranger_with_the_dead_servers_number_is_left_alone() -> None:
    with temporary_cluster() as cluster:
        kill(cluster)
        (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n")
        assert not runs(cluster.data)


def kill(cluster: Cluster) -> None:
    """All of the server at once, as when the machine goes."""
    server = psutil.Process(int((cluster.data / "postmaster.pid").read_text().split()[0]))
    family = [server, *server.children(recursive=True)]
    for process in family:
        process.kill()
    psutil.wait_procs(family)
