"""One agent's softphone: the page that has it now, its calls, and what is done for them when the page goes away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Protocol

from hub.api import Cause, Json, Quality
from plugins.sip.media.mos import mos, mouth_to_ear
from plugins.sip.softphone import words
from plugins.sip.softphone.counters import MOS
from plugins.sip.softphone.web_call import State, WebCall

COMES_BACK_WITHIN: Final = 10.0
"""Seconds that calls wait for a browser that dropped."""


class Tab(Protocol):
    """A page."""

    def tell(self, frame: Mapping[str, Json]) -> None: ...

    def replaced(self) -> None: ...

    def anew(self) -> None: ...


class Softphone:
    """`token` is what it is called by, and the name of its media. `here` as long as its browser can be heard: `told` is
    called when that changes, `over` when it has neither page nor calls any more."""

    def __init__(
        self,
        user_id: int,
        token: str,
        opened: Callable[[str, str], Awaitable[str]],
        told: Callable[[Softphone], None],
        over: Callable[[Softphone], None],
    ) -> None:
        self.user_id, self.token = user_id, token
        self.name = ""
        self.here = False
        self.calls: dict[str, WebCall] = {}
        self._tab: Tab | None = None
        self._meeting = False  # what is lost meanwhile is the browser it had before
        self._opened, self._told, self._over = opened, told, over
        self._patience: asyncio.TimerHandle | None = None

    async def meets(self, tab: Tab, sdp: str) -> None:
        """This page has it from now on; an older one is told so. Raises MediaError for an offer that cannot be
        answered."""
        before, self._tab = self._tab, tab
        if before is not None and before is not tab:
            before.replaced()
        self._meeting = True
        try:
            answer = await self._opened(self.token, sdp)
        finally:
            self._meeting = False
        if self._tab is tab:
            tab.tell({"session": self.token, "sdp": answer})
            for call in self.calls.values():
                tab.tell(call.shown)

    def leaves(self, tab: Tab) -> None:
        """The page is gone."""
        if tab is self._tab:
            self._tab = None
            self._absent()

    def moved(self) -> None:
        """The agent's browser is at another node now."""
        if self._tab is not None:
            self._tab.replaced()
            self.leaves(self._tab)

    def heard(self) -> None:
        """Browser and gateway have found each other."""
        self._stop_waiting()
        self.here = True
        for call in self.calls.values():
            call.away(False)
            self._pick_up_if_asked(call)
        self._told(self)

    def lost(self, *, legs_too: bool = False) -> None:
        """They have lost each other, or never found one another: the page is sent away, and comes again."""
        if legs_too:
            for call in self.calls.values():
                call.strand()
        tab = self._tab
        if not self._meeting:
            self._tab = None
        self._absent()
        if tab is not None and not self._meeting:
            tab.anew()

    def _absent(self) -> None:
        was, self.here = self.here, False
        for call in self.calls.values():
            call.away(True)
        if was:
            self._told(self)
        if self.calls and self._patience is None:
            self._patience = asyncio.get_running_loop().call_later(COMES_BACK_WITHIN, self._give_up)
        self._look_whether_over()

    def _give_up(self) -> None:
        self._patience = None
        for call in list(self.calls.values()):
            call.hang_up(Cause.FAILED)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _look_whether_over(self) -> None:
        if self._tab is None and not self.calls:
            self._stop_waiting()
            self._over(self)

    # --- its calls ------------------------------------------------------------------------------------------------

    def rings(self, call: WebCall) -> None:
        """A call for the agent."""
        self.calls[call.leg] = call
        self._tell(call.shown)
        self._pick_up_if_asked(call)

    def changed(self, call: WebCall) -> None:
        """It is at something else now."""
        self._tell(call.shown)
        if call.state is State.ENDED and self.calls.get(call.leg) is call:
            del self.calls[call.leg]
            self._look_whether_over()

    def does(self, word: words.OfCall) -> None:
        """What the page asks for a call; nothing, when that has ended."""
        call = self.calls.get(word.leg)
        if call is None:
            return
        match word:
            case words.Answer():
                self._answer(call)
            case words.Reject():
                call.hang_up(Cause.REJECTED)
            case words.HangUp():
                call.hang_up(Cause.REJECTED if call.state is State.RINGING else Cause.HUNG_UP)
            case words.Hold(on=on):
                call.hold(on)
            case words.Keys(keys=keys):
                call.press(keys)
            case words.Measured():
                self._judge(word)

    def _answer(self, call: WebCall) -> None:
        """One is heard at a time."""
        for other in self.calls.values():
            if other is not call and other.state is State.TALKING:
                other.hold(True)
        call.answer()

    def _pick_up_if_asked(self, call: WebCall) -> None:
        if call.auto and self.here and call.state is State.RINGING:
            self._answer(call)

    def _judge(self, seen: words.Measured) -> None:
        """What it means to who listens."""
        value = round(mos(seen.loss, mouth_to_ear(seen.rtt, seen.jitter), concealed=True), 2)
        MOS.observe(value)
        if call := self.calls.get(seen.leg):
            call.measured(Quality(seen.loss, seen.jitter, seen.rtt, value))
        quality: dict[str, Json] = {"loss": seen.loss, "jitter": seen.jitter, "rtt": seen.rtt, "mos": value}
        self._tell({"leg": seen.leg, "quality": quality})

    def _tell(self, frame: Mapping[str, Json]) -> None:
        if self._tab is not None:
            self._tab.tell(frame)
