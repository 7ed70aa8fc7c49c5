"""Non-INVITE client transaction: RFC 3261 §17.1.2, figure 6."""

from __future__ import annotations

from sipmessage import Request, Response

from plugins.sip.transaction.machine import LIFE, T1, T2, T4, Deliver, Effect, Failed, Machine, State, Transmit


class Client(Machine):
    """Retransmits (E), gives up (F), absorbs repeats of the answer (K)."""

    def __init__(self, request: Request, reliable: bool) -> None:
        super().__init__(State.TRYING, reliable)
        self.request = request
        self._pause = T1

    def begin(self, now: float) -> list[Effect]:
        """Send it."""
        if not self.reliable:
            self._start("E", now + self._pause)
        self._start("F", now + LIFE)
        return [Transmit(self.request)]

    def receive(self, response: Response, now: float) -> list[Effect]:
        """A response to it."""
        if self.state not in (State.TRYING, State.PROCEEDING):
            return []
        if response.code < 200:
            self.state = State.PROCEEDING
            return [Deliver(response)]
        self._linger(State.COMPLETED, "K", 0 if self.reliable else T4, now)
        return [Deliver(response)]

    def fired(self, timer: str, now: float) -> list[Effect]:
        if timer == "E":
            self._pause = T2 if self.state is State.PROCEEDING else min(self._pause * 2, T2)
            self._start("E", now + self._pause)
            return [Transmit(self.request)]
        self._end()
        return [Failed("no response")] if timer == "F" else []
