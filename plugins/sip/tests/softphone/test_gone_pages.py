"""A page that goes while its offer is being answered leaves nothing behind, neither in the hub nor in the process."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

import pytest

from plugins.sip.media.settings import MediaSettings
from plugins.sip.softphone.gateway import AiortcGateway
from plugins.sip.softphone.process import Process
from plugins.sip.tests.softphone.pages import OFFER


class Slow:
    """A process that does not answer offers."""

    def __init__(self) -> None:
        self.legs: set[str] = set()
        self.asked: list[str] = []

    async def ask(self, method: str, **_: object) -> None:
        self.asked.append(method)
        if method == "open":
            await asyncio.get_running_loop().create_future()


async def test_the_process_is_told_that_it_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway, worker = AiortcGateway(MediaSettings()), Slow()

    async def least_loaded() -> Slow:
        return worker

    monkeypatch.setattr(gateway._processes, "least_loaded", least_loaded)
    opening = asyncio.create_task(gateway.open("phone", OFFER))
    with suppress(TimeoutError):
        await asyncio.wait_for(opening, 0.01)
    await gateway.close("phone")
    assert worker.asked == ["open", "close"] and not worker.legs


async def test_the_process_frees_its_port() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_port:
        any_port.bind(("127.0.0.1", 0))
        port = any_port.getsockname()[1]
    process = Process("127.0.0.1", "", [port])
    opening = asyncio.create_task(process._open("phone", OFFER))
    await asyncio.sleep(0)
    await process._close("phone")
    with pytest.raises(ValueError, match="gone"):
        await opening
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as again:
        again.bind(("127.0.0.1", port))
