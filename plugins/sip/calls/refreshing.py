"""A call's sign of life, given or waited for (RFC 4028 §10)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeAlias

from sipmessage import Message, Request, Response

from hub.api import Cause
from plugins.sip.calls.within import Within
from plugins.sip.wire import session
from plugins.sip.wire.message import with_body
from plugins.sip.wire.session import Session

AGAIN_AFTER: Final = 2.5
"""Seconds, when both asked at once (RFC 3261 §14.1)."""
Later: TypeAlias = Callable[[float, Callable[[], None]], asyncio.TimerHandle]


def later(seconds: float, do: Callable[[], None]) -> asyncio.TimerHandle:
    """By the loop's own clock."""
    return asyncio.get_running_loop().call_later(seconds, do)


class Refreshing:
    """One call's. `asking`: an INVITE of ours waits for its answer; another may not come between."""

    def __init__(self, call: Within, later: Later = later) -> None:
        self.later = later
        self.asking = False
        self._call = call
        self._session: Session | None = None
        self._by_update = False
        self._timers: list[asyncio.TimerHandle] = []

    def meets(self, message: Message) -> None:
        """The far side's first words: whether it can be refreshed without an offer (RFC 3311)."""
        self._by_update = "UPDATE" in " ".join(message.headers.getlist("Allow")).replace(",", " ").upper().split()

    def answering(self, request: Request, answer: Response) -> None:
        """Our 2xx to an INVITE or UPDATE says what is agreed; without a word of it there is no timer any more."""
        self.keep(session.asked(request))
        if self._session is not None:
            who = "uas" if self._session.ours else "uac"
            answer.headers.add("Session-Expires", f"{self._session.expires};refresher={who}")
            if not self._session.ours:
                answer.headers.add("Require", "timer")

    def offering(self, request: Request) -> None:
        """Our INVITE or UPDATE keeps the session going (§7.4); who refreshes it goes on doing so."""
        request.headers.add("Supported", "timer")
        if self._session is not None:
            who = "uac" if self._session.ours else "uas"
            request.headers.add("Session-Expires", f"{self._session.expires};refresher={who}")

    def keep(self, agreed: Session | None) -> None:
        """From now on."""
        self.stop()
        self._session = agreed
        if agreed is not None:
            self._wind(agreed.ends_after, lambda: self._call.hang_up(Cause.FAILED))
            if agreed.ours:
                self._wind(agreed.refresh_after, self._refresh)

    def stop(self) -> None:
        """The call is over."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def _wind(self, seconds: float, do: Callable[[], None]) -> None:
        self._timers.append(self.later(seconds, do))

    def _refresh(self) -> None:
        if self._by_update:
            self._ask("UPDATE")
        elif not self.asking:
            self.asking = True
            self._call.soon(self._invite())

    async def _invite(self) -> None:
        self._ask("INVITE", await self._call.media.offer())

    def _ask(self, method: str, body: bytes = b"") -> None:
        call = self._call
        if call.over or call.dialog is None or self._session is None:
            return
        request = call.dialog.request(method)
        self.offering(request)
        if body:
            with_body(request, body, "application/sdp")
        call.transactions.send(request, call.flow, lambda answer: self._heard(request, answer))

    def _heard(self, request: Request, answer: Response) -> None:
        if answer.code < 200:
            return
        self.asking = False
        if answer.code < 300:
            self._refreshed(request, answer)
        elif answer.code in (408, 481):
            self._call.hang_up(Cause.FAILED)
        elif answer.code == 491:
            self._wind(AGAIN_AFTER, self._refresh)
        elif answer.code == 422 and self._session and session.least(answer) > self._session.expires:
            self._session = replace(self._session, expires=session.least(answer))
            self._refresh()
        # whatever else: the session goes on until it ends

    def _refreshed(self, request: Request, answer: Response) -> None:
        call = self._call
        if call.dialog is None:
            return
        if request.method == "INVITE":
            call.transactions.pass_by(call.dialog.request("ACK", request.cseq.sequence), call.flow)
        if not call.over:
            call.dialog.refresh(answer)
            self.keep(session.agreed(answer))
            if answer.body:
                call.soon(call.media.settle(answer.body))
