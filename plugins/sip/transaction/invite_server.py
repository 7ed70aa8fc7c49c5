"""INVITE server transaction: RFC 3261 §17.2.1, figure 7, with RFC 6026 §8.5 (ACCEPTED).

The repeats of a 2xx, which §13.3.1.4 gives to the transaction user, are kept here with the other timers ("2xx")."""

from __future__ import annotations

from sipmessage import Request, Response

from plugins.sip.transaction.machine import LIFE, T1, T2, T4, Deliver, Effect, Failed, Machine, State, Transmit


class InviteServer(Machine):
    """Repeats the last answer to a repeated INVITE, a refusal until its ACK (G, H, I), a 2xx until `acknowledged`."""

    def __init__(self, request: Request, reliable: bool) -> None:
        super().__init__(State.PROCEEDING, reliable)
        self.request = request
        self._last: Response | None = None
        self._pause = T1

    def begin(self, now: float) -> list[Effect]:
        """Tell of it."""
        return [Deliver(self.request)]

    def receive(self, request: Request, now: float) -> list[Effect]:
        """The INVITE again, or its ACK."""
        if request.method == "ACK":
            return self._acked(now)
        if self.state in (State.PROCEEDING, State.COMPLETED) and self._last:
            return [Transmit(self._last)]
        return []

    def respond(self, response: Response, now: float) -> list[Effect]:
        """Answer it; only the first final answer counts."""
        if self.state is not State.PROCEEDING:
            return []
        self._last = response
        if 200 <= response.code < 300:
            self._linger(State.ACCEPTED, "L", LIFE, now)
            self._start("2xx", now + self._pause)
        elif response.code >= 300:
            self.state = State.COMPLETED
            self._start("H", now + LIFE)
            if not self.reliable:
                self._start("G", now + self._pause)
        return [Transmit(response)]

    def acknowledged(self) -> None:
        """The ACK of our 2xx has come (it is no part of this transaction: its branch is another)."""
        self._stop("2xx")

    def fired(self, timer: str, now: float) -> list[Effect]:
        if timer in ("G", "2xx"):
            self._pause = min(self._pause * 2, T2)
            self._start(timer, now + self._pause)
            return [Transmit(self._last)] if self._last else []
        unheard = timer == "H" or (timer == "L" and "2xx" in self._deadlines)
        self._end()
        return [Failed("no ACK")] if unheard else []

    def _acked(self, now: float) -> list[Effect]:
        if self.state is State.COMPLETED:
            self._linger(State.CONFIRMED, "I", 0 if self.reliable else T4, now)
        return []
