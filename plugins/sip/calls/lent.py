"""The sound of one leg in another plugin's hands: its audio as packets, and T.38 instead when both sides want that
(ITU-T T.38 annex D): by an offer of theirs that the borrower takes, or by ours."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Protocol, TypeAlias

from hub.api import Stream, StreamKind, T38Parameters
from plugins.sip.calls.offer_answer import Agreed, NotAcceptable
from plugins.sip.media.engine import Codec, Direction, Endpoint, MediaEngine
from plugins.sip.media.lending import LOOPBACK
from plugins.sip.wire import t38
from plugins.sip.wire.sdp import Media, Session

Near: TypeAlias = tuple[str, int]
Asked: TypeAlias = Callable[[T38Parameters], Awaitable[Near | None]]
"""Whether the borrower takes T.38, and where it listens then."""


class Leg(Protocol):
    """What is lent: its name at the engine, and what was agreed about it."""

    engine: MediaEngine
    name: str
    agreed: Agreed | None

    @property
    def secret(self) -> bool: ...


class Lent:
    """`near` is where the borrower listens for audio, None as long as nobody does. `stream` is what it has."""

    def __init__(self, leg: Leg, asked: Asked) -> None:
        self.near: Near | None = None
        self.stream: Stream | None = None
        self.changed: Callable[[Stream], None] = lambda stream: None
        self._leg = leg
        self._asked = asked
        self._lent_to: Near | None = None
        self._image = secrets.token_hex(8)
        self._endpoint: Endpoint | None = None

    @property
    def in_t38(self) -> bool:
        """Whether no audio flows."""
        return self.stream is not None and self.stream.kind is StreamKind.T38

    @property
    def image(self) -> str:
        """What the engine knows its T.38 by."""
        return self._image

    async def take(self, near: Near | None) -> None:
        """The audio is for this worker from now on; for nobody's: the leg is ours."""
        self.near = near
        if self._leg.agreed is not None and not self.in_t38:
            await self._lend_audio()

    async def audio(self) -> None:
        """Audio has been agreed, or agreed anew."""
        await self._end_image()
        if self.near is not None:
            await self._lend_audio()

    async def answer(self, offered: Session, at: int) -> tuple[Session, Endpoint]:
        """Our answer to an offer that has T.38 in this place. Raises NotAcceptable when the borrower wants none."""
        self.check()
        media = offered.media[at]
        near = await self._asked(t38.read(media))
        if near is None:
            raise NotAcceptable("no fax is wanted")
        endpoint = await self._opened()
        await self._lend_image(media, near)
        return t38.answer(offered, at, endpoint.port), endpoint

    async def offer(self) -> tuple[Session, Endpoint]:
        """T.38 instead of the audio."""
        self.check()
        endpoint = await self._opened()
        return Session((t38.described(endpoint.port),)), endpoint

    async def settle(self, answered: Session, near: Near) -> None:
        """Their answer to it. Raises NotAcceptable."""
        at = t38.image_of(answered)
        if at is None:
            raise NotAcceptable("T.38 was refused")
        await self._lend_image(answered.media[at], near)

    async def refused(self) -> None:
        """Of an offer of ours nothing came: it is as it was."""
        if not self.in_t38:
            await self._end_image()

    async def close(self) -> None:
        """Free what it holds besides the leg."""
        await self._end_image()

    def check(self) -> None:
        """UDPTL is not encrypted: what was to be secret does not go by it. Raises NotAcceptable."""
        if self._leg.secret:
            raise NotAcceptable("this call's sound is encrypted")

    async def _opened(self) -> Endpoint:
        if self._endpoint is None:
            self._endpoint = await self._leg.engine.open_image(self._image)
        return self._endpoint

    async def _end_image(self) -> None:
        if self._endpoint is not None:
            self._endpoint = None
            await self._leg.engine.close(self._image)

    async def _lend_audio(self) -> None:
        leg, agreed, before = self._leg, self._leg.agreed, self.stream
        assert agreed is not None
        if self.near is None:
            await leg.engine.lend(leg.name, None)
            self.stream = None
            return
        kept = before.far if before and before.kind is StreamKind.AUDIO and self._lent_to == self.near else None
        far = kept or (LOOPBACK, await leg.engine.lend(leg.name, self.near))
        self._lent_to, self.stream = self.near, Stream(StreamKind.AUDIO, far, agreed.codec)
        if before is not None and before.kind is StreamKind.T38:
            self.changed(self.stream)

    async def _lend_image(self, media: Media, near: Near) -> None:
        port = await self._leg.engine.lend_image(self._image, (media.host, media.port), near)
        await self._silence()
        self.stream = Stream(StreamKind.T38, (LOOPBACK, port), t38=t38.read(media))
        self.changed(self.stream)

    async def _silence(self) -> None:
        """Neither side sends audio now; that none comes says nothing (the leg is held, and its far side is asked)."""
        leg, agreed = self._leg, self._leg.agreed
        if agreed is None or self.in_t38:
            return
        leg.agreed = replace(agreed, direction=Direction.INACTIVE.value)
        await leg.engine.lend(leg.name, None)
        self._lent_to = None
        await leg.engine.connect(
            leg.name, agreed.remote, Codec(agreed.codec), agreed.events, agreed.crypto, direction=Direction.INACTIVE,
            rtcp=agreed.rtcp,
        )  # fmt: skip
