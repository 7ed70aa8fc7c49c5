"""A reply goes out when it is written, not at the next look."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from hub.pipeline.send import Sender


class WrittenMeanwhile:
    """A store in which a reply is committed while the sender, who found nothing, asks when something will be due."""

    node = "alone"

    def __init__(self) -> None:
        self.sender: Sender | None = None
        self.looks = 0
        self.looked_again = asyncio.Event()

    async def write(self, work: object) -> list[object]:
        self.looks += 1
        if self.looks == 2:
            self.looked_again.set()
        return []

    async def read(self, work: object) -> None:
        assert self.sender is not None
        if self.looks == 1:
            self.sender.wake()


async def test_what_is_written_while_the_sender_looks_is_not_left_for_its_next_round() -> None:
    store = WrittenMeanwhile()
    store.sender = Sender(cast("Any", store), cast("Any", None), cast("Any", None))
    running = asyncio.create_task(store.sender.run())
    try:
        await asyncio.wait_for(store.looked_again.wait(), 2)  # its next round is in five seconds
    finally:
        running.cancel()
