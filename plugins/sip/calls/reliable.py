"""Our provisional answers that must not get lost (RFC 3262 §3): each is repeated until its PRACK is here."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable
from typing import Final

from sipmessage import Request, Response

from plugins.sip.calls.refreshing import Later, later
from plugins.sip.transaction.machine import LIFE, T1

_RACK: Final = re.compile(r"(\d{1,10}) +(\d{1,10}) +(\S+)")


def required(invite: Request) -> bool:
    """Whether a provisional answer may only be a reliable one. To who merely supports it ours are not: we answer as
    soon as the call is stored, so all that could get lost is a ringing that is over, and a round trip is saved."""
    return "100rel" in " ".join(invite.headers.getlist("Require")).replace(",", " ").lower().split()


class Reliable:
    """One call's: one at a time, each told by `send`, until `given_up`: nobody acknowledged it in 64·T1."""

    def __init__(
        self, invite: Request, send: Callable[[Response], None], given_up: Callable[[], None], wait: Later = later
    ) -> None:
        self.later = wait
        self._invite = invite
        self._send = send
        self._given_up = given_up
        self._number = secrets.randbelow(2**31 - 1)  # §3: the first of them is drawn from 1 to 2**31 - 1
        self._timers: dict[str, asyncio.TimerHandle] = {}

    @property
    def waiting(self) -> bool:
        """Whether one is not acknowledged yet."""
        return bool(self._timers)

    def say(self, answer: Response) -> None:
        """Tell it until it is acknowledged, on whatever transport."""
        self._number += 1
        answer.headers.add("Require", "100rel")
        answer.headers.add("RSeq", str(self._number))
        self._timers["end"] = self.later(LIFE, self._end)
        self._tell(answer, T1)

    def acknowledged(self, prack: Request) -> bool:
        """Whether a PRACK is of the one that waits; then that is acknowledged (§7.2)."""
        found = _RACK.fullmatch((prack.headers.get("RAck") or "").strip())
        wanted = (self._number, self._invite.cseq.sequence, "INVITE")
        if not self.waiting or found is None or (int(found[1]), int(found[2]), found[3]) != wanted:
            return False
        self.stop()
        return True

    def stop(self) -> None:
        """A final answer is given: nothing provisional matters any more."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _tell(self, answer: Response, pause: float) -> None:
        self._send(answer)
        self._timers["again"] = self.later(pause, lambda: self._tell(answer, pause * 2))

    def _end(self) -> None:
        self.stop()
        self._given_up()
