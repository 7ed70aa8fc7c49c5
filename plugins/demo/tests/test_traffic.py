"""`hub demo traffic` writes through the real channels, at about the asked rate, and ends cleanly."""

from __future__ import annotations

import asyncio
import os
import signal
from argparse import Namespace
from pathlib import Path

import pytest

from plugins.demo.hub_client import HubClient
from plugins.demo.tests.conftest import PASSWORD, OpenDemo, until
from plugins.demo.traffic import run
from tests.support.hub_process import HubProcess
from tests.support.starting import Running, Start


async def test_as_many_write_as_were_asked_for_and_ctrl_c_ends_it_with_a_last_word(
    open_demo: OpenDemo, begin_hub: Start
) -> None:
    demo = await open_demo()
    await as_many_write_as_were_asked_for(demo, begin_hub)
    await ctrl_c_ends_it_with_a_last_word(demo, begin_hub)
    assert "Traceback" not in demo.text


async def traffic(demo: HubProcess, begin: Start, *options: str) -> Running:
    writing = await begin(["demo", "traffic", "--data", str(demo.folder), *options], os.environ, demo.folder)
    assert writing.stdout is not None
    return writing


async def as_many_write_as_were_asked_for(demo: HubProcess, begin: Start) -> None:
    writing = await traffic(demo, begin, "--rate", "600", "--minutes", "0.04", "--seed", "3")
    said = (await rest(writing)).splitlines()
    assert await writing.wait() == 0
    assert said[0].startswith("24 contacts in 0.04 min")
    assert said[-1].startswith("24 of 24") and "0 not taken" in said[-1]
    async with HubClient(demo.http) as hub:
        await hub.log_in("admin", PASSWORD)
        found = await until(lambda: arrived(hub))
    assert {each["channel"] for each in found} == {"email", "web_chat"}


async def rest(writing: Running) -> str:
    """What it says from now to its end."""
    assert writing.stdout is not None
    return (await asyncio.wait_for(writing.stdout.read(), 60)).decode()


async def arrived(hub: HubClient) -> list[dict[str, object]] | None:
    """All interactions once 24 messages came; follow-ups join the conversation they belong to."""
    found = [each async for each in hub.each("/interactions")]
    return found if sum(each["messages"] for each in found) == 24 else None


async def ctrl_c_ends_it_with_a_last_word(demo: HubProcess, begin: Start) -> None:
    writing = await traffic(demo, begin, "--rate", "60", "--minutes", "60")
    assert writing.stdout is not None
    await writing.stdout.readline()
    writing.send_signal(signal.SIGINT)
    assert " of 3600: " in await rest(writing)
    assert await writing.wait() == 0


def test_without_a_demo_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(Namespace(data=tmp_path, rate=1, minutes=1, seed=1)) == 2
    assert "make run" in capsys.readouterr().err
