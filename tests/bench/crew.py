"""Clients in processes of their own, so that they do not take the bench's time: JSON lines in both directions."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from tests.bench.row import Unfinished

ROOT = Path(__file__).parents[2]


class Hand:
    """One client process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    def tell(self, **what: object) -> None:
        """Send it a line."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what).encode() + b"\n")

    async def hear(self, key: str, within: float) -> dict[str, Any]:
        """Its next line that has this key. Raises Unfinished."""
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(within):
                async for line in self._process.stdout:
                    said: dict[str, Any] = json.loads(line)
                    if key in said:
                        return said
        except TimeoutError:
            raise Unfinished(f"the clients said no “{key}” within {within:.0f} s") from None
        raise Unfinished(f"the clients ended before they said “{key}”")


@asynccontextmanager
async def crew(count: int, module: str, *arguments: object) -> AsyncIterator[list[Hand]]:
    """`count` processes of `python -m module arguments`."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(_hand(module, *map(str, arguments))) for _ in range(count)]


@asynccontextmanager
async def _hand(module: str, *arguments: str) -> AsyncIterator[Hand]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, cwd=ROOT, limit=2**22,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Hand(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def told() -> asyncio.StreamReader:
    """The lines this process, one of a crew, is sent."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


def say(**what: object) -> None:
    """Report to the bench."""
    print(json.dumps(what), flush=True)
