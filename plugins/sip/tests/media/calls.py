"""An engine with real processes, what tests wait for, and how they listen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np

from plugins.sip.media import tones, wav
from plugins.sip.media.engine import Event
from plugins.sip.media.g711 import Samples
from plugins.sip.media.settings import MediaSettings
from plugins.sip.media.workers import WorkerEngine
from plugins.sip.tests.media.far_side import EVENT_KIND, FarSide, level

PATIENCE = 15.0
LOUD, QUIET = 3000, 100
_Event = TypeVar("_Event", bound=Event)


async def until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Raises TimeoutError, so that a test says what it waited for in its traceback."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  # what threads and processes do sets no event
            await asyncio.sleep(0.01)


@dataclass
class Calls:
    """The engine, all that it told, and far sides on its legs."""

    engine: WorkerEngine
    events: list[Event] = field(default_factory=list)

    def told(self, kind: type[_Event]) -> list[_Event]:
        """Events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    async def dial(self, leg: str, far: FarSide, *, beside: str | None = None, events: bool = False) -> None:
        """Open and connect a leg with this far side; it starts to talk."""
        far.endpoint = await self.engine.open(leg, beside=beside)
        far.start()
        await self.engine.connect(leg, far.address, far.codec, EVENT_KIND if events else None)


@asynccontextmanager
async def calls(settings: MediaSettings = MediaSettings()) -> AsyncIterator[Calls]:  # noqa: B008  # frozen
    """An engine, running."""
    async with WorkerEngine(settings) as engine:
        made = Calls(engine)
        following = asyncio.create_task(_follow(engine.events(), made.events.append))
        try:
            yield made
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following


async def _follow(told: AsyncIterator[Event], hear: Callable[[Event], None]) -> None:
    async for event in told:
        hear(event)


async def hears(far: FarSide, frequency: float) -> None:
    """Half a second of it from now on."""
    at = len(far.heard)
    await until(lambda: len(far.heard) > at + 30 and level(far.audio(0.5), frequency) > LOUD)


async def hears_nothing_for(far: FarSide, seconds: float) -> None:
    """Silence, for so long from now on."""
    at, packets = len(far.heard), round(seconds * 50)
    await until(lambda: len(far.heard) > at + packets and loudness(far.audio(seconds - 0.1)) < QUIET)


def loudness(samples: Samples) -> float:
    return float(np.abs(samples.astype(float)).max(initial=0))


def sine(frequency: float) -> Samples:
    return tones.tone([frequency], 1.0)


def stereo(path: Path) -> tuple[Samples, Samples]:
    """Left and right of a recording."""
    samples = np.frombuffer(path.read_bytes()[wav.HEADER_BYTES :], "<i2").reshape(-1, 2)
    return samples[:, 0].astype(np.int16), samples[:, 1].astype(np.int16)
