"""So many submissions in flight on one line; what finds no place among them in time is not handed over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from hub.api import Throttled

TURN_WITHIN: Final = 10.0
"""Seconds a text waits for its place: one that waited on until its delivery is cut off would be in doubt."""


class Window:
    """The places of one line."""

    def __init__(self, places: int) -> None:
        self._free = asyncio.Semaphore(places)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Hold one. Raises Throttled when none became free in time: nothing was handed over then."""
        try:
            async with asyncio.timeout(TURN_WITHIN):
                await self._free.acquire()
        except TimeoutError:
            raise Throttled("the far side has not answered what went before") from None
        try:
            yield
        finally:
            self._free.release()
