"""One leg of a call: its states, and what may happen inside its dialog (RFC 3261 §13–15). Two kinds know how it began:
`Answering` and `Dialing`."""

from __future__ import annotations

import logging
from collections.abc import Coroutine
from typing import Any, ClassVar, Final, Protocol

from sipmessage import Request, Response

from hub.api import Cause, Quality
from plugins.sip.calls import keys
from plugins.sip.calls.dialog import Dialog, Key
from plugins.sip.calls.held import Held
from plugins.sip.calls.media_leg import MediaLeg
from plugins.sip.calls.offer_answer import NotAcceptable
from plugins.sip.calls.referring import Referral
from plugins.sip.calls.refreshing import Refreshing
from plugins.sip.calls.renegotiating import Renegotiating
from plugins.sip.calls.states import TRANSITIONS, CallState
from plugins.sip.calls.states import CallState as S
from plugins.sip.media.engine import MediaError
from plugins.sip.soon import Soon
from plugins.sip.transaction.layer import Incoming, Outgoing, Transactions
from plugins.sip.transport.flow import Flow
from plugins.sip.wire import causes, sound
from plugins.sip.wire.message import response
from plugins.sip.wire.sdp import BadSdp

log = logging.getLogger(__name__)
SDP: Final = "application/sdp"
ALLOWED: Final = "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, REFER, NOTIFY, PRACK"
SUPPORTED: Final = "timer, 100rel, replaces"


class Told(Protocol):
    """Who owns the leg and hears of it. None of these may block."""

    def ringing(self, call: Call) -> None: ...

    def up(self, call: Call) -> None: ...

    def ended(self, call: Call, cause: Cause) -> None: ...

    def on_hold(self, call: Call, held: bool) -> None: ...

    def key(self, call: Call, digit: str) -> None: ...

    def asked_to_transfer(self, referral: Referral) -> None: ...


class Dialogs(Protocol):
    """Where dialogs are found again by requests inside them."""

    transactions: Transactions

    def keep(self, dialog: Dialog, call: Call) -> None: ...

    def forget(self, dialog: Dialog) -> None: ...


