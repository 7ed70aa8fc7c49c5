"""A media engine that carries nothing and writes down what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from plugins.sip.lines.audio import Audio
from plugins.sip.media.engine import (
    Codec,
    Crypto,
    Direction,
    Endpoint,
    Event,
    MediaEngine,
    Recording,
    Statistics,
)
from plugins.sip.media.settings import MediaSettings

NOTHING: tuple[Event, ...] = ()


class SilentEngine:
    """`did` is everything in order, `keys` what it holds the crypto of each leg to be, `open_legs` those not closed,
    `heard` what it says of each."""

    def __init__(self) -> None:
        self.did: list[tuple[str, ...]] = []
        self.crypto: dict[str, Crypto | None] = {}
        self.open_legs: set[str] = set()
        self.heard = Statistics()

    async def open(self, leg: str, *, beside: str | None = None) -> Endpoint:
        self.open_legs.add(leg)
        return Endpoint("127.0.0.1", 40_000 + 2 * len(self.open_legs))

    async def connect(
        self, leg: str, remote: tuple[str, int], codec: Codec, telephone_event: int | None = None,
        crypto: Crypto | None = None, *, direction: Direction = Direction.SENDRECV, learn: bool = True,
        rtcp: int = 0,
    ) -> None:  # fmt: skip
        self.crypto[leg] = crypto
        self.did.append(("connect", leg, remote[0], direction.value))

    async def play(self, leg: str, audio: Path | bytes, *, loop: bool = False, interruptible: bool = True) -> int:
        self.did.append(("play", leg))
        return len(self.did)

    async def stop(self, leg: str) -> None:
        self.did.append(("stop", leg))

    async def bridge(self, one: str, other: str) -> None:
        self.did.append(("bridge", *sorted((one, other))))

    async def mix(self, room: str, legs: Sequence[str], gains: Mapping[tuple[str, str], float] | None = None) -> None:
        self.did.append(("mix", *sorted(legs)))

    async def part(self, leg: str) -> None:
        self.did.append(("part", leg))

    async def hold(self, leg: str, music: Path | bytes | None = None) -> None:
        self.did.append(("hold", leg))

    async def resume(self, leg: str) -> None:
        self.did.append(("resume", leg))

    async def record(self, target: str, path: Path) -> None:
        self.did.append(("record", target))

    async def pause_recording(self, target: str) -> None:
        self.did.append(("pause_recording", target))

    async def resume_recording(self, target: str) -> None:
        self.did.append(("resume_recording", target))

    async def stop_recording(self, target: str) -> Recording:
        return Recording(Path(), 0.0)

    async def send_digits(self, leg: str, digits: str) -> None:
        self.did.append(("send_digits", leg, digits))

    async def lend(self, leg: str, near: tuple[str, int] | None) -> int:
        self.did.append(("lend", leg, str(near and near[1])))
        return 50_000 if near else 0

    async def open_image(self, image: str) -> Endpoint:
        self.did.append(("open_image", image))
        return await self.open(image)

    async def lend_image(self, image: str, remote: tuple[str, int], near: tuple[str, int]) -> int:
        self.did.append(("lend_image", image, str(remote[1]), str(near[1])))
        return 50_002

    async def statistics(self, leg: str) -> Statistics:
        return self.heard

    async def close(self, leg: str) -> Statistics:
        self.open_legs.discard(leg)
        return self.heard

    async def events(self) -> AsyncIterator[Event]:
        await asyncio.Event().wait()
        for event in NOTHING:
            yield event


class SilentAudio(Audio):
    """In place of the exchange's."""

    def __init__(self) -> None:
        super().__init__(MediaSettings(), lambda leg: None)
        self.silent = SilentEngine()

    @property
    def engine(self) -> MediaEngine:
        return self.silent

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        yield
