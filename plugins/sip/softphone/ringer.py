"""The node's own telephone, at a port of its own: calls for agents' browsers come to it as they would to a phone, from
this node or another. Nobody is served who does not know a softphone's token."""

from __future__ import annotations

from collections.abc import Callable

from sipmessage import Request

from plugins.sip.calls.answering import Answering
from plugins.sip.guard import Guard, Limits
from plugins.sip.phones.softphones import LEG
from plugins.sip.softphone.agent import Softphone
from plugins.sip.softphone.gateway import Gateway
from plugins.sip.softphone.web_call import BrowserLeg, WebCall
from plugins.sip.transaction.layer import Incoming
from plugins.sip.transport.flow import EVERYWHERE, Flow, contact
from plugins.sip.transport.udp import UdpListener
from plugins.sip.user_agent import UserAgent
from plugins.sip.wire.addresses import name_addr
from plugins.sip.wire.message import Message, response
from plugins.sip.wire.numbers import called, user


class Ringer:
    """`find` gives the softphone of a token."""

    def __init__(self, gateway: Gateway, find: Callable[[str], Softphone | None]) -> None:
        self._gateway = gateway
        self._find = find
        self._guard = Guard(Limits())
        self._agent = UserAgent(self._guard)
        self._agent.desk = self
        self._agent.passes = self._notice
        self._udp: UdpListener | None = None

    async def bind(self, host: str, advertised: str) -> None:
        """Raises OSError."""
        self._udp = await UdpListener.bind(host, 0, self._agent.received, advertised if host in EVERYWHERE else "")

    @property
    def where(self) -> tuple[str, int]:
        """Where nodes reach it."""
        assert self._udp is not None
        return self._udp.local

    def close(self) -> None:
        """Hear no more."""
        if self._udp is not None:
            self._udp.close()
        self._agent.transactions.close()

    def called(self, incoming: Incoming) -> None:
        """An agent's browser is to ring."""
        request = incoming.request
        phone = self._find(called(request))
        if phone is None or not phone.here:
            incoming.respond(response(request, 404, "Not Found", tag="w"))
            return
        media = BrowserLeg(self._gateway, phone.token)
        call = Answering(self._agent, media, incoming, contact(incoming.flow))
        leg = request.headers.get(LEG) or request.call_id
        mine = WebCall(leg[:64], _shown(request), call, media, phone, auto=_answers_itself(request))
        call.told = mine
        call.ring()
        phone.rings(mine)

    def registering(self, incoming: Incoming) -> None:
        """Nobody does here."""
        incoming.respond(response(incoming.request, 403, "Forbidden", tag="w"))

    def _notice(self, message: Message, flow: Flow) -> bool:
        """Who knows a token is a node of ours; all others are strangers to the user agent, which turns them away."""
        if isinstance(message, Request) and message.method == "INVITE" and self._find(called(message)) is not None:
            self._guard.nodes.add(flow.remote[0])
        return False


def _shown(request: Request) -> str:
    """Who calls, by name or number; "" when withheld."""
    address = name_addr(request.headers["From"])
    return "" if address.uri.host.endswith(".invalid") else address.name or user(address.uri)


def _answers_itself(request: Request) -> bool:
    return any("answer-after=0" in value.replace(" ", "") for value in request.headers.getlist("Call-Info"))