class Call:
    """What both kinds share. `told` is set by the owner right after making it."""

    told: Told
    dialled: ClassVar[bool] = False
    """Whether it was we who called."""

    def __init__(self, dialogs: Dialogs, media: MediaLeg, flow: Flow) -> None:
        self.dialogs = dialogs
        self.media = media
        self.flow = flow
        self.state = S.IDLE
        self.dialog: Dialog | None = None
        self.referred = False
        self.log_in = ("", "")  # user and password, for who asks for them inside the call
        self.reported: Quality | None = None  # by the far side, of what lies behind its end of the audio
        self.away = False  # it holds us because nobody is there for the moment
        self.held = Held(self)
        self.refreshing = Refreshing(self)
        self.renegotiating = Renegotiating(self, self.refreshing)
        self._soon = Soon(self._failed, MediaError, NotAcceptable, BadSdp, ValueError, OSError)

    def move(self, state: CallState) -> None:
        """Raises ValueError for what the table does not have."""
        if state not in TRANSITIONS[self.state]:
            raise ValueError(f"a leg cannot go from {self.state} to {state}")
        self.state = state

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.state is S.RELEASED

    @property
    def confirmed(self) -> bool:
        """Whether both know that it is answered."""
        return self.state is S.CONFIRMED

    @property
    def unanswered(self) -> bool:
        """Whether their INVITE waits for our answer."""
        return self.state in (S.OFFERED, S.EARLY)

    @property
    def held_by_them(self) -> bool:
        """Whether they want nothing from us now."""
        return self.held.now

    @property
    def transactions(self) -> Transactions:
        """Who sends for it."""
        return self.dialogs.transactions

    def hold(self, held: bool) -> None:
        """They hold us from now on, or no longer."""
        (self.held.begin if held else self.held.end)()
        self.told.on_hold(self, held)

    def is_in(self, key: Key) -> bool:
        """Whether this is its dialog."""
        return self.dialog is not None and self.dialog.key == key

    def soon(self, work: Coroutine[Any, Any, None]) -> None:
        """Do what takes a while; a fault in it ends this leg and nothing else."""
        self._soon(work)

    def _failed(self, error: Exception) -> None:
        log.warning("a leg of a call failed: %s", type(error).__name__)
        self.hang_up(Cause.FAILED)

    def hang_up(self, cause: Cause = Cause.HUNG_UP) -> None:
        """End it from our side, whatever its state; harmless when it has ended."""
        raise NotImplementedError

    def release(self, cause: Cause) -> None:
        """It has ended: tell, once, and free what it held."""
        if self.over:
            return
        self.move(S.RELEASED)
        self.refreshing.stop()
        self.held.end()
        if self.dialog:
            self.dialogs.forget(self.dialog)
        self.told.ended(self, cause)
        self.soon(self.media.close())

    def fell_silent(self) -> None:
        """Nothing has come from it for long: it has gone, unless it holds us."""
        if not self.held_by_them:
            self.hang_up(Cause.UNREACHABLE)

    def bye(self, cause: Cause = Cause.HUNG_UP) -> None:
        """Leave the dialog (§15.1.1)."""
        if self.dialog:
            request = self.dialog.request("BYE")
            request.headers.add("Reason", causes.reason(cause))
            self.dialogs.transactions.send(request, self.flow, lambda _: None)

    def inside(self, incoming: Incoming) -> None:
        """A request inside the dialog."""
        request = incoming.request
        self.flow = incoming.flow
        if self.dialog and not self.dialog.in_order(request):
            incoming.respond(response(request, 500, "Out of order"))
            return
        if self.over and request.method != "BYE":
            incoming.respond(response(request, 481, "Call Does Not Exist"))
            return
        serve = getattr(self, f"_on_{request.method.lower()}", None)
        if serve is None:
            incoming.respond(response(request, 405, "Method Not Allowed"))
        else:
            serve(incoming)

    async def quality(self) -> Quality | None:
        """How well the far side is heard, and hears us. Raises MediaError."""
        return sound.worse(self.reported, await self.media.quality())

    def acknowledged(self, ack: Request) -> None:
        """An ACK inside the dialog."""
        self.renegotiating.acknowledged(ack)

    def _on_bye(self, incoming: Incoming) -> None:
        incoming.respond(response(incoming.request, 200, "OK"))
        self.release(causes.of_bye(incoming.request))

    def _on_options(self, incoming: Incoming) -> None:
        incoming.respond(response(incoming.request, 200, "OK"))

    def _on_info(self, incoming: Incoming) -> None:
        """Keys, how well we are heard; of anything else only that it is not understood (RFC 2976 §2.2)."""
        request = incoming.request
        kind = request.headers.get("Content-Type") or ""
        if quality := sound.in_info(kind, request.body):
            self.reported = quality
        elif request.body and not keys.by_info(kind):
            incoming.respond(response(request, 415, "Unsupported Media Type"))
            return
        incoming.respond(response(request, 200, "OK"))
        if digit := keys.in_info(request.body):
            self.told.key(self, digit)

    def _on_invite(self, incoming: Incoming) -> None:
        self.renegotiating.invited(incoming)

    def _on_update(self, incoming: Incoming) -> None:
        self.renegotiating.updated(incoming)

    def _on_refer(self, incoming: Incoming) -> None:
        """A transfer asked for by this leg (RFC 3515): its owner does it, by our own means."""
        try:
            referral = Referral(self, incoming)
        except ValueError:
            incoming.respond(response(incoming.request, 400, "Bad Request"))
        else:
            self.told.asked_to_transfer(referral)

    def _on_notify(self, incoming: Incoming) -> None:
        incoming.respond(response(incoming.request, 200, "OK"))

    def ok(self, request: Request) -> Response:
        """200, with what every one inside the dialog says."""
        answer = response(request, 200, "OK")
        if self.dialog:
            answer.headers.add("Contact", self.dialog.contact)
        self.refreshing.answering(request, answer)
        return answer

    def ask(self, request: Request) -> Outgoing:
        """Send a request whose answer nobody waits for."""
        return self.dialogs.transactions.send(request, self.flow, lambda _: None)
