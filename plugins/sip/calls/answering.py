"""A call that came in: the server's side of an INVITE (RFC 3261 §13.3)."""

from __future__ import annotations

import secrets

from sipmessage import Request, Response

from hub.api import Cause
from plugins.sip.calls import reliable
from plugins.sip.calls.call import ALLOWED, SDP, SUPPORTED, Call, Dialogs
from plugins.sip.calls.dialog import Dialog
from plugins.sip.calls.media_leg import MediaLeg
from plugins.sip.calls.offer_answer import NotAcceptable
from plugins.sip.calls.reliable import Reliable
from plugins.sip.calls.states import CallState as S
from plugins.sip.transaction.layer import Incoming
from plugins.sip.wire import causes
from plugins.sip.wire.message import response, with_body
from plugins.sip.wire.sdp import BadSdp


class Answering(Call):
    """OFFERED until `answer`, ANSWERED until the ACK."""

    def __init__(self, dialogs: Dialogs, media: MediaLeg, incoming: Incoming, contact: str) -> None:
        super().__init__(dialogs, media, incoming.flow)
        self.request = incoming.request
        self._incoming = incoming
        self._tag = secrets.token_hex(6)
        self._reliable = Reliable(self.request, incoming.respond, self._unheard)
        self._described = False
        self._wanted = False
        self.dialog = Dialog.as_server(incoming.request, self._tag, contact)
        self.move(S.OFFERED)
        dialogs.keep(self.dialog, self)
        self.refreshing.meets(self.request)
        incoming.failed = lambda _: self._unacknowledged()
        incoming.cancelled = self.cancelled
        incoming.respond(response(incoming.request, 100, "Trying"))

    def ring(self) -> None:
        """180, repeated until it is acknowledged where the caller requires that (RFC 3262 §3)."""
        if self.state is S.OFFERED:
            self.move(S.EARLY)
            if reliable.required(self.request):
                self.soon(self._ring_reliably())
            else:
                self._incoming.respond(self._answer(180, "Ringing"))

    def answer(self) -> None:
        """200 with our description; media starts at once, for an INVITE without an offer at the ACK. Not before what we
        described in a reliable 180 is acknowledged (§3)."""
        self._wanted = True
        if self.state is S.OFFERED or (self.state is S.EARLY and not self._unacknowledged_yet()):
            self.soon(self._accept())

    def refuse(self, code: int, phrase: str, headers: tuple[tuple[str, str], ...] = ()) -> None:
        """A final answer that is none; the leg is over."""
        if self.state in (S.OFFERED, S.EARLY):
            answer = self._answer(code, phrase)
            for name, value in headers:
                answer.headers.add(name, value)
            self._reliable.stop()
            self._incoming.respond(answer)

    def hang_up(self, cause: Cause = Cause.HUNG_UP) -> None:
        if self.state in (S.OFFERED, S.EARLY):
            status = causes.STATUS.get(cause, (480, "Temporarily Unavailable"))
            self.refuse(*status, (("Reason", causes.reason(cause)),))
        elif not self.over:
            self.bye(cause)
        self.release(cause)

    def cancelled(self) -> None:
        """CANCEL (§9.2): they gave up before we answered; once answered it has no effect."""
        if self.state in (S.OFFERED, S.EARLY):
            self.refuse(487, "Request Terminated")
            self.release(Cause.HUNG_UP)

    def acknowledged(self, ack: Request) -> None:
        """The ACK of our 200, perhaps with the answer to our offer."""
        super().acknowledged(ack)
        self._incoming.acknowledged()
        if self.state is S.ANSWERED:
            self.soon(self._confirmed(ack))

    async def _ring_reliably(self) -> None:
        """The first reliable answer has our description (RFC 3261 §13.2.1): the 200 needs none."""
        answer = self._answer(180, "Ringing")
        if await self._describe(answer):
            self._described = True
            self._reliable.say(answer)

    def _on_prack(self, incoming: Incoming) -> None:
        """The caller has heard our 180 (RFC 3262 §3); with it may come their answer, or another offer (§5)."""
        if self._reliable.acknowledged(incoming.request):
            self.soon(self._heard(incoming))
        else:
            incoming.respond(response(incoming.request, 481, "Call Does Not Exist"))

    async def _heard(self, incoming: Incoming) -> None:
        request, answer = incoming.request, response(incoming.request, 200, "OK")
        if not self.request.body:
            await self.media.settle(request.body)  # no answer to our offer is no call
        elif request.body:
            with_body(answer, await self.media.answer(request.body), SDP)
        incoming.respond(answer)
        if self._wanted:
            self.answer()

    def _unheard(self) -> None:
        """§3: nobody acknowledged our 180 in 32 s."""
        self.refuse(504, "Server Time-out")
        self.release(Cause.FAILED)

    def _unacknowledged_yet(self) -> bool:
        return reliable.required(self.request) and (self._reliable.waiting or not self._described)

    async def _accept(self) -> None:
        answer = self._answer(200, "OK")
        if self._described or await self._describe(answer):
            self.move(S.ANSWERED)
            self._incoming.respond(answer)

    async def _describe(self, answer: Response) -> bool:
        """Our answer to their offer, or our offer; False where there is nothing to be said any more."""
        offered = self.request.body
        try:
            body = await (self.media.answer(offered) if offered else self.media.offer())
        except (NotAcceptable, BadSdp):
            self.refuse(488, "Not Acceptable Here")
            self.release(Cause.FAILED)
            return False
        with_body(answer, body, SDP)
        return self.state in (S.OFFERED, S.EARLY)  # else cancelled meanwhile

    def release(self, cause: Cause) -> None:
        self._reliable.stop()
        super().release(cause)

    async def _confirmed(self, ack: Request) -> None:
        self.move(S.CONFIRMED)
        if not self.request.body and not self._described:
            await self.media.settle(ack.body)  # no answer to our offer is no call
        if not self.over:
            self.told.up(self)
            self.renegotiating.notice_hold()

    def _unacknowledged(self) -> None:
        """No ACK in 32 s: the far side is gone, say BYE in case it is not (§13.3.1.4)."""
        if not self.over:
            self.bye()
            self.release(Cause.FAILED)

    def _answer(self, code: int, phrase: str) -> Response:
        answer = response(self.request, code, phrase, tag=self._tag)
        if self.dialog:
            answer.headers.add("Contact", self.dialog.contact)
        for value in self.request.headers.getlist("Record-Route"):
            answer.headers.add("Record-Route", value)
        answer.headers.add("Allow", ALLOWED)
        answer.headers.add("Supported", SUPPORTED)
        if code == 200:
            self.refreshing.answering(self.request, answer)
        return answer
