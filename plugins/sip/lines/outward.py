"""Calls we make: to an agent's devices, and to numbers outside, which a trunk must allow."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from sipmessage import URI, Response

from hub.api import Address, AnyAccount, Device, Json, Misconfigured, Rejected, SendError, Unreachable
from plugins.sip.calls.dialing import Destination, Dialing
from plugins.sip.calls.media_leg import MediaLeg
from plugins.sip.counters import TURNED
from plugins.sip.exchange import Exchange, Joined
from plugins.sip.guard import Turned, may_call
from plugins.sip.lines.line import Line
from plugins.sip.media.engine import MediaEngine
from plugins.sip.phones.phones import Binding, Phone
from plugins.sip.phones.softphones import LEG, Place, Rings
from plugins.sip.transport.flow import Flow, contact
from plugins.sip.trunks.proxy import Proxy
from plugins.sip.trunks.register import retry_after
from plugins.sip.trunks.trunk import Trunk
from plugins.sip.wire.addresses import single_uri
from plugins.sip.wire.numbers import as_uri

log = logging.getLogger(__name__)
Headers: TypeAlias = tuple[tuple[str, str], ...]
AUTO_ANSWER = (("Call-Info", "<sip:hub>;answer-after=0"), ("Alert-Info", "<http://hub>;info=alert-autoanswer"))


class Whose(Protocol):
    """What a leg is made for: whose trunk, who carries its audio, beside which other leg."""

    @property
    def account(self) -> AnyAccount: ...

    @property
    def engine(self) -> MediaEngine: ...

    @property
    def beside(self) -> MediaLeg | None: ...


@dataclass(frozen=True, slots=True)
class Way:
    """For a leg that is alone."""

    account: AnyAccount
    engine: MediaEngine
    beside: MediaLeg | None = None


class Outward:
    """Makes legs; who dials them decides when."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def devices(self, user_id: int) -> list[Device]:
        """What of an agent's can ring."""
        phone, place, rings = await self._theirs(user_id)
        found = [Device(place.name, True)] if place else []
        if phone is None:
            return found
        if rings.includes(Rings.PHONE):
            bindings = await self._exchange.phones.bindings(phone.username, time.time())
            found += [Device(each.user_agent or phone.username, True, f"{each.host}:{each.port}") for each in bindings]
        if phone.outside and rings.includes(Rings.OUTSIDE):
            found.append(Device(phone.outside, True))
        return found or [Device(phone.username, False, "not registered")]

    async def to_agent(
        self, line: Line, user_id: int, shown: Address | None, *, auto_answer: bool, leg: str = ""
    ) -> list[Dialing]:
        """Legs to all of an agent's devices that are to ring. Raises Unreachable, Misconfigured."""
        phone, place, rings = await self._theirs(user_id)
        if phone is None and place is None:
            raise Misconfigured("the agent has no phone")
        more = AUTO_ANSWER if auto_answer else ()
        legs = [self._to_browser(line, place, shown, (*more, (LEG, leg)))] if place else []
        if phone is not None and rings.includes(Rings.PHONE):
            legs += await self._to_phones(line, phone, shown, more)
        if phone is not None and phone.outside and rings.includes(Rings.OUTSIDE):
            legs.append(await self.to_number(line, phone.outside, line.account.address.value))
        if not legs:
            raise Unreachable("no phone of the agent is registered")
        return legs

    async def _theirs(self, user_id: int) -> tuple[Phone | None, Place | None, Rings]:
        """An agent's phone, their browser where it is open and to ring, and what they want to ring."""
        softphones = self._exchange.softphones
        rings = await softphones.rings(user_id)
        place = await softphones.of_user(user_id) if rings.includes(Rings.BROWSER) else None
        return await self._exchange.phones.of_user(user_id), place, rings

    def _to_browser(self, line: Line, place: Place, shown: Address | None, headers: Headers) -> Dialing:
        """By its node's own telephone: audio between the two is never encrypted, and never leaves the site."""
        self._exchange.guard.nodes.add(place.host)
        flow = self._trunk(line.account).port.udp.flow((place.host, place.port))
        to = Destination(single_uri(place.uri), _from(shown, flow), contact(flow), headers=headers)
        return Dialing(self._exchange.agent, MediaLeg(line.engine, line.beside), flow, to)

    async def _to_phones(self, line: Line, phone: Phone, shown: Address | None, more: Headers) -> list[Dialing]:
        legs, reached = [], set()
        bindings = await self._exchange.phones.bindings(phone.username, time.time())
        ways = await asyncio.gather(*(self._way_to(binding) for binding in bindings))  # a node may be slow to be missed
        for binding, found in zip(bindings, ways, strict=True):
            if binding.reg_id and binding.instance in reached:
                continue  # the same phone by another of its flows (RFC 5626 §5.3): it rings once
            if found:
                flow, trunk, route = found
                reached.add(binding.instance)
                to = Destination(
                    single_uri(binding.contact), _from(shown, flow), contact(flow), headers=more, route=route
                )
                legs.append(self._leg(line, trunk, flow, to))
        return legs

    async def to_number(self, line: Whose, number: str, shown: str) -> Dialing:
        """A leg by the account's trunk. Raises Rejected where it is not allowed, Unreachable, Misconfigured."""
        trunk = self._trunk(line.account)
        _allowed(trunk, number)
        tried: list[Proxy] = []
        try:
            flow, to = await _by(trunk, number, shown, tried)
        except OSError as error:
            raise Unreachable(str(error)) from error
        except ValueError as error:
            raise Rejected(str(error)) from error

        async def elsewhere(answer: Response | None) -> tuple[Flow, Destination] | None:
            trunk.failed(tried[-1], retry_after(answer) if answer else 0)
            try:
                return await _by(trunk, number, shown, tried)
            except OSError:
                return None

        leg = self._leg(line, trunk, flow, to)
        leg.elsewhere = elsewhere
        trunk.outbound.append(leg)
        return leg

    def allows(self, account: AnyAccount, number: str) -> bool:
        """Whether a call to this number may go out by the account's trunk now."""
        try:
            _allowed(self._trunk(account), number)
        except SendError:
            return False
        return True

    async def taken(self, line: Line, number: str, about: Mapping[str, Json]) -> bool:
        """Whether the customer was handed over, as the number is of our own and others take its calls."""
        taken = await self._exchange.lent.having(number, line.account.connection_id)
        if taken is not None:
            await self._exchange.lent.take_over(taken, line, about)
        return taken is not None

    def joined(self, pair: Joined) -> None:
        """Two that talk through us from now on: their audio and our end are theirs, too."""
        self._exchange.join(pair)

    def _leg(self, line: Whose, trunk: Trunk, flow: Flow, to: Destination) -> Dialing:
        media = MediaLeg(line.engine, line.beside, trunk.settings.srtp)
        return Dialing(self._exchange.agent, media, flow, to)

    def _trunk(self, account: AnyAccount) -> Trunk:
        trunk = self._exchange.trunks.get(account.connection_id or 0)
        if trunk is None:
            raise Unreachable("the connection is not at work here")
        return trunk

    async def _way_to(self, binding: Binding) -> tuple[Flow, Trunk, str] | None:
        """By the connection it came in on, if it is a stream; from our port, if not. A registrar's, where there is.
        One that is registered at another node is reached through that; without it, a datagram may do."""
        trunks = sorted(self._exchange.trunks.values(), key=lambda each: not each.settings.registrar)
        if trunks and not self._exchange.edge.here(binding) and (found := await self._by_its_node(binding, trunks[0])):
            return found
        for trunk in trunks:
            port = trunk.port
            if binding.transport == "UDP":
                return port.udp.flow((binding.host, binding.port)), trunk, ""
            for peer in port.peers(binding.transport):
                if peer.remote == (binding.host, binding.port) and peer.open:
                    return peer, trunk, ""
        return None

    async def _by_its_node(self, binding: Binding, trunk: Trunk) -> tuple[Flow, Trunk, str] | None:
        try:
            flow, route = await self._exchange.edge.way(binding, trunk.port)
        except OSError as error:
            log.info("the node %s, where a phone is registered, is not there: %s", binding.edge, error)
            return None
        return flow, trunk, route


