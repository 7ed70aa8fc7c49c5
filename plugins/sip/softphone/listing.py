"""What the table says of this node's softphones: by one task, so that what was true last is what stands, and again
until the database has taken it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Final

from sqlalchemy.exc import IntegrityError

from hub.api import Context, HubError
from plugins.sip.phones.softphones import LASTS, Place, Softphones

log = logging.getLogger(__name__)
TOPIC: Final = "softphone"
AGAIN_AFTER: Final = 2.0
"""Seconds."""


class Listing:
    """`here` gives where all are called that can be called now."""

    def __init__(self, context: Context, places: Softphones, here: Callable[[], Collection[Place]]) -> None:
        self._context, self._places, self._here = context, places, here
        self._changes: dict[Place, bool] = {}
        self._changed = asyncio.Event()
        self._kept_at = 0.0

    def note(self, place: Place, *, is_open: bool) -> None:
        """It can be called from now on, or no longer."""
        self._changes[place] = is_open
        self._changed.set()

    async def run(self) -> None:
        """Write what changes when it does, and say in time what has not changed."""
        self._kept_at = asyncio.get_running_loop().time()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(self._kept_at + LASTS / 3):
                    await self._changed.wait()
            self._changed.clear()
            try:
                await self._write()
                await self._keep()
            except (HubError, IntegrityError) as error:  # the latter: at another node they open one this very moment
                log.warning("which softphones are open could not be noted: %s", error)
                await asyncio.sleep(AGAIN_AFTER)
                self._changed.set()

    async def close(self) -> None:
        """None can be called here any more. Raises HubError; what stays in the table expires."""
        if gone := {*self._here(), *self._changes}:
            await self._places.change((), gone)

    async def _write(self) -> None:
        changes = dict(self._changes)
        opened = [place for place, is_open in changes.items() if is_open]
        if changes:
            await self._places.change(opened, changes.keys() - set(opened))
        for place in opened:
            await self._context.publish(TOPIC, {"user": place.user_id, "token": place.token})
        for place in [place for place, is_open in self._changes.items() if changes.get(place) is is_open]:
            del self._changes[place]

    async def _keep(self) -> None:
        now = asyncio.get_running_loop().time()
        if now >= self._kept_at + LASTS / 3:
            if here := self._here():
                await self._places.keep(here)
            self._kept_at = now
