"""The audio of one leg: our half of offer and answer (RFC 3264), kept in step with the media engine."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import replace

from hub.api import Quality
from plugins.sip.calls import offer_answer, quality
from plugins.sip.calls.offer_answer import Agreed
from plugins.sip.media.engine import Codec, Direction, Endpoint, MediaEngine, Statistics
from plugins.sip.wire import sdp
from plugins.sip.wire.sdes import SAVP, Encryption, Keying


class MediaLeg:
    """One socket of the engine, and what was agreed about it. Raises MediaError, NotAcceptable, BadSdp."""

    def __init__(
        self, engine: MediaEngine, beside: MediaLeg | None = None, encryption: Encryption = Encryption.OFF
    ) -> None:
        self.engine = engine
        self.name = secrets.token_hex(8)
        self.agreed: Agreed | None = None
        self.heard = Statistics()  # how well, once it is over
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

    async def offer(self) -> bytes:
        """Our offer."""
        endpoint = await self._opened()
        if self.agreed and self.agreed.profile == SAVP:  # what is encrypted is not offered in the clear again
            self._keying = replace(self._keying, wanted=Encryption.REQUIRED)
        codecs = offer_answer.preferring(self.agreed or (self._beside.agreed if self._beside else None))
        return self._written(offer_answer.offer(endpoint.port, self._keying, codecs), endpoint)

    async def answer(self, offered: bytes) -> bytes:
        """Our answer to theirs; media starts."""
        endpoint = await self._opened()
        session, agreed = offer_answer.answer(sdp.parse(offered), endpoint.port, self._keying)
        await self._connect(agreed)
        return self._written(session, endpoint)

    async def settle(self, answered: bytes) -> None:
        """Their answer to our offer; media starts."""
        await self._connect(offer_answer.settle(sdp.parse(answered), self._keying))

    async def close(self) -> None:
        """Free the socket."""
        async with self._closing:
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

    def _written(self, session: sdp.Session, endpoint: Endpoint) -> bytes:
        self._version += 1
        return sdp.write(session, endpoint.host, self._number, self._version)
