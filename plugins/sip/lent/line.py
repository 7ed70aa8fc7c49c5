"""One call in another plugin's hands: `hub.api.Line`."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from typing import Final, Protocol

from hub.api import (
    Address,
    AnyAccount,
    AudioAsked,
    Cause,
    FaxTone,
    Json,
    LineEnded,
    LineEvent,
    NotConnected,
    Stream,
    StreamKind,
    T38Asked,
    ToneHeard,
)
from plugins.sip.calls.answering import Answering
from plugins.sip.calls.call import Call
from plugins.sip.calls.lent import Near
from plugins.sip.calls.referring import Referral
from plugins.sip.lent.to_t38 import ToT38
from plugins.sip.media.engine import MediaError, ToneKind

TONES: Final = {ToneKind.CNG: FaxTone.CNG, ToneKind.CED: FaxTone.CED}


class Book(Protocol):
    """Who keeps all of them, and gives one to another plugin."""

    def add(self, line: LentLine) -> None: ...

    def remove(self, line: LentLine) -> None: ...

    async def hand_over(self, line: LentLine, account: AnyAccount, about: Mapping[str, Json]) -> None: ...


class LentLine:
    """`call` is the leg; `thread` and `about` are what was known of it where it came from."""

    speaking: Final = None  # whoever has it speaks by packets

    def __init__(
        self, lines: Book, account: AnyAccount, call: Call, *, caller: Address | None, called: Address,
        about: Mapping[str, Json] | None = None, thread: str = "", t38_offered: bool = False,
    ) -> None:  # fmt: skip
        self.id = secrets.token_hex(12)
        self.account = account
        self.call = call
        self.caller, self.called = caller, called
        self.about: Mapping[str, Json] = about or {}
        self.thread = thread
        self.t38_offered = t38_offered
        self._lines = lines
        self._let_go = False
        self._cause = Cause.HUNG_UP
        self._events: asyncio.Queue[LineEvent] = asyncio.Queue()
        self._up = asyncio.Event()
        self._t38 = ToT38(call, lambda theirs: self._events.put_nowait(T38Asked(theirs)))
        self._lent = call.media.lend(self._t38.asked)
        self._lent.changed = self._changed
        call.told = self
        lines.add(self)

    # --- what the plugin asks -------------------------------------------------------------------------------------

    async def answer(self, near: Near) -> Stream:
        """See hub.api.Line."""
        self._check()
        try:
            await self._lent.take(near)
        except MediaError as error:
            raise NotConnected(str(error)) from error
        if isinstance(self.call, Answering) and self.call.unanswered:
            self._t38.expects(near if self.t38_offered else None)
            self.call.ring()
            self.call.answer()
            await self._up.wait()
            self._t38.expects(None)
        return self._stream()

    async def switch_t38(self, near: Near) -> Stream:
        """See hub.api.Line."""
        self._check()
        await self._t38.switch(near)
        return self._stream()

    async def accept_t38(self, near: Near) -> Stream:
        """See hub.api.Line."""
        self._check()
        await self._t38.accept(near)
        return self._stream()

    async def refuse_t38(self) -> None:
        """See hub.api.Line."""
        self._t38.refuse()

    async def events(self) -> AsyncIterator[LineEvent]:
        """See hub.api.Line."""
        while True:
            event = await self._events.get()
            yield event
            if isinstance(event, LineEnded):
                return

    async def hand_over(self, account: AnyAccount, about: Mapping[str, Json] | None = None) -> None:
        """See hub.api.Line."""
        self._check()
        await self._lines.hand_over(self, account, about or {})

    async def end(self, cause: Cause = Cause.HUNG_UP) -> None:
        """See hub.api.Line."""
        self.leave(cause)

    # --- what the exchange does -----------------------------------------------------------------------------------

    @property
    def over(self) -> bool:
        """Whether the plugin has it no more."""
        return self._let_go or self.call.over

    def leave(self, cause: Cause = Cause.HUNG_UP) -> None:
        """Hang up, if the call is still this line's."""
        if not self.over:
            self.call.hang_up(cause)

    def detach(self) -> None:
        """The call is somebody else's from now on."""
        self._let_go = True
        self._finish(Cause.TRANSFERRED)

    async def back_to_audio(self) -> None:
        """Raises Unsupported when the far side stays in T.38."""
        if self._lent.in_t38:
            await self._t38.back()

    async def rings(self, seconds: float) -> None:
        """Until it is up, so long at most. Raises NotConnected."""
        try:
            await asyncio.wait_for(self._up.wait(), seconds)
        except TimeoutError:
            self.leave(Cause.NO_ANSWER)
        except asyncio.CancelledError:
            self.leave()
            raise
        self._check()

    # --- what the leg tells ---------------------------------------------------------------------------------------

    def ringing(self, call: Call) -> None:
        """They hear it; nobody here does."""

    def up(self, call: Call) -> None:
        self._up.set()

    def ended(self, call: Call, cause: Cause) -> None:
        self._finish(cause)

    def on_hold(self, call: Call, held: bool) -> None:
        """In T.38 there is no audio; else their side plays its music to whoever listens."""

    def key(self, call: Call, digit: str) -> None:
        """What comes is the plugin's to hear."""

    def asked_to_transfer(self, referral: Referral) -> None:
        """Where our calls go is not theirs to say."""
        referral.refuse()

    # --- what the media engine tells ------------------------------------------------------------------------------

    def call_of(self, leg: str) -> Call | None:
        """The call, if its sound or its T.38 goes by this name."""
        return self.call if leg in (self.call.media.name, self._lent.image) else None

    def pressed(self, leg: str, key: str) -> None:
        """What comes is the plugin's to hear."""

    def heard(self, leg: str, tone: ToneKind) -> None:
        """Of a fax machine the plugin is told."""
        if tone in TONES:
            self._events.put_nowait(ToneHeard(TONES[tone]))

    def lost(self, leg: str) -> None:
        """Its sound has stopped for good."""
        self.leave(Cause.FAILED)

    # --- all the rest ---------------------------------------------------------------------------------------------

    def _changed(self, stream: Stream) -> None:
        if stream.kind is StreamKind.AUDIO:
            self._events.put_nowait(AudioAsked(stream))
        else:
            self._t38.begun()

    def _stream(self) -> Stream:
        self._check()
        if self._lent.stream is None:
            raise NotConnected("there is no sound")
        return self._lent.stream

    def _check(self) -> None:
        if self.over:
            raise NotConnected("the call has ended", self._cause)

    def _finish(self, cause: Cause) -> None:
        self._cause = cause
        self._up.set()
        self._t38.begun()
        self._events.put_nowait(LineEnded(cause))
        self._lines.remove(self)
