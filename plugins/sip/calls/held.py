"""Somebody who holds us need not send anything (RFC 3264 §8.4), so that nothing comes says nothing: they are asked."""

from __future__ import annotations

import asyncio
from typing import Final

from sipmessage import Response

from hub.api import Cause
from plugins.sip.calls.refreshing import Later, later
from plugins.sip.calls.within import Within

ASK_EVERY: Final = 20.0
ANSWERS_WITHIN: Final = 8.0
"""Seconds; time for four repeats."""
NOT_THERE: Final = frozenset({408, 481})


class Held:
    """One call's. While `now`, its far side is asked by OPTIONS within the dialog (RFC 3261 §11.2) whether it is there:
    who does not answer, or knows of no call, has left it."""

    def __init__(self, call: Within, later: Later = later) -> None:
        self.now = False
        self.later = later
        self._call = call
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """They hold us."""
        self.now = True
        self._wind(ASK_EVERY)

    def end(self) -> None:
        """They hold us no longer, or the call is over."""
        self.now = False
        if self._timer is not None:
            self._timer.cancel()

    def _wind(self, seconds: float) -> None:
        self._timer = self.later(seconds, self._ask if seconds == ASK_EVERY else self._gone)

    def _ask(self) -> None:
        if self._call.dialog is not None:
            self._wind(ANSWERS_WITHIN)
            request = self._call.dialog.request("OPTIONS")
            self._call.transactions.send(request, self._call.flow, self._answered)

    def _answered(self, answer: Response) -> None:
        if not self.now or answer.code < 200:
            return
        self.end()
        if answer.code in NOT_THERE:
            self._gone()
        else:
            self.begin()

    def _gone(self) -> None:
        self._call.hang_up(Cause.UNREACHABLE)
