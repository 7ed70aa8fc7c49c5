"""What is asked to end ends, whatever arrives in that very moment."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from hub.pipeline.send import Sender


class NothingDue:
    """A store in which no delivery waits."""

    node = "alone"

    async def write(self, work: object) -> list[object]:
        return []

    async def read(self, work: object) -> None:
        return None


async def test_the_sender_ends_though_it_is_woken_in_the_same_instant() -> None:
    """Before Python 3.12 `asyncio.wait_for` drops a cancellation that meets its event, and `hub serve` then hung."""
    sender = Sender(cast("Any", NothingDue()), cast("Any", None), cast("Any", None))
    running = asyncio.create_task(sender.run())
    for _ in range(10):
        await asyncio.sleep(0)  # it comes to rest in its wait
    sender.wake()
    running.cancel()
    ended, _ = await asyncio.wait([running], timeout=2)
    running.cancel()
    assert ended
