"""The handsets: what each has sent and got. A ledger of JSON lines keeps it over a restart."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

KEPT: Final = 5_000
"""So many texts of all handsets are remembered."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text of one handset: its owner wrote it (`own`) to `peer`, or got it from there. `version` grows with every
    change of any text. `state`: SENDING, SENT, FAILED of one's own; RECEIVED."""

    id: int
    version: int
    handset: str
    own: bool
    peer: str
    text: str
    parts: int
    coding: str
    at: int
    state: str


class Handsets:
    """All there are: a number is a handset as soon as somebody texts it, or with it."""

    def __init__(self, ledger: Path | None = None) -> None:
        self._texts: deque[Text] = deque(maxlen=KEPT)
        self._off: set[str] = set()
        self._last = 0
        self._changed = asyncio.Event()
        self._ledger = ledger
        for text in _kept(ledger):
            self._remember(text)

    def is_on(self, number: str) -> bool:
        return number not in self._off

    def turn(self, number: str, on: bool) -> None:
        """Off: what is sent there is not delivered."""
        (self._off.discard if on else self._off.add)(number)

    def note(self, handset: str, peer: str, text: str, *, own: bool, parts: int, coding: str, state: str) -> Text:
        """A new text."""
        number, at = self._last + 1, time.time_ns() // 1_000_000
        return self._write(Text(number, number, handset, own, peer, text, parts, coding, at, state))

    def move(self, text: Text, state: str) -> None:
        """It has come to another state."""
        self._write(replace(text, version=self._last + 1, state=state))

    def since(self, handset: str, version: int) -> Sequence[Text]:
        """What is new or changed, oldest first."""
        return [text for text in self._texts if text.handset == handset and text.version > version]

    async def news(self, handset: str, version: int, seconds: float) -> Sequence[Text]:
        """The same; when there is nothing, it is waited for so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self.since(handset, version):
                    await self._changed.wait()
        return self.since(handset, version)

    def _write(self, text: Text) -> Text:
        self._remember(text)
        if self._ledger is not None:
            descriptor = os.open(self._ledger, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(descriptor, "a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(text), ensure_ascii=False) + "\n")
        self._changed.set()
        self._changed = asyncio.Event()
        return text

    def _remember(self, text: Text) -> None:
        self._last = max(self._last, text.version)
        for place, each in enumerate(self._texts):
            if each.id == text.id:
                self._texts[place] = text
                return
        self._texts.append(text)


def digits(number: str) -> str:
    """How a handset is named here: digits, without what people write around them."""
    return "".join(filter(str.isdecimal, number)) or number.strip()


def _kept(ledger: Path | None) -> Iterator[Text]:
    if ledger is None or not ledger.exists():
        return
    for line in ledger.read_text(encoding="utf-8").splitlines():
        with suppress(ValueError, TypeError):  # a line that was cut off when the machine died
            told: dict[str, Any] = json.loads(line)
            yield Text(**told)
