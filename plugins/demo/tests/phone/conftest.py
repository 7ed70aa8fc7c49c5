"""A desk with a phone, and somebody at the other end of the line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from plugins.demo.settings import PASSWORD
from plugins.demo.tests.phone.far_side import FarSide
from tests.support.fixtures import StartHub
from tests.support.hub_process import HubProcess

SITE = """
[site]
name = "Lanhe"
plugins = ["demo"]
[plugins.demo]
sip_port = {port}
folder = '{folder}'
seed = false
[[users]]
login = "admin"
name = "Ada"
password = {{ file = "{password}" }}
roles = ["admin"]
"""


@pytest.fixture
async def callee(tmp_path: Path) -> AsyncIterator[FarSide]:
    """Takes calls where the phone thinks the hub is."""
    async with FarSide(tmp_path) as callee:
        yield callee


@pytest.fixture
async def desk(tmp_path: Path, callee: FarSide, hub_process: StartHub) -> HubProcess:
    """A site with nothing but the demo, whose phone rings the callee."""
    (tmp_path / PASSWORD).write_text("a-long-password-for-tests\n", encoding="utf-8")
    site = SITE.format(port=callee.port, folder=tmp_path, password=PASSWORD)
    (tmp_path / "hub.toml").write_text(site, encoding="utf-8")
    return await hub_process()
