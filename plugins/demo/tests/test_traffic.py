"""`hub demo traffic` writes through the real channels, at about the asked rate, and ends cleanly."""

from __future__ import annotations

import asyncio
import signal
from argparse import Namespace
from pathlib import Path

import pytest

from plugins.demo.hub_client import HubClient
from plugins.demo.tests.conftest import PASSWORD, OpenDemo, until
from plugins.demo.traffic import run
from tests.support.hub_process import HubProcess
from tests.support.starting import HUB


async def traffic(demo: HubProcess, *options: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        HUB, "demo", "traffic", "--data", demo.folder, *options, stdout=asyncio.subprocess.PIPE
    )


async def test_as_many_write_as_were_asked_for(open_demo: OpenDemo) -> None:
    demo = await open_demo()
    writing = await traffic(demo, "--rate", "600", "--minutes", "0.04", "--seed", "3")
    said = (await writing.communicate())[0].decode()
    assert writing.returncode == 0
    assert said.splitlines()[0].startswith("24 contacts in 0.04 min")
    assert said.splitlines()[-1].startswith("24 of 24") and "0 not taken" in said.splitlines()[-1]
    async with HubClient(demo.http) as hub:
        await hub.log_in("admin", PASSWORD)
        found = await until(lambda: arrived(hub))
    assert {each["channel"] for each in found} == {"email", "web_chat"}
    assert "Traceback" not in demo.text


async def arrived(hub: HubClient) -> list[dict[str, object]] | None:
    """All interactions once 24 messages came; follow-ups join the conversation they belong to."""
    found = [each async for each in hub.each("/interactions")]
    return found if sum(each["messages"] for each in found) == 24 else None


async def test_ctrl_c_ends_it_with_a_last_word(open_demo: OpenDemo) -> None:
    writing = await traffic(await open_demo(), "--rate", "60", "--minutes", "60")
    assert writing.stdout is not None
    await writing.stdout.readline()
    writing.send_signal(signal.SIGINT)
    said = (await asyncio.wait_for(writing.communicate(), 10))[0].decode()
    assert writing.returncode == 0
    assert " of 3600: " in said


def test_without_a_demo_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(Namespace(data=tmp_path, rate=1, minutes=1, seed=1)) == 2
    assert "make run" in capsys.readouterr().err