async def _by(trunk: Trunk, number: str, shown: str, tried: list[Proxy]) -> tuple[Flow, Destination]:
    """By the best proxy that was not tried yet. Raises OSError, ValueError."""
    flow, proxy = await trunk.way(tried)
    tried.append(proxy)
    settings, asserted = trunk.settings, f"<sip:{shown}@{flow.local[0]}>"
    to = Destination(
        as_uri(number, proxy.target.proxy), _from(Address("tel", shown), flow), contact(flow), settings.username,
        settings.password.get_secret_value(), (("P-Asserted-Identity", asserted),),
    )  # fmt: skip
    return flow, to


def _allowed(trunk: Trunk, number: str) -> None:
    if not trunk.settings.proxies:
        raise Misconfigured("the connection has no way out")
    if not may_call(number, trunk.settings.prefixes):
        TURNED.labels(Turned.DESTINATION).inc()
        raise Rejected("calls to this number are not allowed")
    if trunk.calls_out() >= trunk.settings.most_outbound:
        TURNED.labels(Turned.CAP).inc()
        raise Unreachable("as many calls go out as may at once")


def _from(shown: Address | None, flow: Flow) -> str:
    """The From of a call, without its tag."""
    if shown is None:
        return '"Anonymous" <sip:anonymous@anonymous.invalid>'
    name = "".join(mark for mark in shown.name if mark.isprintable() and mark not in '"\\')
    user = "".join(mark for mark in shown.value if mark.isalnum() or mark in "+*-._")
    quoted = f'"{name}" ' if name else ""
    return f"{quoted}<{URI('sip', flow.local[0], user or 'anonymous')}>"
