"""Asked to end, the hub ends within three seconds, whoever is talking and whatever hangs."""

from __future__ import annotations

import asyncio
import signal
import time
from pathlib import Path

import pytest

from tests.chaos.agent import Agent
from tests.chaos.site import PASSWORD
from tests.support.fixtures import StartHub
from tests.support.hub_process import HubProcess
from tests.toy.tests.exchange import Exchange
from tests.toy.tests.test_kill import SITE, installed

WITHIN = 3.0
LOADED = 1.5  # and more, on a machine that has other things to do
MUTE = """
[site]
plugins = ["email"]
[[connections]]
name = "Mailbox"
channel = "email"
settings = {{ imap_host = "127.0.0.1", imap_port = {port}, imap_security = "none", imap_user = "a" }}
"""
PERSON = f"""password = "{PASSWORD}"
roles = ["agent"]
queues = ["desk"]
"""


async def ends_soon(hub: HubProcess) -> None:
    asked = time.monotonic()
    hub.signal(signal.SIGTERM)
    assert await hub.ended() == 0
    assert time.monotonic() - asked < WITHIN + LOADED
    assert "Traceback" not in hub.text


@pytest.mark.slow
async def test_an_open_chat_whose_far_side_is_silent_keeps_nobody(hub_process: StartHub, tmp_path: Path) -> None:
    async with Exchange(tmp_path / "ledger.jsonl") as exchange:
        (tmp_path / "hub.toml").write_text(SITE.format(port=exchange.port).replace('flow = "toy_menu"', "") + PERSON)
        hub = await hub_process(PYTHONPATH=installed(tmp_path))
        await exchange.behave("silent")
        await exchange.say("say", text="Hello", **{"from": "bear"})
        answering = asyncio.create_task(Agent("ann", lambda: hub.http).work())
        await exchange.until("delivery")
        await ends_soon(hub)
        answering.cancel()


@pytest.mark.slow
async def test_a_far_side_that_lets_us_in_and_says_nothing_keeps_nobody(tmp_path: Path, database_url: str) -> None:
    came, gone = asyncio.Event(), asyncio.Event()

    async def mute(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.set()
        await gone.wait()
        writer.close()

    async with await asyncio.start_server(mute, "127.0.0.1") as server:
        (tmp_path / "hub.toml").write_text(MUTE.format(port=server.sockets[0].getsockname()[1]))
        hub = HubProcess(tmp_path, database_url)
        starting = asyncio.create_task(hub.start())
        await came.wait()
        await ends_soon(hub)
        with pytest.raises(AssertionError, match="not ready"):
            await starting
        gone.set()
