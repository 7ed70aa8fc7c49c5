"""A call that came in: the server's side of an INVITE (RFC 3261 §13.3)."""

from __future__ import annotations

import secrets

from sipmessage import Request, Response

from hub.api import Cause
from plugins.sip import causes
from plugins.sip.call import SDP, Call, Dialogs
from plugins.sip.call import CallState as S
from plugins.sip.dialog import Dialog
from plugins.sip.media_leg import MediaLeg
from plugins.sip.message import response, with_body
from plugins.sip.offer_answer import NotAcceptable
from plugins.sip.sdp import BadSdp
from plugins.sip.transaction.layer import Incoming


class Answering(Call):
    """OFFERED until `answer`, ANSWERED until the ACK."""

    def __init__(self, dialogs: Dialogs, media: MediaLeg, incoming: Incoming, contact: str) -> None:
        super().__init__(dialogs, media, incoming.flow)
        self.request = incoming.request
        self._incoming = incoming
        self._tag = secrets.token_hex(6)
        self.dialog = Dialog.as_server(incoming.request, self._tag, contact)
        self.move(S.OFFERED)
        dialogs.keep(self.dialog, self)
        self.refreshing.meets(self.request)
        incoming.failed = lambda _: self._unacknowledged()
        incoming.cancelled = self.cancelled
        incoming.respond(response(incoming.request, 100, "Trying"))

    def ring(self) -> None:
        """180; not to who requires that it be reliable (RFC 3262 §3): we answer at once, and it says nothing new."""
        if self.state is S.OFFERED:
            self.move(S.EARLY)
            if "100rel" not in " ".join(self.request.headers.getlist("Require")).lower():
                self._incoming.respond(self._answer(180, "Ringing"))

    def answer(self) -> None:
        """200 with our description; media starts at once, for an INVITE without an offer at the ACK."""
        if self.state in (S.OFFERED, S.EARLY):
            self.soon(self._accept())

    def refuse(self, code: int, phrase: str, headers: tuple[tuple[str, str], ...] = ()) -> None:
        """A final answer that is none; the leg is over."""
        if self.state in (S.OFFERED, S.EARLY):
            answer = self._answer(code, phrase)
            for name, value in headers:
                answer.headers.add(name, value)
            self._incoming.respond(answer)

    def hang_up(self, cause: Cause = Cause.HUNG_UP) -> None:
        if self.state in (S.OFFERED, S.EARLY):
            self.refuse(*causes.STATUS.get(cause, (480, "Temporarily Unavailable")))
        elif not self.over:
            self.bye()
        self.release(cause)

    def cancelled(self) -> None:
        """CANCEL (§9.2): they gave up before we answered; once answered it has no effect."""
        if self.state in (S.OFFERED, S.EARLY):
            self.refuse(487, "Request Terminated")
            self.release(Cause.HUNG_UP)

    def acknowledged(self, ack: Request) -> None:
        """The ACK of our 200, perhaps with the answer to our offer."""
        if self._pending is not None:
            self._pending.acknowledged()
        self._incoming.acknowledged()
        if self.state is S.ANSWERED:
            self.soon(self._confirmed(ack))

    async def _accept(self) -> None:
        offered = self.request.body
        try:
            body = await (self.media.answer(offered) if offered else self.media.offer())
        except (NotAcceptable, BadSdp):
            self.refuse(488, "Not Acceptable Here")
            self.release(Cause.FAILED)
            return
        if self.state not in (S.OFFERED, S.EARLY):
            return  # cancelled meanwhile
        answer = self._answer(200, "OK")
        with_body(answer, body, SDP)
        self.move(S.ANSWERED)
        self._incoming.respond(answer)

    async def _confirmed(self, ack: Request) -> None:
        self.move(S.CONFIRMED)
        if not self.request.body:
            await self.media.settle(ack.body)  # no answer to our offer is no call
        if not self.over:
            self.told.up(self)
            self._notice_hold()

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
        answer.headers.add("Allow", "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, REFER, NOTIFY")
        if code == 200:
            self.refreshing.answering(self.request, answer)
        return answer
