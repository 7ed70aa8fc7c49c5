"""How many faxes come in at once: a machine that is asked for too many spoils those it has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from hub.api import Cause, Context, Line, Overloaded
from plugins.fax.counters import BUSY, RECEIVING

FULL: Final = "as many faxes come in as `most_incoming` allows; the caller heard busy"


class Room:
    """Of one node, for `most` at once."""

    def __init__(self, context: Context, most: int) -> None:
        self._context, self._most = context, most
        self._taken = 0

    @property
    def full(self) -> bool:
        """Whether there is none for one more."""
        return self._taken >= self._most

    @contextmanager
    def taken(self) -> Iterator[None]:
        """For the life of a call."""
        self._taken += 1
        RECEIVING.inc()
        try:
            yield
        finally:
            self._taken -= 1
            RECEIVING.dec()

    async def turn_away(self, line: Line) -> None:
        """Fax machines dial again when a number is busy; an administrator sees that it was."""
        BUSY.inc()
        self._context.fault("room", Overloaded(FULL))
        await line.end(Cause.BUSY)
