"""What happens to a datagram: the guard, the reader, the transaction, and then whose it is (RFC 3261 §8.2)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final, Protocol

from sipmessage import Request, Response

from plugins.sip.calls.call import Call
from plugins.sip.calls.dialog import Dialog, Key, key_of
from plugins.sip.guard import Guard, Turned
from plugins.sip.transaction.layer import Incoming, Transactions
from plugins.sip.transport import stun
from plugins.sip.transport.flow import Flow
from plugins.sip.wire.message import Message, Refusal, Unreadable, encode, read, refusal, response

log = logging.getLogger(__name__)
SERVED: Final = frozenset(
    ("INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "INFO", "UPDATE", "REFER", "NOTIFY", "PRACK", "REGISTER")
)
EXTENSIONS: Final = frozenset(("timer", "100rel", "replaces", "outbound"))
MOST_CALLS: Final = 5_000

PHRASES: Final = {
    400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable",
    415: "Unsupported Media Type", 416: "Unsupported URI Scheme", 420: "Bad Extension",
    422: "Session Interval Too Small", 481: "Call Does Not Exist", 483: "Too Many Hops", 501: "Not Implemented",
    503: "Service Unavailable", 505: "Version Not Supported", 513: "Message Too Large",
}  # fmt: skip


class Desk(Protocol):
    """Who takes new calls and registrations."""

    def called(self, incoming: Incoming) -> None: ...

    def registering(self, incoming: Incoming) -> None: ...


class UserAgent:
    """One for all ports of a process; it knows every dialog."""

    desk: Desk

    def __init__(self, guard: Guard, now: Callable[[], float] = time.monotonic) -> None:
        self.guard = guard
        self.now = now
        self.passes: Callable[[Message, Flow], bool] = lambda message, flow: False
        self.transactions = Transactions(self, now)
        self._dialogs: dict[Key, Call] = {}

    def talks(self, flow: Flow) -> bool:
        """Whether there is a dialog with this far side."""
        theirs = (flow.transport, flow.remote)
        return any((call.flow.transport, call.flow.remote) == theirs for call in self._dialogs.values())

    def knows(self, key: Key) -> bool:
        """Whether there is such a dialog."""
        return key in self._dialogs

    @property
    def calls(self) -> int:
        """Legs that have a dialog."""
        return len(self._dialogs)

    def received(self, data: bytes, flow: Flow) -> None:
        """Bytes from a port; nothing that comes may raise."""
        host = flow.remote[0]
        if not self.guard.admits(host, self.now()):
            return
        if stun.is_stun(data):
            self._keep_alive(data, flow)
            return
        try:
            message = read(data)
        except Unreadable as error:
            self._unreadable(error, flow)
            return
        try:
            if self.passes(message, flow) or (isinstance(message, Request) and self._turned_away(message, flow)):
                return
            self.transactions.received(message, flow)
        except Exception:  # a fault in one call must not close the port on all others
            log.exception("a message could not be served")

    def _keep_alive(self, data: bytes, flow: Flow) -> None:
        """Of phones that keep their way open; strangers get nothing, and it makes nobody suspicious."""
        host = flow.remote[0]
        known = self.guard.trunks_of(host) or self.guard.knows(host, self.now())
        if known and not flow.reliable and (answer := stun.answer(data, *flow.remote)):
            flow.send(answer)

    def admits(self, host: str) -> bool:
        """Whether it may open a connection: as if that were a message."""
        return self.guard.admits(host, self.now())

    def keep(self, dialog: Dialog, call: Call) -> None:
        """Requests inside this dialog are the call's."""
        self._dialogs[dialog.key] = call

    def forget(self, dialog: Dialog) -> None:
        """It is over."""
        self._dialogs.pop(dialog.key, None)

    def requested(self, incoming: Incoming) -> None:
        """A new request, once."""
        request = incoming.request
        if refused := refusal(request, SERVED, EXTENSIONS):
            incoming.respond(self._refused(request, refused))
        elif request.method == "CANCEL":
            self._cancelled(incoming)
        elif key_of(request)[1]:
            self._inside(incoming)
        else:
            self._outside(incoming)

    def acknowledged(self, ack: Request, flow: Flow) -> None:
        """An ACK that belongs to no transaction: of a 200."""
        if call := self._dialogs.get(key_of(ack)):
            call.acknowledged(ack)

    def _inside(self, incoming: Incoming) -> None:
        call = self._dialogs.get(key_of(incoming.request))
        if call is None:
            incoming.respond(response(incoming.request, 481, PHRASES[481]))
        else:
            call.inside(incoming)

    def _outside(self, incoming: Incoming) -> None:
        request = incoming.request
        if request.method == "OPTIONS":
            incoming.respond(response(request, 200, "OK", tag="o"))
        elif request.method == "REGISTER":
            self.desk.registering(incoming)
        elif request.method == "INVITE":
            self._new_call(incoming)
        elif request.method == "NOTIFY":
            incoming.respond(response(request, 489, "Bad Event", tag="n"))
        else:
            incoming.respond(response(request, 481, PHRASES[481], tag="n"))

    def _new_call(self, incoming: Incoming) -> None:
        request = incoming.request
        if len(self._dialogs) >= MOST_CALLS:
            self.guard.count(Turned.FULL)
            incoming.respond(response(request, 503, PHRASES[503], tag="n"))
        else:
            self.desk.called(incoming)

    def _cancelled(self, incoming: Incoming) -> None:
        found = self.transactions.find(incoming.request, "INVITE")
        if found is None:
            incoming.respond(response(incoming.request, 481, PHRASES[481]))
            return
        incoming.respond(response(incoming.request, 200, "OK"))
        found.cancelled()

    def _turned_away(self, request: Request, flow: Flow) -> bool:
        """Strangers get nothing that would make us remember them (no transaction), and nobody for a method we do not
        serve: registrations are judged by their password, requests of a call by its dialog, everything else needs to
        come from a trunk, or from where a phone is registered."""
        host = flow.remote[0]
        trunk, phone = bool(self.guard.trunks_of(host)), self.guard.knows(host, self.now())
        if request.method not in SERVED:
            self._not_served(request, flow, known=trunk or phone)
            return True
        if trunk or request.method in ("REGISTER", "ACK") or (phone and request.method in ("INVITE", "OPTIONS")):
            return False
        if key_of(request) in self._dialogs or self._is_cancel_of_ours(request):
            return False
        if phone and key_of(request)[1]:  # of a call that ended with the hub before this one: no reason to doubt it
            flow.send(encode(response(request, 481, PHRASES[481])))
            return True
        self._count(host, Turned.STRANGER)
        if request.method != "OPTIONS":
            flow.send(encode(response(request, 403, PHRASES[403], tag="s")))
        return True

    def _not_served(self, request: Request, flow: Flow, *, known: bool) -> None:
        """Phones and trunks ask for more than we have, and are told what there is; it makes nobody suspicious."""
        if known:
            self.guard.count(Turned.METHOD)
            flow.send(encode(self._refused(request, refusal(request, SERVED, EXTENSIONS) or Refusal(405))))
        else:
            self._count(flow.remote[0], Turned.METHOD)
            flow.send(encode(response(request, 403, PHRASES[403], tag="s")))

    def _refused(self, request: Request, refused: Refusal) -> Response:
        answer = response(request, refused.status, PHRASES[refused.status], tag="r")
        for name, value in refused.headers:
            answer.headers.add(name, value)
        return answer

    def _is_cancel_of_ours(self, request: Request) -> bool:
        return request.method == "CANCEL" and self.transactions.find(request, "INVITE") is not None

    def _unreadable(self, error: Unreadable, flow: Flow) -> None:
        self._count(flow.remote[0], Turned.UNREADABLE)
        if error.draft is not None:
            flow.send(encode(response(error.draft, error.status, PHRASES[error.status], tag="u")))

    def _count(self, host: str, why: Turned) -> None:
        self.guard.failed(host, why, self.now())
