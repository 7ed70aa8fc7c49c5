"""INVITE client transaction: RFC 3261 §17.1.1, figure 5, with RFC 6026 §8.4 (ACCEPTED) in place of ending at a 2xx."""

from __future__ import annotations

from sipmessage import CSeq, Request, Response

from plugins.sip.transaction.machine import LIFE, T1, Deliver, Effect, Failed, Machine, State, Transmit

TIMER_D = 32.0


class InviteClient(Machine):
    """Retransmits the INVITE (A), gives up (B), acknowledges refusals itself and absorbs their repeats (D), and passes
    every 2xx on while they may come (M): each is acknowledged by the transaction user."""

    def __init__(self, request: Request, reliable: bool) -> None:
        super().__init__(State.CALLING, reliable)
        self.request = request
        self._pause = T1
        self._ack: Request | None = None

    def begin(self, now: float) -> list[Effect]:
        """Send it."""
        if not self.reliable:
            self._start("A", now + self._pause)
        self._start("B", now + LIFE)
        return [Transmit(self.request)]

    def receive(self, response: Response, now: float) -> list[Effect]:
        """A response to it."""
        if self.state is State.TERMINATED:
            return []
        if self.state is State.COMPLETED:
            return [Transmit(self._ack)] if response.code >= 300 and self._ack else []
        if self.state is State.ACCEPTED:
            return [Deliver(response)] if 200 <= response.code < 300 else []
        if response.code < 200:
            self.state = State.PROCEEDING
            self._stop("A", "B")
            return [Deliver(response)]
        if response.code < 300:
            self._linger(State.ACCEPTED, "M", LIFE, now)
            return [Deliver(response)]
        self._ack = acknowledgement(self.request, response)
        self._linger(State.COMPLETED, "D", 0 if self.reliable else TIMER_D, now)
        return [Transmit(self._ack), Deliver(response)]

    def fired(self, timer: str, now: float) -> list[Effect]:
        if timer == "A":
            self._pause *= 2
            self._start("A", now + self._pause)
            return [Transmit(self.request)]
        self._end()
        return [Failed("no response")] if timer == "B" else []


def acknowledgement(invite: Request, refusal: Response) -> Request:
    """The ACK of a refusal: same branch, Request-URI, route; the To of the response (§17.1.1.3)."""
    ack = Request("ACK", invite.uri)
    ack.headers.add("Via", invite.headers.getlist("Via")[0])
    for name in ("Route",):
        if values := invite.headers.getlist(name):
            ack.headers.setlist(name, list(values))
    ack.headers.add("From", invite.headers["From"])
    ack.headers.add("To", refusal.headers["To"])
    ack.headers.add("Call-ID", invite.headers["Call-ID"])
    ack.headers.add("CSeq", str(CSeq(invite.cseq.sequence, "ACK")))
    ack.headers.add("Max-Forwards", "70")
    ack.headers.add("Content-Length", "0")
    return ack
