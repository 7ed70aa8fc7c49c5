"""Accepted means stored: the kernel is asked to put the input onto the disk before the answer goes to the socket.

SIGKILL cannot show this, for what is written survives in the page cache; the order of the system calls can.
"""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.chaos.customers import Mailers, Visitors
from tests.chaos.scene import Scene, scene
from tests.support.starting import Start

SYNC = re.compile(r"\bf(?:data)?sync\(\d+<[^>]*site\.db")
ANSWERS = {"mail": "250 2.0.0", "chat": r"\"type\":\"ack\""}


@asynccontextmanager
async def traced(stage: Scene, trace: Path) -> AsyncIterator[None]:
    """The hub's writes, syncs and what they were on, in the order in which the kernel saw them."""
    calls = "trace=fsync,fdatasync,write,pwrite64,sendto,sendmsg,writev"
    tracer = await asyncio.create_subprocess_exec(
        "strace", "-f", "-y", "-s", "4200", "-o", str(trace), "-e", calls, "-p", str(stage.hub.pid),
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert tracer.stderr is not None
    assert b"attached" in await tracer.stderr.readline()
    try:
        yield
    finally:
        tracer.send_signal(signal.SIGINT)
        await tracer.wait()


def order(lines: list[str], token: str, answer: str) -> tuple[int, int, int]:
    """Where the token is written to the log of the database, where that is synced next, and where it is answered."""
    never = len(lines)
    stored = (n for n, line in enumerate(lines) if "pwrite64" in line and "site.db" in line and token in line)
    written = next(stored, never)
    synced = next((n for n, line in enumerate(lines) if n > written and SYNC.search(line)), never)
    answered = next((n for n, line in enumerate(lines) if n > written and "socket:" in line and answer in line), never)
    return written, synced, answered


@pytest.mark.process
@pytest.mark.parametrize("channel", ["mail", "chat"])
async def test_the_input_is_on_the_disk_before_the_far_side_hears_so(
    channel: str, tmp_path: Path, sqlite_url: str, begin_hub: Start
) -> None:
    trace = tmp_path / "trace"
    async with scene(channel, sqlite_url, tmp_path, begin=begin_hub) as stage:
        assert isinstance(stage.customers, Mailers | Visitors)
        async with traced(stage, trace):
            await stage.customers.say(["stored-first"])
    lines = trace.read_text(errors="replace").splitlines()
    written, synced, answered = order(lines, "stored-first", ANSWERS[channel])
    assert written < synced < answered, "\n".join(lines[written : answered + 1])
