"""`hub serve` as a process: it says when it is ready, ends when asked, and says in one sentence why it cannot start."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from pathlib import Path

import httpx
import pytest

from tests.support.fixtures import StartHub
from tests.support.starting import HUB


@pytest.fixture(autouse=True)
def site(tmp_path: Path) -> None:
    (tmp_path / "hub.toml").write_text('[site]\nname = "A small site"\n')


async def answers(url: str) -> int:
    async with httpx.AsyncClient() as client:
        return (await client.get(url)).status_code


async def test_it_announces_itself_only_when_it_is_ready(hub_process: StartHub) -> None:
    hub = await hub_process()
    assert await answers(f"{hub.http}/healthz") == 200
    assert await answers(f"{hub.http}/readyz") == 200


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_asked_to_end_it_ends_without_a_complaint(hub_process: StartHub, number: signal.Signals) -> None:
    hub = await hub_process()
    hub.signal(number)
    assert await hub.ended() == 0
    assert "Traceback" not in hub.text


async def test_it_comes_back_after_a_kill_on_the_same_database(hub_process: StartHub) -> None:
    hub = await hub_process()
    await hub.kill()
    await hub.start()
    assert await answers(f"{hub.http}/readyz") == 200


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
