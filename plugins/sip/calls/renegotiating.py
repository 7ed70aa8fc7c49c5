"""Another offer inside a call: hold, resume, another address, by re-INVITE (RFC 3261 §14.2) or UPDATE (RFC 3311)."""

from __future__ import annotations

from typing import Final

from sipmessage import Request, Response

from hub.api import Cause
from plugins.sip.calls.offer_answer import NotAcceptable
from plugins.sip.calls.refreshing import Refreshing
from plugins.sip.calls.within import Within
from plugins.sip.transaction.layer import Incoming
from plugins.sip.wire.message import response, with_body
from plugins.sip.wire.sdp import BadSdp

AWAY: Final = "Hub-Away"
"""A header of our own softphones': they hold because their browser has dropped, and not because an agent said so."""


class Renegotiating:
    """One call's. `pending` is their re-INVITE, which we have answered and they have not acknowledged."""

    def __init__(self, call: Within, refreshing: Refreshing) -> None:
        self.pending: Incoming | None = None
        self._call, self._refreshing = call, refreshing

    def invited(self, incoming: Incoming) -> None:
        """A re-INVITE, perhaps without an offer: then ours is in the answer, and theirs comes with the ACK."""
        if not self.free:
            incoming.respond(response(incoming.request, 491, "Request Pending"))
        else:
            incoming.failed = lambda _: self._unacknowledged(incoming)
            self.pending = incoming
            self._call.soon(self._answer(incoming))

    def updated(self, incoming: Incoming) -> None:
        """UPDATE: as a re-INVITE, or a session timer's refresh without a body."""
        if not incoming.request.body:
            incoming.respond(self._call.ok(incoming.request))
        elif self.free:
            self._call.soon(self._answer(incoming))
        else:
            incoming.respond(self._too_early(incoming.request))

    def acknowledged(self, ack: Request) -> None:
        """The ACK of our 200, with the answer where the offer was ours."""
        pending = self.pending
        if pending is None or pending.request.cseq.sequence != ack.cseq.sequence:
            return  # an earlier one's, again
        self.pending = None
        pending.acknowledged()
        if not pending.request.body and ack.body:  # who answers nothing keeps what was agreed
            self._call.soon(self._settle(ack.body))

    def notice_hold(self) -> None:
        """What is agreed now may be that they hold us, or no longer."""
        call = self._call
        held = bool(call.media.agreed and call.media.agreed.held)
        if held != call.held_by_them:
            call.hold(held)

    def _unacknowledged(self, incoming: Incoming) -> None:
        """No ACK of our 200 in 32 s: they are gone (§13.3.1.4)."""
        if self.pending is incoming:
            self._call.hang_up(Cause.FAILED)

    @property
    def free(self) -> bool:
        """Whether no offer waits for its answer (RFC 3264 §4)."""
        offering = self.pending is not None and not self.pending.request.body
        return self._call.confirmed and not self._refreshing.asking and not offering

    def _too_early(self, request: Request) -> Response:
        """An offer while another has no answer yet (RFC 3311 §5.2): theirs, to which ours is coming; or ours."""
        if not self._call.unanswered:
            return response(request, 491, "Request Pending")
        answer = response(request, 500, "Offer Pending")
        answer.headers.add("Retry-After", "1")
        return answer

    async def _answer(self, incoming: Incoming) -> None:
        request, call = incoming.request, self._call
        try:
            body = await (call.media.answer(request.body) if request.body else call.media.offer())
        except (NotAcceptable, BadSdp):
            self.pending = None
            incoming.respond(response(request, 488, "Not Acceptable Here"))
            return
        if call.dialog:
            call.dialog.refresh(request)
        answer = call.ok(request)
        with_body(answer, body, "application/sdp")
        incoming.respond(answer)
        call.away = request.headers.get(AWAY) is not None
        self.notice_hold()

    async def _settle(self, answered: bytes) -> None:
        await self._call.media.settle(answered)
        self.notice_hold()
