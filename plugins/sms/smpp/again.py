"""Which deliver_sm may come a second time, for SMPP gives a handset's text no id by which one could tell.

A text is stored, then answered. If the line or the hub dies before the SMSC has read the answer, it delivers the same
octets again; yet a customer may also say the same twice. So a repetition is only one where an answer is in doubt: taken
on a line that has ended since, and not confirmed there by any answer of the SMSC to something we sent later.
"""

from __future__ import annotations

import asyncio
import time
from base64 import urlsafe_b64encode
from collections import deque
from hashlib import blake2b
from typing import Final

IN_DOUBT_FOR: Final = 900.0
"""Seconds after which a repetition is a customer's own."""
MOST: Final = 400


def _mark(body: bytes) -> str:
    """What stays the same when the very message is delivered again: of all but its number."""
    return urlsafe_b64encode(blake2b(body, digest_size=9).digest()).decode()


def _new(mark: str) -> str:
    """A name nothing had before."""
    return f"{mark}.{time.time_ns():x}"


def _taken_at(name: str) -> int:
    """Nanoseconds since 1970; a name nobody can read is as old as can be."""
    try:
        return int(name.partition(".")[2], 16)
    except ValueError:
        return 0


class Owed:
    """The messages of one line, by name, whose answer is not known to be read."""

    def __init__(self) -> None:
        self.written = 0
        self.something = asyncio.Event()
        self._taking: dict[str, None] = {}
        self._answered: deque[tuple[int, str]] = deque(maxlen=MOST)

    @property
    def names(self) -> list[str]:
        """Of all of them."""
        return [*(name for _, name in self._answered), *self._taking]

    def take(self, name: str) -> None:
        """A message is being taken."""
        self._taking[name] = None

    def answered(self, name: str) -> None:
        """Its answer is on its way."""
        self._taking.pop(name, None)
        self.written += 1
        self._answered.append((self.written, name))
        self.something.set()

    def read(self, written: int) -> None:
        """The far side has read so many of our answers: it has answered something we sent after them."""
        while self._answered and self._answered[0][0] <= written:
            self._answered.popleft()
        if not self._answered:
            self.something.clear()


class InDoubt:
    """What earlier lines of a connection, or earlier lives of the hub (their cursor), may have taken in vain."""

    def __init__(self, cursor: str, now: float, settled_at: int = 0) -> None:
        self._kept: list[tuple[str, float]] = []
        self.add([name for name in cursor.split() if _taken_at(name) > settled_at], now)

    @property
    def names(self) -> list[str]:
        """What is still in doubt."""
        return [name for name, _ in self._kept]

    def any(self, now: float) -> bool:
        """Whether anything is."""
        self._kept = [kept for kept in self._kept if kept[1] > now]
        return bool(self._kept)

    def add(self, names: list[str], now: float) -> None:
        """A line has ended with these, or they were not taken."""
        new = set(names).difference(self.names)
        self._kept = [*self._kept, *((name, now + IN_DOUBT_FOR) for name in names if name in new)][-MOST:]

    def name(self, body: bytes, now: float) -> str:
        """What this message is called: as when it came before, if that is in doubt, so that the hub knows it again
        should it be stored already; else anew."""
        mark = _mark(body)
        self._kept = [kept for kept in self._kept if kept[1] > now]
        found = next((kept for kept in self._kept if kept[0].startswith(f"{mark}.")), None)
        if found is None:
            return _new(mark)
        self._kept.remove(found)
        return found[0]
