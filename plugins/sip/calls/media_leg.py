"""The audio of one leg: our half of offer and answer (RFC 3264), kept in step with the media engine."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace

from hub.api import Quality
from plugins.sip.calls import offer_answer, quality
from plugins.sip.calls.lent import Asked, Lent
from plugins.sip.calls.offer_answer import Agreed
from plugins.sip.media.engine import Codec, Direction, Endpoint, MediaEngine, Statistics
from plugins.sip.wire import sdp, t38
from plugins.sip.wire.sdes import SAVP, Encryption, Keying


class MediaLeg:
    """One socket of the engine, and what was agreed about it; `lent`, while another plugin speaks by it. Raises
    MediaError, NotAcceptable, BadSdp."""

    def __init__(
        self, engine: MediaEngine, beside: MediaLeg | None = None, encryption: Encryption = Encryption.OFF
    ) -> None:
        self.engine = engine
        self.name = secrets.token_hex(8)
        self.agreed: Agreed | None = None
        self.heard = Statistics()  # how well, once it is over
        self.lent: Lent | None = None
        self.image_offered: Callable[[], Awaitable[None]] | None = None  # who would have it lent, is it T.38
        self._beside = beside
        self._keying = Keying.fresh(encryption)
        self._endpoint: Endpoint | None = None
        self._number = secrets.randbelow(2**31)
        self._version = 0
        self._closing = asyncio.Lock()

    @property
    def up(self) -> bool:
        """Whether both sides know where the other is."""
        return self.agreed is not None

    @property
    def secret(self) -> bool:
        """Whether what is said is encrypted, or has to be."""
        encrypted = self.agreed is not None and self.agreed.crypto is not None
        return encrypted or self._keying.wanted is Encryption.REQUIRED

    def lend(self, asked: Asked) -> Lent:
        """To another plugin; `asked` tells whether it wants T.38."""
        self.lent = Lent(self, asked)
        return self.lent

    async def take_back(self) -> None:
        """It is ours again: audio, as it was agreed."""
        lent, self.lent = self.lent, None
        if lent is not None:
            await lent.take(None)
            await lent.close()

    async def offer_t38(self) -> bytes:
        """Our offer to go on in T.38, of a leg that is lent."""
        assert self.lent is not None
        return self._written(*await self.lent.offer())

    async def offer(self) -> bytes:
        """Our offer: of what there is, or first of audio."""
        in_t38 = self.lent is not None and self.lent.in_t38
        return await (self.offer_t38() if in_t38 else self.offer_audio())

    async def offer_audio(self) -> bytes:
        """Whatever there is now."""
        endpoint = await self._opened()
        if self.agreed and self.agreed.profile == SAVP:  # what is encrypted is not offered in the clear again
            self._keying = replace(self._keying, wanted=Encryption.REQUIRED)
        codecs = offer_answer.preferring(self.agreed or (self._beside.agreed if self._beside else None))
        return self._audio(offer_answer.offer(endpoint.port, self._keying, codecs), endpoint)

    async def answer(self, offered: bytes) -> bytes:
        """Our answer to theirs; media starts."""
        theirs = sdp.parse(offered)
        if (image := t38.image_of(theirs)) is not None:
            if self.lent is None and self.image_offered is not None:
                await self.image_offered()
            if self.lent is not None:
                return self._written(*await self.lent.answer(theirs, image))
        endpoint = await self._opened()
        session, agreed = offer_answer.answer(theirs, endpoint.port, self._keying)
        await self._connect(agreed)
        return self._audio(session, endpoint)

    async def settle(self, answered: bytes) -> None:
        """Their answer to our offer; media starts. Of T.38 nothing changes by being offered again."""
        if self.lent is None or not self.lent.in_t38:
            await self.settle_audio(answered)

    async def settle_audio(self, answered: bytes) -> None:
        """Their answer to our offer of audio."""
        await self._connect(offer_answer.settle(sdp.parse(answered), self._keying))

    async def close(self) -> None:
        """Free the socket."""
        async with self._closing:
            if self.lent is not None:
                await self.lent.close()
            if self._endpoint is not None:
                self._endpoint = None
                self.heard = await self.engine.close(self.name)
                quality.count(self.heard)

    async def quality(self) -> Quality | None:
        """How well it is heard: so far, or all along once it is over."""
        async with self._closing:
            measured = self.heard if self._endpoint is None else await self.engine.statistics(self.name)
        return quality.of(measured)

    async def _opened(self) -> Endpoint:
        if self._endpoint is None:
            self._endpoint = await self.engine.open(self.name, beside=self._beside.name if self._beside else None)
        return self._endpoint

    async def _connect(self, agreed: Agreed) -> None:
        if agreed != self.agreed:
            await self.engine.connect(
                self.name,
                agreed.remote,
                Codec(agreed.codec),
                agreed.events,
                agreed.crypto,
                direction=Direction(agreed.direction),
                rtcp=agreed.rtcp,
            )
        self.agreed = agreed
        if self.lent is not None:
            await self.lent.audio()

    def _audio(self, session: sdp.Session, endpoint: Endpoint) -> bytes:
        return self._written(offer_answer.for_modems(session) if self.lent else session, endpoint)

    def _written(self, session: sdp.Session, endpoint: Endpoint) -> bytes:
        self._version += 1
        return sdp.write(session, endpoint.host, self._number, self._version)
