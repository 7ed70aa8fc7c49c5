"""A call we make: the client's side of an INVITE (RFC 3261 §13.2), with log-in at proxies and forked answers."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from sipmessage import URI, CSeq, Request, Response

from hub.api import Cause
from plugins.sip.calls.call import ALLOWED, SDP, SUPPORTED, Call, Dialogs
from plugins.sip.calls.dialog import Dialog, Key
from plugins.sip.calls.media_leg import MediaLeg
from plugins.sip.calls.provisional import Provisionals
from plugins.sip.calls.states import CallState as S
from plugins.sip.transaction.layer import Outgoing
from plugins.sip.transport.flow import Flow
from plugins.sip.wire import causes, digest, session
from plugins.sip.wire.addresses import name_addr, tag
from plugins.sip.wire.message import with_body


@dataclass(frozen=True, slots=True)
class Destination:
    """Whom to call: the URI, From as they shall see it, our Contact, log-in where one is asked for, further headers,
    and the Route where they are reached by another node."""

    uri: URI
    from_: str
    contact: str
    username: str = ""
    password: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    route: str = ""


Elsewhere: TypeAlias = Callable[[Response | None], Awaitable[tuple[Flow, Destination] | None]]
PATIENCE: Final = 4.0
"""Seconds a proxy may be silent before the next is tried."""


class Dialing(Call):
    """DIALING until anything comes, PROCEEDING, EARLY while it rings, CONFIRMED when it is answered."""

    dialled = True

    def __init__(self, dialogs: Dialogs, media: MediaLeg, flow: Flow, to: Destination) -> None:
        super().__init__(dialogs, media, flow)
        self._to = to
        self.log_in = (to.username, to.password)
        self._call_id = f"{secrets.token_hex(12)}@hub"
        self._tag = secrets.token_hex(6)
        self._sequence = 1
        self._outgoing: Outgoing | None = None
        self._given_up: Cause | None = None
        self._provisionals = Provisionals(to.contact)
        self._described: dict[str, bytes] = {}  # answers to our offer in reliable provisionals: a 200 may bring none
        self._early: set[str] = set()
        self._logged_in = False
        self._cancelled = False
        self.elsewhere: Elsewhere | None = None
        self._silence: asyncio.TimerHandle | None = None

    def dial(self) -> None:
        """Send the INVITE with our offer."""
        self.move(S.DIALING)
        self.soon(self._invite())

    def is_in(self, key: Key) -> bool:
        """Also in what is not answered yet."""
        early = self.state is S.EARLY and key[:2] == (self._call_id, self._tag) and key[2] in self._early
        return early or super().is_in(key)

    def hang_up(self, cause: Cause = Cause.HUNG_UP) -> None:
        if self.state is S.CONFIRMED:
            self.bye(cause)
            self.release(cause)
        elif not self.over and self._given_up is None:
            self._given_up = cause
            if self.state in (S.PROCEEDING, S.EARLY):
                self._cancel()
            self.release(cause)

    async def _invite(self, authorization: tuple[str, str] | None = None) -> None:
        body = await self.media.offer()
        if self.over:
            return
        request = Request("INVITE", self._to.uri)
        headers = [
            ("Max-Forwards", "70"), ("From", f"{self._to.from_};tag={self._tag}"), ("To", f"<{self._to.uri}>"),
            ("Call-ID", self._call_id), ("CSeq", str(CSeq(self._sequence, "INVITE"))), ("Contact", self._to.contact),
            ("Allow", ALLOWED), ("Supported", SUPPORTED),
            *self._to.headers, *([("Route", self._to.route)] if self._to.route else []),
        ]  # fmt: skip
        for name, value in [*headers, *([authorization] if authorization else [])]:
            request.headers.add(name, value)
        with_body(request, body, SDP)
        flow, send = self.flow, self.dialogs.transactions.send
        self._outgoing = send(request, flow, lambda answer: self._heard(request, flow, answer))
        if self.elsewhere is not None:
            self._silence = asyncio.get_running_loop().call_later(PATIENCE, self._unheard, self._call_id)

    def _heard(self, invite: Request, flow: Flow, answer: Response) -> None:
        """An answer; of an attempt that was given up only one that would leave a call open there matters."""
        if invite.call_id == self._call_id:
            self._stop_waiting()
            self._answered(answer)
        elif 200 <= answer.code < 300:
            self._decline(Dialog.as_client(invite, answer, self._to.contact), invite, flow)

    def _decline(self, dialog: Dialog, invite: Request, flow: Flow) -> None:
        """Answered where nobody waits any more: acknowledged, and ended."""
        self.dialogs.transactions.pass_by(dialog.request("ACK", invite.cseq.sequence), flow)
        self.dialogs.transactions.send(dialog.request("BYE"), flow, lambda _: None)

    def _unheard(self, attempt: str) -> None:
        """Not even 100 Trying: this way is dead."""
        if attempt == self._call_id and not self.over:
            self.soon(self._try_elsewhere(None))

    async def _try_elsewhere(self, answer: Response | None) -> None:
        """By the next proxy, as a call of its own (RFC 3263 §4.3)."""
        next_way = await self.elsewhere(answer) if self.elsewhere else None
        if next_way is None or self.over:
            self.release(Cause.FAILED)
            return
        self.flow, self._to = next_way
        self._call_id, self._sequence, self._logged_in = f"{secrets.token_hex(12)}@hub", 1, False
        await self._invite()

    def _stop_waiting(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None

    def _answered(self, answer: Response) -> None:
        if 200 <= answer.code < 300:
            self._accepted(answer)
        elif self.over:
            if answer.code < 200:
                self._cancel()  # given up before anything had come: only now may it be said
        elif answer.code < 200:
            self._provisional(answer)
        elif answer.code in (401, 407) and self._to.username and not self._logged_in:
            self._log_in(answer)
        elif answer.code in (408, 503) and self.state in (S.DIALING, S.PROCEEDING) and self.elsewhere is not None:
            self.soon(self._try_elsewhere(answer))
        else:
            self.release(self._given_up or causes.of_refusal(answer.code, answer))

    def _provisional(self, answer: Response) -> None:
        assert self._outgoing is not None
        if prack := self._provisionals.acknowledgement(self._outgoing.request, answer):
            self.ask(prack)
            if answer.body:
                self._described[tag(name_addr(answer.headers["To"]))] = answer.body
                self.soon(self.media.settle(answer.body))
        if self.state is S.DIALING:
            self.move(S.PROCEEDING)
        self._early.add(tag(name_addr(answer.headers["To"])))
        if answer.code > 100 and self.state is S.PROCEEDING:
            self.move(S.EARLY)
            self.told.ringing(self)

    def _accepted(self, answer: Response) -> None:
        """Every 2xx is acknowledged; one that comes too late, or from another branch, is ended at once (§13.2.2.4)."""
        assert self._outgoing is not None
        invite = self._outgoing.request
        dialog = self._provisionals.confirmed(invite, answer)
        self.dialogs.transactions.pass_by(dialog.request("ACK", invite.cseq.sequence), self.flow)
        if self.dialog is not None and self.dialog.remote_tag == tag(name_addr(answer.headers["To"])):
            return  # its repeat
        if self.over or self.dialog is not None:
            self.dialogs.transactions.send(dialog.request("BYE"), self.flow, lambda _: None)
            return
        self.dialog = dialog
        self.dialogs.keep(dialog, self)
        self.move(S.CONFIRMED)
        self.refreshing.meets(answer)
        self.refreshing.keep(session.agreed(answer))
        self.soon(self._up(answer.body or self._described.get(dialog.remote_tag, b"")))

    async def _up(self, answered: bytes) -> None:
        await self.media.settle(answered)
        if not self.over:
            self.told.up(self)

    def _log_in(self, answer: Response) -> None:
        proxy = answer.code == 407
        asked = answer.headers.getlist("Proxy-Authenticate" if proxy else "WWW-Authenticate")
        to = self._to
        value = digest.credentials(asked, "INVITE", str(to.uri), to.username, to.password)
        if not value:
            self.release(Cause.FAILED)
            return
        self._logged_in = True
        self._sequence += 1
        self.soon(self._invite(("Proxy-Authorization" if proxy else "Authorization", value)))

    def _cancel(self) -> None:
        """CANCEL: the INVITE's own branch, nothing in common with any dialog (§9.1). If a 200 crosses it, the BYE of
        `_accepted` follows."""
        if self._outgoing is None or self._cancelled:
            return
        self._cancelled = True
        invite = self._outgoing.request
        cancel = Request("CANCEL", invite.uri)
        for name in ("Via", "Max-Forwards", "From", "To", "Call-ID", "Route"):
            if value := invite.headers.get(name):
                cancel.headers.add(name, value)
        cancel.headers.add("CSeq", str(CSeq(invite.cseq.sequence, "CANCEL")))
        if self._given_up is Cause.HUNG_UP:
            cancel.headers.add("Reason", 'SIP;cause=200;text="Call completed elsewhere"')
        cancel.headers.add("Content-Length", "0")
        self.dialogs.transactions.cancel(cancel, self.flow)
