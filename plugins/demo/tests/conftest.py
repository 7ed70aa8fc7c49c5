"""A served demo site, for tests that sit at its desk."""

from __future__ import annotations

import asyncio
import json
from argparse import Namespace
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from plugins.demo import site
from plugins.demo.hub_client import HubClient
from tests.support.fixtures import StartHub
from tests.support.hub_process import HubProcess

PASSWORD = "a-long-password-for-tests"
WITHIN = 60.0  # seconds; a loaded machine may need them, nothing waits for them otherwise

OpenDemo = Callable[..., Awaitable[HubProcess]]


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """What a customer sees does not depend on the database; the filling of a site is tested on both."""
    return str(request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_url"))


@pytest.fixture
async def open_demo(hub_process: StartHub, tmp_path: Path) -> OpenDemo:
    """`hub = await open_demo()` starts a demo site that is ready to take its customers' mail; with HUB_DEMO_SMSC="1",
    their texts, too."""

    async def start(**environment: str) -> HubProcess:
        if environment.get("HUB_DEMO_SMSC") != "1":
            write_site_without_texts(tmp_path)
        hub = await hub_process(
            "--demo", **{"HUB_DEMO_PASSWORD": PASSWORD, "HUB_DEMO_SMSC": "0", "HUB_DEMO_FAX": "0", **environment}
        )
        await until(lambda: running(hub))
        return hub

    return start


def write_site_without_texts(folder: Path) -> None:
    """The demo's, but for the connection to its customers' SMSC: where that never comes, a start waits ten seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HUB_DEMO_PASSWORD", PASSWORD)
        site.run(Namespace(data=folder))
    path, name = folder / "hub.toml", 'name = "texts"\n'
    path.write_text(path.read_text(encoding="utf-8").replace(name, f"{name}enabled = false\n", 1), encoding="utf-8")


async def running(hub: HubProcess) -> dict[str, Any] | None:
    """What the demo says of itself, once it does."""
    file = hub.folder / "demo-running.json"
    said: dict[str, Any] | None = json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
    return said


async def until(look: Callable[[], Awaitable[Any]]) -> Any:
    """What `look` finds, looked for again and again. Raises TimeoutError."""
    async with asyncio.timeout(WITHIN):
        while True:
            if found := await look():
                return found
            await asyncio.sleep(0.05)


async def subjects(hub: HubClient) -> list[str]:
    """Of all interactions of the site."""
    return [each["subject"] async for each in hub.each("/interactions")]
