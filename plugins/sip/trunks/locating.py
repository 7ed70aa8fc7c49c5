"""Where a proxy's name leads (RFC 3263 §4): by which transport, where it is left to the name; what SRV records name, in
the order of RFC 2782, else its addresses."""

from __future__ import annotations

import asyncio
import ipaddress
import random
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, cast

import dns.asyncresolver
import dns.exception
import dns.name
import dns.nameserver
import dns.resolver
from dns.rdtypes.IN.NAPTR import NAPTR
from dns.rdtypes.IN.SRV import SRV

from plugins.sip.transport.flow import Host
from plugins.sip.trunks import naptr
from plugins.sip.trunks.naptr import Offered, Service
from plugins.sip.wire.addresses import host_and_port

ANSWERS_WITHIN: Final = 3.0
AGAIN_AFTER: Final = 15.0
"""Seconds until a name that led nowhere is asked for again."""
USUAL_PORT: Final = {"udp": 5060, "tcp": 5060, "tls": 5061}


class NobodyTells(OSError):
    """No name server answers, or those that do cannot say."""


class NotServed(OSError):
    """The name says that it takes no such calls."""


@dataclass(frozen=True, slots=True)
class Target:
    """One place to send to, and how. `proxy` is the name as set, which URIs carry and certificates must prove (RFC 5922
    §7.2); `host` what an SRV record made of it."""

    proxy: str
    host: str
    address: Host
    transport: str

    @property
    def where(self) -> str:
        """As an administrator reads it."""
        return self.proxy if self.host == self.proxy else f"{self.host}:{self.address[1]}"


@dataclass(frozen=True, slots=True)
class Record:
    """An SRV record."""

    priority: int
    weight: int
    port: int
    host: str


