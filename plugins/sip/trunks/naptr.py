"""What a domain says of how it wants to be reached (RFC 3263 §4.1): the choice among its NAPTR records (RFC 3403)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

AUTO: Final = "auto"
"""The transport of a trunk that leaves it to the domain."""
SERVICE: Final = {"udp": "_sip._udp", "tcp": "_sip._tcp", "tls": "_sips._tcp"}
BY_DEFAULT: Final = ("udp", "tcp")
"""Asked for in this order where there are no such records; TLS is for who asks for it."""
_TRANSPORTS: Final = {"SIP+D2U": "udp", "SIP+D2T": "tcp", "SIPS+D2T": "tls"}
_LEADS_TO_SRV: Final = "S"


@dataclass(frozen=True, slots=True)
class Offered:
    """A NAPTR record."""

    order: int
    preference: int
    flags: str
    service: str
    replacement: str


@dataclass(frozen=True, slots=True)
class Service:
    """A transport, and the name its SRV records stand under."""

    transport: str
    name: str


def of(host: str, transport: str) -> list[Service]:
    """What to ask for without knowing more."""
    return [Service(each, f"{SERVICE[each]}.{host}") for each in (BY_DEFAULT if transport == AUTO else (transport,))]


def chosen(records: Iterable[Offered]) -> list[Service]:
    """Of what we speak, the best first: only those of the lowest order count (RFC 3403 §4.1)."""
    spoken = [each for each in records if each.flags.upper() == _LEADS_TO_SRV and each.service.upper() in _TRANSPORTS]
    lowest = min((each.order for each in spoken), default=0)
    best = sorted((each for each in spoken if each.order == lowest), key=lambda each: each.preference)
    return [Service(_TRANSPORTS[each.service.upper()], each.replacement) for each in best]
