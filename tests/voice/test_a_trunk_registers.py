"""A carrier that wants to be registered at, by sipp: it judges our log-in, calls us, and hears that we leave."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hub.store.tables import connections
from tests.support.ports import free_port
from tests.voice.house import VoiceHouse
from tests.voice.sipp import Sipp

pytestmark = [pytest.mark.slow, pytest.mark.peer]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What a registrar hears does not depend on the database."""
    return sqlite_url


async def registered(house: VoiceHouse) -> None:
    """The administrator sees it."""
    async with asyncio.timeout(30):
        while not (await house.rows(connections))[0]["state_detail"].endswith("REGISTERED"):  # noqa: ASYNC110 - the event that tells may be the old one
            await asyncio.sleep(0.05)


async def test_it_logs_in_is_called_and_leaves(database_url: str, tmp_path: Path) -> None:
    port = free_port()
    log_in = {"username": "site42", "password": "correct horse", "register_seconds": 600}
    trunk = {"peers": [], "proxies": [f"127.0.0.1:{port}"], **log_in}
    async with Sipp(tmp_path, "carrier_registers", port, "-p", str(port), "-m", "2") as carrier:
        async with VoiceHouse(database_url, tmp_path, connection=trunk) as house:
            await registered(house)
            async with Sipp(tmp_path, "calls_and_hangs_up", house.port) as caller:
                assert await caller.verdict() == 0, caller.wire
            await house.becomes("ABANDONED")
        assert await carrier.verdict() == 0, carrier.wire