class Locator:
    """Asks name servers: those given ("192.0.2.53", "192.0.2.53:5353"), else the system's. What a name led to last
    holds until it leads elsewhere; where nobody can say, calls are not held up by asking each time."""

    def __init__(
        self, servers: Sequence[str] = (), chance: Callable[[], float] = random.random,
        now: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._chance = chance
        self._now = now
        self._own = bool(servers)
        self._resolver = _resolver(servers)
        self._known: dict[tuple[str, str], list[Target]] = {}
        self._asked_again: dict[tuple[str, str], float] = {}

    async def targets(self, proxy: str, transport: str) -> list[Target]:
        """All there are, the best first. Raises OSError when the name leads nowhere."""
        key = (proxy, transport)
        if self._now() >= self._asked_again.get(key, 0.0):
            try:
                self._known[key] = await self._ask(proxy, transport)
            except OSError:
                self._asked_again[key] = self._now() + AGAIN_AFTER
                if key not in self._known:
                    raise
        if key not in self._known:
            raise OSError(f"{proxy} led nowhere a moment ago")
        return self._known[key]

    async def _ask(self, proxy: str, transport: str) -> list[Target]:
        host, port = host_and_port(proxy)
        holds = (proxy, transport) in self._known
        named = [] if port is not None or _is_address(host) else await self._named(host, transport, holds=holds)
        if not named:
            used = naptr.BY_DEFAULT[0] if transport == naptr.AUTO else transport
            where = port or USUAL_PORT[used]
            return [Target(proxy, proxy, (address, where), used) for address in await self._addresses(host)]
        found = [
            Target(proxy, each.host, (address, each.port), used)
            for used, each in named
            for address in await self._addresses_if_any(each.host)
        ]
        if not found:
            raise OSError(f"no host that {proxy} names has an address")
        return found

    async def _named(self, host: str, transport: str, *, holds: bool) -> list[tuple[str, Record]]:
        """What its SRV records name, and by which transport, the best first; [] where it has none. Raises OSError when
        no such service is there, or nobody can say and there is something to hold on to."""
        found: list[tuple[str, Record]] = []
        refused: NotServed | None = None
        for service in await self._services(host, transport, holds=holds):
            try:
                records = await self._records(service, holds=holds)
            except NotServed as error:
                refused = error
            else:
                found += [(service.transport, each) for each in in_order(records, self._chance)]
        if refused and not found:
            raise refused
        return found

    async def _services(self, host: str, transport: str, *, holds: bool) -> list[Service]:
        """A trunk that names its transport leaves nothing for NAPTR to say (§4.1)."""
        answer = await self._answer_if_any(host, "NAPTR", holds=holds) if transport == naptr.AUTO else ()
        records = [_offered(cast("NAPTR", each)) for each in answer]
        services = naptr.chosen(records)
        if records and not services:
            raise NotServed(f"{host} is reached by nothing that we speak")
        return services or naptr.of(host, transport)

    async def _records(self, service: Service, *, holds: bool) -> list[Record]:
        found = [cast("SRV", each) for each in await self._answer_if_any(service.name, "SRV", holds=holds)]
        records = [Record(each.priority, each.weight, each.port, str(each.target).rstrip(".")) for each in found]
        if [each.host for each in records] == [""]:  # RFC 2782: a target of "."
            raise NotServed(f"{service.name} says that it does not serve {service.transport}")
        return records

    async def _answer_if_any(self, name: str, kind: str, *, holds: bool) -> Iterable[object]:
        """Where nobody can say, the system may know the address by other means: unless there is what it led to last."""
        try:
            return await self._answer(name, kind)
        except NobodyTells:
            if holds:
                raise
            return ()

    async def _addresses_if_any(self, host: str) -> list[str]:
        try:
            return await self._addresses(host)
        except OSError:
            return []

    async def _addresses(self, host: str) -> list[str]:
        if _is_address(host):
            return [host]
        if not self._own:
            loop = asyncio.get_running_loop()
            try:
                found = await loop.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
            except UnicodeError:
                raise OSError(f"{host} can be no name") from None
            return list(dict.fromkeys(str(each[4][0]) for each in found))
        answers = [*await self._answer(host, "A"), *await self._answer(host, "AAAA")]
        if not answers:
            raise OSError(f"{host} has no address")
        return [str(each) for each in answers]

    async def _answer(self, name: str, kind: str) -> Iterable[object]:
        """[] for what is not there. Raises NobodyTells."""
        if self._resolver is None:
            return []
        try:
            return await self._resolver.resolve(dns.name.from_text(name), kind)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.DNSException as error:
            raise NobodyTells(f"no name server could tell about {name}") from error


def in_order(records: Iterable[Record], chance: Callable[[], float]) -> list[Record]:
    """By priority; among equals each comes first as often as its weight says (RFC 2782)."""
    left = sorted(records, key=lambda each: (each.priority, each.weight != 0))
    ordered: list[Record] = []
    while left:
        equals = [each for each in left if each.priority == left[0].priority]
        ordered.append(_drawn(equals, chance()))
        left.remove(ordered[-1])
    return ordered


def _drawn(records: Sequence[Record], chance: float) -> Record:
    at = chance * sum(each.weight for each in records)
    for each in records:
        at -= each.weight
        if at <= 0:
            return each
    return records[-1]


def _offered(record: NAPTR) -> Offered:
    flags, service = (each.decode("ascii", "replace") for each in (record.flags, record.service))
    return Offered(record.order, record.preference, flags, service, str(record.replacement).rstrip("."))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _resolver(servers: Sequence[str]) -> dns.asyncresolver.Resolver | None:
    """None where the system knows no name server."""
    try:
        resolver = dns.asyncresolver.Resolver(configure=not servers)
    except dns.resolver.NoResolverConfiguration:
        return None
    if servers:
        resolver.nameservers = [_server(each) for each in servers]
    resolver.lifetime = ANSWERS_WITHIN
    resolver.cache = dns.resolver.LRUCache(1_000)
    return resolver


def _server(where: str) -> dns.nameserver.Nameserver:
    host, port = host_and_port(where)
    return dns.nameserver.Do53Nameserver(host, port or 53)
