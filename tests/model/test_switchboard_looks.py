"""A change of a call is looked at, also when the database was away in the moment it was told."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

from hub.api import Event, Overloaded
from hub.pipeline.calls.switchboard import Switchboard


class AwayAtFirst:
    """A store that is back at the second look."""

    def __init__(self) -> None:
        self.reads = 0
        self.back = asyncio.Event()

    async def read(self, work: object) -> None:
        self.reads += 1
        if self.reads == 1:
            raise Overloaded("away")
        self.back.set()


async def test_what_could_not_be_read_is_looked_at_all_the_same() -> None:
    account = SimpleNamespace(id=1, connection_id=7)
    store, directory = AwayAtFirst(), SimpleNamespace(calling=lambda: [account])
    switchboard = Switchboard(cast("Any", store), cast("Any", directory), cast("Any", None))
    switchboard.held = {7}
    offered = Event(1, datetime.now(UTC), "offer.created", 3, None, None, None, None, None, {})
    await switchboard.observe([offered])
    await asyncio.wait_for(store.back.wait(), 2)
    await switchboard.close()
