"""A real rtpengine on loopback, in the foreground and without its kernel module."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from plugins.sip.media.engine import MediaError
from plugins.sip.media.relay.ng import Node
from plugins.sip.tests.media.calls import PATIENCE
from tests.support.ports import free_port

_PORTS = 4000
"""Two calls and their ends at the hub take sixteen."""


@dataclass(frozen=True, slots=True)
class Daemon:
    """`address` is that of its ng protocol."""

    address: str
    process: asyncio.subprocess.Process


@asynccontextmanager
async def rtpengine() -> AsyncIterator[Daemon]:
    """Running and answering."""
    address = f"127.0.0.1:{free_port()}"
    first = min(free_port(), 65_000 - _PORTS)
    process = await asyncio.create_subprocess_exec(
        shutil.which("rtpengine") or "/usr/sbin/rtpengine",
        *("--config-file=none", "--foreground", "--log-stderr", "--log-level=4", "--table=-1", "--num-threads=2"),
        *("--interface=127.0.0.1", f"--listen-ng={address}", "--timeout=60"),
        *(f"--port-min={first}", f"--port-max={first + _PORTS}"),
    )
    try:
        await _answers(address)
        yield Daemon(address, process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _answers(address: str) -> None:
    node = await Node.at(address)
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    await node.ask("ping")
                except MediaError:
                    continue
                return
    finally:
        node.close()
