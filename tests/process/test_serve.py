"""`hub serve` as a process: it says when it is ready, ends when asked, and says in one sentence why it cannot start."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from pathlib import Path

import httpx
import pytest

from tests.support.fixtures import StartHub
from tests.support.ports import free_port
from tests.support.starting import HUB


@pytest.fixture(autouse=True)
def site(tmp_path: Path) -> None:
    (tmp_path / "hub.toml").write_text('[site]\nname = "A small site"\n')


async def answers(url: str) -> int:
    async with httpx.AsyncClient() as client:
        return (await client.get(url)).status_code


async def test_it_is_there_when_it_says_so_comes_back_after_a_kill_and_ends_when_asked(
    hub_process: StartHub, database_url: str
) -> None:
    """Each database with one of the two ways to ask: what ends a hub knows nothing of where it keeps things."""
    hub = await hub_process()
    assert await answers(f"{hub.http}/healthz") == 200
    assert await answers(f"{hub.http}/readyz") == 200
    await hub.kill()
    await hub.start()
    assert await answers(f"{hub.http}/readyz") == 200
    hub.signal(signal.SIGINT if database_url.startswith("sqlite") else signal.SIGTERM)
    assert await hub.ended() == 0
    assert "Traceback" not in hub.text


@pytest.mark.slow
async def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            HUB, "serve", env={"HUB_PORT": str(port), "PATH": str(Path(sys.executable).parent)}, cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await process.communicate()
    assert process.returncode == 2
    assert str(port) in said.decode()
    assert len(said.decode().splitlines()) == 1


@pytest.mark.slow
async def test_it_serves_on_when_nobody_reads_what_it_says_and_ends_when_asked(tmp_path: Path) -> None:
    port, (read, write) = free_port(), os.pipe()
    os.close(read)
    process = await asyncio.create_subprocess_exec(
        HUB, "serve", env={"HUB_PORT": str(port), "PATH": str(Path(sys.executable).parent)}, cwd=tmp_path,
        stdout=write, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    os.close(write)
    while not await _ready(port):  # noqa: ASYNC110  # nobody tells: it has nowhere to say it
        await asyncio.sleep(0.1)
    process.terminate()
    _, said = await process.communicate()
    assert b"Traceback" not in said


async def _ready(port: int) -> bool:
    with contextlib.suppress(httpx.HTTPError):
        return await answers(f"http://127.0.0.1:{port}/readyz") == 200
    return False


@pytest.mark.slow
async def test_a_folder_nothing_can_be_written_to_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "hub.toml").write_text('[site]\ndata = "hub.toml/var"\n')  # no folder can be in a file
    process = await asyncio.create_subprocess_exec(
        HUB, "serve", cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    assert process.returncode == 2
    assert len(said.decode().splitlines()) == 1
