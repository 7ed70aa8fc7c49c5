"""The one driver of the machines: matches what comes to its transaction (§17.1.3, §17.2.3), keeps the clock, sends."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Hashable
from typing import Any, Final, Protocol, TypeAlias

from sipmessage import Parameters, Request, Response, Via

from plugins.sip.transaction.client import Client
from plugins.sip.transaction.invite_client import InviteClient
from plugins.sip.transaction.invite_server import InviteServer
from plugins.sip.transaction.machine import Deliver, Failed, Transmit
from plugins.sip.transaction.server import Server
from plugins.sip.transport.flow import Flow
from plugins.sip.wire.message import Message, encode, vias

COOKIE: Final = "z9hG4bK"
MOST: Final = 65_536
"""Server transactions at once; beyond them requests are dropped, and come again."""

OnResponse: TypeAlias = Callable[[Response], None]


class Incoming:
    """A server transaction as its user sees it: the request, the flow it came by, and how to answer."""

    def __init__(self, layer: Transactions, machine: InviteServer | Server, flow: Flow) -> None:
        self._layer = layer
        self._machine = machine
        self.request: Request = machine.request
        self.flow = flow
        self.failed: Callable[[str], None] = lambda why: None
        self.cancelled: Callable[[], None] = lambda: None

    def respond(self, response: Response) -> None:
        """Answer; only the first final answer counts."""
        self._layer.apply(self, self._machine, self._machine.respond(response, self._layer.now()))

    def acknowledged(self) -> None:
        """The ACK of our 2xx is here."""
        if isinstance(self._machine, InviteServer):
            self._machine.acknowledged()


class Outgoing:
    """A client transaction as its user sees it."""

    def __init__(self, machine: InviteClient | Client, flow: Flow, on_response: OnResponse) -> None:
        self.request: Request = machine.request
        self.flow = flow
        self.on_response = on_response
        self.failed: Callable[[str], None] = lambda why: on_response(_timeout(machine.request))


class User(Protocol):
    """Who is told of new requests, and of ACKs and 2xx that belong to no transaction."""

    def requested(self, incoming: Incoming) -> None: ...

    def acknowledged(self, ack: Request, flow: Flow) -> None: ...


class Transactions:
    """All transactions of this process."""

    def __init__(self, user: User, now: Callable[[], float]) -> None:
        self._user = user
        self.now = now
        self._held: dict[Hashable, tuple[Incoming | Outgoing, Any]] = {}
        self._timers: dict[Hashable, asyncio.TimerHandle] = {}
        self._keys: dict[int, Hashable] = {}

    def __len__(self) -> int:
        return len(self._held)

    def received(self, message: Message, flow: Flow) -> None:
        """A readable message came by this flow."""
        if isinstance(message, Response):
            self._response(message)
        else:
            self._request(message, flow)

    def send(self, request: Request, flow: Flow, on_response: OnResponse) -> Outgoing:
        """Begin a client transaction; a Via is put on top. `on_response` is told 408 when nobody answers."""
        branch = COOKIE + secrets.token_hex(8)
        push_via(request, flow, branch)
        machine = (InviteClient if request.method == "INVITE" else Client)(request, flow.reliable)
        outgoing = Outgoing(machine, flow, on_response)
        self._begin(("client", branch, request.method), outgoing, machine)
        return outgoing

    def cancel(self, cancel: Request, flow: Flow) -> None:
        """Begin a CANCEL's transaction: it keeps the Via of what it cancels (§9.1)."""
        branch = vias(cancel)[0].parameters.get("branch") or ""
        machine = Client(cancel, flow.reliable)
        self._begin(("client", branch, "CANCEL"), Outgoing(machine, flow, lambda _: None), machine)

    def pass_by(self, request: Request, flow: Flow) -> None:
        """Send an ACK of a 2xx: it is no transaction (§17)."""
        push_via(request, flow, COOKIE + secrets.token_hex(8))
        flow.send(encode(request))

    async def ask(self, request: Request, flow: Flow) -> Response:
        """The final answer to a request; 408 when there is none."""
        answer: asyncio.Future[Response] = asyncio.get_running_loop().create_future()

        def told(response: Response) -> None:
            if response.code >= 200 and not answer.done():
                answer.set_result(response)

        self.send(request, flow, told)
        return await answer

    def close(self) -> None:
        """Forget all."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._held.clear()

    def find(self, request: Request, method: str) -> Incoming | None:
        """The server transaction that a CANCEL is about (§9.2)."""
        held = self._held.get(_server_key(request, method))
        return held[0] if held and isinstance(held[0], Incoming) else None

    def apply(self, held: Incoming | Outgoing, machine: Any, effects: list[Any]) -> None:
        """Do what a machine said, and wind its clock."""
        key = self._keys.get(id(machine))
        for effect in effects:
            if isinstance(effect, Transmit):
                held.flow.send(encode(effect.message))
            elif isinstance(effect, Failed):
                held.failed(effect.why)
            elif isinstance(effect, Deliver):
                self._deliver(held, effect.message)
        if key is not None:
            self._wind(key, held, machine)

    def _deliver(self, held: Incoming | Outgoing, message: Message) -> None:
        if isinstance(held, Incoming):
            self._user.requested(held)
        elif isinstance(message, Response):
            held.on_response(message)

    def _begin(self, key: Hashable, held: Incoming | Outgoing, machine: Any) -> None:
        self._held[key] = (held, machine)
        self._keys[id(machine)] = key
        self.apply(held, machine, machine.begin(self.now()))

    def _wind(self, key: Hashable, held: Incoming | Outgoing, machine: Any) -> None:
        if timer := self._timers.pop(key, None):
            timer.cancel()
        if machine.over:
            self._held.pop(key, None)
            self._keys.pop(id(machine), None)
        elif (due := machine.due) is not None and key in self._held:
            loop = asyncio.get_running_loop()
            self._timers[key] = loop.call_later(max(0.0, due - self.now()), self._tick, key, held, machine)

    def _tick(self, key: Hashable, held: Incoming | Outgoing, machine: Any) -> None:
        self._timers.pop(key, None)
        self.apply(held, machine, machine.tick(self.now()))

    def _response(self, response: Response) -> None:
        found = vias(response)[0]
        held = self._held.get(("client", found.parameters.get("branch") or "", response.cseq.method))
        if held:
            self.apply(held[0], held[1], held[1].receive(response, self.now()))

    def _request(self, request: Request, flow: Flow) -> None:
        flow = came_by(request, flow)
        held = self._held.get(_server_key(request, "INVITE" if request.method == "ACK" else request.method))
        if request.method == "ACK" and (held is None or held[1].state == "ACCEPTED"):
            self._user.acknowledged(request, flow)
        elif held is not None:
            self.apply(held[0], held[1], held[1].receive(request, self.now()))
        elif request.method != "ACK" and len(self._held) < MOST:
            machine = (InviteServer if request.method == "INVITE" else Server)(request, flow.reliable)
            self._begin(_server_key(request, request.method), Incoming(self, machine, flow), machine)


def push_via(request: Request, flow: Flow, branch: str) -> None:
    """Our Via on top, asking for answers to the port we send from (RFC 3581)."""
    via = Via(flow.transport, flow.local[0], flow.local[1], Parameters(branch=branch))
    request.headers.setlist("Via", [f"{via};rport", *request.headers.getlist("Via")])


def came_by(request: Request, flow: Flow) -> Flow:
    """Note where it really came from (§18.2.1, RFC 3581 §4), and where its answers go (§18.2.2)."""
    top, *rest = vias(request)
    host, port = flow.remote
    parameters = top.parameters.replace(received=host)
    if "rport" in top.parameters:
        parameters = parameters.replace(rport=str(port))
    elif not flow.reliable:
        flow = flow.towards((host, top.port or 5060))
    noted = Via(top.transport, top.host, top.port, parameters)
    request.headers.setlist("Via", [str(via) for via in (noted, *rest)])
    return flow


def _server_key(request: Request, method: str) -> Hashable:
    """§17.2.3; without the magic cookie, what RFC 2543 has instead."""
    top = vias(request)[0]
    branch = top.parameters.get("branch") or ""
    if branch.startswith(COOKIE) and len(branch) > len(COOKIE):
        return ("server", branch, top.host.lower(), top.port, method)
    return ("2543", request.call_id, request.headers["From"], request.cseq.sequence, top.host, top.port, method)


def _timeout(request: Request) -> Response:
    response = Response(408, "Request Timeout")
    for name in ("Via", "From", "To", "Call-ID", "CSeq"):
        response.headers.setlist(name, list(request.headers.getlist(name)))
    return response
