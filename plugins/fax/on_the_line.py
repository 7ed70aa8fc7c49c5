"""One fax on one line: the machine is begun, given the sound or the T.38 of the call, and told when the call ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from hub.api import (
    FaxTone,
    Line,
    LineEnded,
    NotConnected,
    Stream,
    StreamKind,
    T38Asked,
    T38Parameters,
    ToneHeard,
    Unsupported,
)
from hub.api.telephony import AudioAsked
from plugins.fax.settings import T38
from plugins.fax.terminal.job import Codec, Done, Event, Job, T38Options
from plugins.fax.terminal.process import FaxError
from plugins.fax.terminal.terminals import Session, Terminals

LAST_WORDS: Final = 0.4
"""Seconds the line stays up after a fax has ended: its last signal is still on its way."""
REDUNDANCY: Final = 3


async def fax(terminals: Terminals, line: Line, job: Job, t38: T38, hear: Callable[[Event], None]) -> Done:
    """Send or receive, to the end; `hear` is told all that happens. Raises NotConnected when the call was over before
    a fax could begin, and Unreachable when no fax process can be had."""
    session = await terminals.open(job)
    try:
        return await _Faxing(session, line, job, t38).run(hear)
    finally:
        await session.stop()


class _Faxing:
    def __init__(self, session: Session, line: Line, job: Job, t38: T38) -> None:
        self._session, self._line, self._job, self._t38 = session, line, job, t38
        self._kind = StreamKind.AUDIO

    async def run(self, hear: Callable[[Event], None]) -> Done:
        await self._speak(await self._line.answer(self._session.near))
        listening = asyncio.create_task(self._listen())
        try:
            async for event in self._session.events():
                hear(event)
                if isinstance(event, Done):
                    await asyncio.sleep(LAST_WORDS)
                    return event
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
        raise NotConnected("the fax process told no end")

    async def _listen(self) -> None:
        """What the line tells. The side that was called asks for T.38 (T.38 annex D.2.2.4)."""
        if not self._job.calling:
            await self._ask()
        async for event in self._line.events():
            match event:
                case T38Asked():
                    await self._asked()
                case AudioAsked(stream):
                    with suppress(FaxError):  # pages have gone: what cannot go on ends by itself
                        await self._speak(stream)
                case ToneHeard(FaxTone.CED) if self._job.calling:
                    await self._ask()
                case LineEnded():
                    await self._session.stop()

    async def _ask(self) -> None:
        if self._t38 is T38.AUTO and self._kind is StreamKind.AUDIO:
            with suppress(Unsupported, NotConnected, FaxError):
                await self._speak(await self._line.switch_t38(self._session.near))

    async def _asked(self) -> None:
        with suppress(NotConnected, FaxError):
            if self._t38 is T38.OFF:
                await self._line.refuse_t38()
            else:
                await self._speak(await self._line.accept_t38(self._session.near))

    async def _speak(self, stream: Stream) -> None:
        self._kind = stream.kind
        if stream.kind is StreamKind.T38:
            await self._session.t38(stream.far, options(stream.t38 or T38Parameters()))
        else:
            await self._session.audio(stream.far, Codec(stream.codec))


def options(said: T38Parameters) -> T38Options:
    """As the far side can take it."""
    largest = said.max_datagram if said.max_datagram else T38Options().max_datagram
    local = said.rate_management == "localTCF"
    redundancy = REDUNDANCY if said.error_correction else 0
    return T38Options(said.version, redundancy, largest, local, max_bit_rate=said.max_bit_rate)
