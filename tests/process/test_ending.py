"""What is asked to end ends, whatever arrives in that very moment."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from hub.pipeline.send import Sender
from hub.pipeline.site import end


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


@pytest.mark.slow
async def test_a_task_that_loses_a_cancellation_is_asked_again() -> None:
    begun, lost = asyncio.Event(), asyncio.Event()

    async def hard_of_hearing() -> None:
        try:
            begun.set()
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            lost.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hard_of_hearing())
    await begun.wait()
    await end([task])
    assert lost.is_set()
    assert task.done()
