"""Non-INVITE server transaction: RFC 3261 §17.2.2, figure 8."""

from __future__ import annotations

from sipmessage import Request, Response

from plugins.sip.transaction.machine import LIFE, Deliver, Effect, Machine, State, Transmit


class Server(Machine):
    """Repeats its answer to a repeated request, as long as one may come (J)."""

    def __init__(self, request: Request, reliable: bool) -> None:
        super().__init__(State.TRYING, reliable)
        self.request = request
        self._last: Response | None = None

    def begin(self, now: float) -> list[Effect]:
        """Tell of it."""
        return [Deliver(self.request)]

    def receive(self, request: Request, now: float) -> list[Effect]:
        """The request again."""
        return [Transmit(self._last)] if self._last and self.state is not State.TERMINATED else []

    def respond(self, response: Response, now: float) -> list[Effect]:
        """Answer it; only the first final answer counts."""
        if self.state not in (State.TRYING, State.PROCEEDING):
            return []
        self._last = response
        if response.code < 200:
            self.state = State.PROCEEDING
        else:
            self._linger(State.COMPLETED, "J", 0 if self.reliable else LIFE, now)
        return [Transmit(response)]

    def fired(self, timer: str, now: float) -> list[Effect]:
        self._end()
        return []
