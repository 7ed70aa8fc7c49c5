"""Calls of one node to a phone that is registered at another: the phone's node passes them on by the phone's own
connection, as a stateless proxy (RFC 3261 §16.11) with flow tokens (RFC 5626 §5). Audio goes between the call's node
and the phone; no call is remembered here, so none is left when a node dies."""

from __future__ import annotations

import functools
import hashlib
import socket
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from sipmessage import Parameters, Request, Response, Via

from plugins.sip.guard import Guard
from plugins.sip.phones.flow_token import FlowName, Tokens
from plugins.sip.phones.phones import Binding
from plugins.sip.ports import Port
from plugins.sip.transaction.layer import COOKIE, came_by
from plugins.sip.transport.flow import EVERYWHERE, Flow, Host, contact
from plugins.sip.transport.tcp import StreamListener
from plugins.sip.transport.udp import UdpListener
from plugins.sip.wire.addresses import name_addr, split
from plugins.sip.wire.message import Message, encode, response, vias

BACK: Final = "hub-flow"
"""The parameter of our Via that says where an answer goes."""
CALLING: Final = frozenset(("INVITE", "CANCEL", "ACK"))
MOST_PHONES: Final = 10_000


class Edge:
    """One a process. `ports` are those open now; `talks`: whether a call of this node is with that far side."""

    def __init__(self, key: bytes, guard: Guard, ports: Callable[[], Iterable[Port]]) -> None:
        self._tokens = Tokens(key)
        self._guard = guard
        self._ports = ports
        self._called_by: OrderedDict[FlowName, FlowName] = OrderedDict()
        self.talks: Callable[[Flow], bool] = lambda flow: False

    def passes(self, message: Message, flow: Flow) -> bool:
        """Whether this was for somebody else, and is on its way."""
        if isinstance(message, Response):
            return self._back(message)
        routes = _routes(message.headers.getlist("Route"))
        names = self._tokens.unseal(name_addr(routes[0]).uri.user or "") if routes else ()
        if names:
            message.headers.setlist("Route", routes[1:])
            self._on(message, flow, names)
        return bool(names) or (bool(self._called_by) and message.method in CALLING and self._calls(message, flow))

    def address(self, flow: Flow) -> str:
        """Where other nodes reach the port of this flow ("192.0.2.1:5060"): as its far side does."""
        for port in self._ports():
            if any(_is(listener.local, flow.local) for listener in _listeners(port)):
                return written((flow.local[0], port.udp.local[1]))
        return ""

    def here(self, binding: Binding) -> bool:
        """Whether a phone is registered at this node."""
        return not binding.edge or any(_is(port.udp.local, read_back(binding.edge)) for port in self._ports())

    async def way(self, binding: Binding, port: Port) -> tuple[Flow, str]:
        """To a phone at another node: the flow there, and the Route. Raises OSError when that node is not there."""
        remote = read_back(binding.edge)
        flow = await port.tcp.connect(remote)
        self._guard.nodes.add(remote[0])
        ours = remote[1] if binding.transport == "UDP" else 0
        token = self._tokens.seal(FlowName(binding.transport, binding.host, binding.port, ours))
        return flow, f"<sip:{token}@{binding.edge};transport=tcp;lr>"

    def _calls(self, request: Request, flow: Flow) -> bool:
        """A phone calls: about a call that a node has with it, if not about one of ours. That node asks for its
        password."""
        phone = FlowName.of(flow)
        node = self._called_by.get(phone)
        if node is None or request.headers.getlist("Route") or self._flow(node) is None or self.talks(flow):
            return False
        self._on(request, flow, (phone, node))
        return True

    # --- passing on -------------------------------------------------------------------------------------------------

    def _on(self, request: Request, flow: Flow, names: tuple[FlowName, ...]) -> None:
        """Towards the phone, or from it to the call's node, which is named second once the phone has been called."""
        came = came_by(request, flow)
        phone, *node = names
        onward = node[0] if node and FlowName.of(flow) == phone else phone
        if not node:
            self._note(phone, flow)
        hops = int(request.headers.get("Max-Forwards") or 70)
        target = self._flow(onward)
        if target is None or hops <= 0:
            if request.method != "ACK":
                code, phrase = (483, "Too Many Hops") if target else (430, "Flow Failed")
                came.send(encode(response(request, code, phrase, tag="e")))
            return
        request.headers.set("Max-Forwards", str(hops - 1))
        if request.method == "INVITE":
            self._record(
                request, target if onward == phone else flow, phone, FlowName.of(flow) if not node else node[0]
            )
        self._push(request, target, FlowName.of(came))
        target.send(encode(request))

    def _note(self, phone: FlowName, node: Flow) -> None:
        """This is a node, for only nodes can make such a token, and it calls this phone."""
        self._guard.nodes.add(node.remote[0])
        self._called_by[phone] = FlowName.of(node)
        self._called_by.move_to_end(phone)
        if len(self._called_by) > MOST_PHONES:
            self._called_by.popitem(last=False)

    def _record(self, invite: Request, phone_flow: Flow, phone: FlowName, node: FlowName) -> None:
        """Requests inside the dialog come by here, too."""
        uri = contact(phone_flow, self._tokens.seal(phone, node)).strip("<>")
        invite.headers.setlist("Record-Route", [f"<{uri};lr>", *invite.headers.getlist("Record-Route")])

    def _push(self, request: Request, target: Flow, came: FlowName) -> None:
        """Our Via; its branch is the same for a repetition (§16.11)."""
        top = vias(request)[0]
        branch = COOKIE + hashlib.sha256(f"{top.parameters.get('branch')}|{request.call_id}".encode()).hexdigest()[:24]
        parameters = Parameters(**{"branch": branch, BACK: self._tokens.seal(came)})
        via = Via(target.transport, target.local[0], target.local[1], parameters)
        request.headers.setlist("Via", [f"{via};rport", *request.headers.getlist("Via")])

    def _back(self, answer: Response) -> bool:
        """To whom it answers: our Via says who that was."""
        if not any(BACK in value for value in answer.headers.getlist("Via")):
            return False  # all but a few are ours: looked at before they are read
        top, *rest = vias(answer)
        names = self._tokens.unseal(top.parameters.get(BACK) or "")
        if names and rest and (flow := self._flow(names[0])):
            answer.headers.setlist("Via", [str(via) for via in rest])
            flow.send(encode(answer))
        return bool(names)

    def _flow(self, name: FlowName) -> Flow | None:
        """This flow, while it is open."""
        for port in self._ports():
            if name.transport == "UDP" and name.ours == port.udp.local[1]:
                return port.udp.flow(name.remote)
            for peer in port.peers(name.transport):
                if peer.remote == name.remote and peer.open:
                    return peer
        return None


def _routes(values: list[str]) -> list[str]:
    """A Route, in order; none where the first is no address."""
    try:
        found = [each for value in values for each in split(value)]
        if found:
            name_addr(found[0])
    except ValueError:
        return []
    return found


def written(host: Host) -> str:
    """ "192.0.2.1:5060" or "[2001:db8::1]:5060"."""
    return f"[{host[0]}]:{host[1]}" if ":" in host[0] else f"{host[0]}:{host[1]}"


def read_back(text: str) -> Host:
    """What `written` wrote."""
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def _listeners(port: Port) -> Iterator[UdpListener | StreamListener]:
    yield from (each for each in (port.udp, port.tcp, port.tls, port.ws, port.wss) if each.local[1])


def _is(listening: Host, address: Host) -> bool:
    """Whether this address of ours is where a port listens, which may be on all we have."""
    same = listening[0] == address[0] or (listening[0] in EVERYWHERE and _ours(address[0]))
    return same and listening[1] == address[1]


@functools.lru_cache(256)
def _ours(host: str) -> bool:
    """Whether this machine has the address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((host, 0))
        except OSError:
            return False
    return True
