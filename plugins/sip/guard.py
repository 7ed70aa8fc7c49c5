"""What may reach the stack at all: floods, strangers and guessers are turned away before anything is remembered of
them; and where calls may go out to. Pure: the time is passed in."""

from __future__ import annotations

import ipaddress
from collections import Counter, OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

from plugins.sip.counters import TURNED

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

MOST_SOURCES: Final = 20_000


class Turned(StrEnum):
    """Why something was turned away; each is a counter."""

    BANNED = "banned"
    FLOOD = "flood"
    UNREADABLE = "unreadable"
    STRANGER = "stranger"
    METHOD = "method"
    AUTHENTICATION = "authentication"
    NUMBER = "number"
    DESTINATION = "destination"
    CAP = "cap"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Limits:
    """`rate` messages a second from one source, `burst` at once; after `failures` within `window` seconds a source is
    banned for `ban` seconds."""

    rate: float = 100.0
    burst: float = 400.0
    failures: int = 8
    window: float = 60.0
    ban: float = 900.0


@dataclass(slots=True)
class Source:
    """What is remembered of one address."""

    tokens: float
    seen: float
    failed: list[float] = field(default_factory=list)
    banned_until: float = 0.0


class Guard:
    """One for all ports. Trusted sources (trunks) have no limits; loopback is like any other."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._sources: OrderedDict[str, Source] = OrderedDict()
        self.turned: Counter[Turned] = Counter()
        self.trusted: dict[int, tuple[Network, ...]] = {}
        self._trunks: dict[str, frozenset[int]] = {}
        self.phones: dict[str, float] = {}
        self.nodes: set[str] = set()

    def admits(self, host: str, now: float) -> bool:
        """Whether a datagram or message from there is looked at at all."""
        source = self._source(host, now)
        if source.banned_until > now:
            return self._turn(Turned.BANNED)
        if host in self.nodes or self.trunks_of(host):
            return True
        source.tokens = min(self._limits.burst, source.tokens + (now - source.seen) * self._limits.rate)
        source.seen = now
        if source.tokens < 1:
            return self._turn(Turned.FLOOD)
        source.tokens -= 1
        return True

    def count(self, why: Turned) -> None:
        """Something was turned away."""
        self.turned[why] += 1
        TURNED.labels(why).inc()

    def failed(self, host: str, why: Turned, now: float) -> None:
        """A wrong password, an unknown method or source: too many, and it is banned. Trunks never are."""
        self.count(why)
        if self.trunks_of(host):
            return
        source = self._source(host, now)
        source.failed = [at for at in source.failed if now - at < self._limits.window] + [now]
        if len(source.failed) >= self._limits.failures:
            source.banned_until = now + self._limits.ban
            source.failed.clear()

    def trust(self, trunk: int, peers: tuple[Network, ...]) -> None:
        """Calls of this connection come from there from now on; () for nowhere."""
        self.trusted[trunk] = peers
        self._trunks.clear()

    def trunks_of(self, host: str) -> frozenset[int]:
        """The connections whose peers include this address. Asked for several times a message, so it is remembered."""
        found = self._trunks.get(host)
        if found is None:
            if len(self._trunks) >= MOST_SOURCES:
                self._trunks.clear()
            found = self._trunks[host] = frozenset(self._trunks_with(host))
        return found

    def _trunks_with(self, host: str) -> list[int]:
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return []
        return [key for key, nets in self.trusted.items() if any(address in net for net in nets)]

    def registered(self, host: str, until: float) -> None:
        """A phone logged in from there: it may call until then, by its password."""
        self.phones[host] = max(until, self.phones.get(host, 0.0))

    def knows(self, host: str, now: float) -> bool:
        """Whether a phone is there, or a node that passes on what one says."""
        return host in self.nodes or self.phones.get(host, 0.0) > now

    def banned(self, now: float) -> list[str]:
        """Who is shut out at the moment."""
        return [host for host, source in self._sources.items() if source.banned_until > now]

    def _source(self, host: str, now: float) -> Source:
        source = self._sources.get(host)
        if source is None:
            source = self._sources[host] = Source(self._limits.burst, now)
        self._sources.move_to_end(host)
        if len(self._sources) > MOST_SOURCES:
            self._sources.popitem(last=False)
        return source

    def _turn(self, why: Turned) -> bool:
        self.count(why)
        return False


def networks(names: Iterable[str]) -> tuple[Network, ...]:
    """Addresses and networks as written ("198.51.100.7", "10.0.0.0/8"). Raises ValueError."""
    return tuple(ipaddress.ip_network(name, strict=False) for name in names)


def may_call(number: str, prefixes: Iterable[str]) -> bool:
    """Outbound is denied unless a prefix allows it; "!" before a prefix forbids. The longest that fits decides."""
    fitting = [(len(each.lstrip("!")), not each.startswith("!")) for each in prefixes if _fits(number, each)]
    return max(fitting, default=(0, False))[1]


def _fits(number: str, prefix: str) -> bool:
    bare = prefix.lstrip("!")
    return bare == "*" or (bare != "" and number.startswith(bare))
