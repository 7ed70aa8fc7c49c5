"""A lent call goes on in T.38: because the far side offers that and the plugin wants it, or the other way round."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from sipmessage import Response

from hub.api import Cause, NotConnected, T38Parameters, Unsupported
from plugins.sip.calls.call import Call
from plugins.sip.calls.lent import Lent, Near
from plugins.sip.calls.offer_answer import NotAcceptable
from plugins.sip.calls.reoffering import reoffer
from plugins.sip.media.engine import MediaError
from plugins.sip.wire import sdp
from plugins.sip.wire.sdp import BadSdp

DECIDES_WITHIN: Final = 8.0
"""Seconds that a far side waits at most for whether T.38 is wanted."""
GONE: Final = frozenset({408, 481})


class ToT38:
    """One call's. `offered` tells the plugin that the far side wants it."""

    def __init__(self, call: Call, offered: Callable[[T38Parameters], None]) -> None:
        self._call = call
        self._offered = offered
        self._expected: Near | None = None
        self._decision: asyncio.Future[Near | None] | None = None
        self._begun = asyncio.Event()

    @property
    def _lent(self) -> Lent:
        assert self._call.media.lent is not None
        return self._call.media.lent

    def expects(self, near: Near | None) -> None:
        """If they offer it now there is nothing to decide: it goes there. None: there is, again."""
        self._expected = near

    async def asked(self, theirs: T38Parameters) -> Near | None:
        """Where the plugin wants the T.38 that they offer; None when it does not."""
        if self._expected is not None:
            return self._expected
        self._decision = asyncio.get_running_loop().create_future()
        self._begun.clear()
        self._offered(theirs)
        try:
            return await asyncio.wait_for(self._decision, DECIDES_WITHIN)
        except TimeoutError:
            return None
        finally:
            self._decision = None

    async def accept(self, near: Near) -> None:
        """Returns when it has begun, or the call has ended. Raises NotConnected."""
        if self._decision is None or self._decision.done():
            raise NotConnected("nobody asks for T.38 any more")
        self._decision.set_result(near)
        await self._begun.wait()

    def refuse(self) -> None:
        """Go on as it was."""
        if self._decision is not None and not self._decision.done():
            self._decision.set_result(None)

    def begun(self) -> None:
        """It has; or never will."""
        self._begun.set()

    async def switch(self, near: Near) -> None:
        """By an offer of ours. Raises Unsupported, NotConnected."""
        if self._decision is not None:
            await self.accept(near)
            return
        self.expects(near)
        try:
            self._lent.check()
            media, lent = self._call.media, self._lent
            await self._answered(await reoffer(self._call, media.offer_t38, lambda: lent.in_t38), near)
        except NotAcceptable as error:
            raise Unsupported(str(error)) from None
        except MediaError as error:
            raise NotConnected(str(error)) from error
        finally:
            self.expects(None)

    async def back(self) -> None:
        """To audio, by an offer of ours. Raises Unsupported when they stay in T.38, or there is none."""
        media = self._call.media
        try:
            answer = await reoffer(self._call, media.offer_audio, lambda: False)
            if answer is None or answer.code >= 300:
                raise Unsupported("the far side stays in T.38")
            await media.settle_audio(answer.body)
        except (NotAcceptable, BadSdp, MediaError) as error:
            raise Unsupported(str(error)) from error
        self._call.renegotiating.notice_hold()

    async def _answered(self, answer: Response | None, near: Near) -> None:
        """What became of our offer. Raises NotAcceptable: it is as it was."""
        if self._call.over or self._lent.in_t38:  # theirs came between
            return
        if answer is not None and answer.code in GONE:
            self._call.hang_up(Cause.FAILED)
        elif answer is not None and 200 <= answer.code < 300:
            await self._settle(answer.body, near)
        else:
            await self._lent.refused()
            raise NotAcceptable(f"T.38 was refused: {answer.code if answer else 'they want something else'}")

    async def _settle(self, answered: bytes, near: Near) -> None:
        """Who says yes and yet takes no T.38 has nothing at all now: audio again."""
        try:
            await self._lent.settle(sdp.parse(answered), near)
        except (NotAcceptable, BadSdp):
            await self._lent.refused()
            await self.back()
            raise NotAcceptable("T.38 was refused in the answer") from None
        self._call.renegotiating.notice_hold()
