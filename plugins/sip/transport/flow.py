"""A flow: one way to one far side (RFC 5626 §2). A request's answers go back on the flow it came by."""

from __future__ import annotations

import functools
import socket
from collections.abc import Callable
from typing import Final, Protocol, TypeAlias
from urllib.parse import quote

Host: TypeAlias = tuple[str, int]
EVERYWHERE: Final = ("0.0.0.0", "::")  # noqa: S104 - what is bound so has no address of its own to tell


class Flow(Protocol):
    """`transport` as a Via names it ("UDP", "TCP", "TLS", "WS"); `local` is what we are reached at on it."""

    @property
    def transport(self) -> str: ...

    @property
    def reliable(self) -> bool: ...

    @property
    def local(self) -> Host: ...

    @property
    def remote(self) -> Host: ...

    def send(self, data: bytes) -> None:
        """Best effort: what cannot be sent is lost, as on a network; the transaction's timers notice."""
        ...

    def towards(self, remote: Host) -> Flow:
        """The same way to another far side; a stream stays where it is."""
        ...

    def when_lost(self, then: Callable[[], None]) -> None:
        """Call this once it can carry nothing any more; datagrams always can."""
        ...


Received: TypeAlias = Callable[[bytes, "Flow"], None]


def told(bound: Host, remote: str) -> Host:
    """What a far side reaches us at: where we are bound; bound everywhere, the address that faces it."""
    return (_facing(remote), bound[1]) if bound[0] in EVERYWHERE else bound


@functools.lru_cache(4_096)
def _facing(remote: str) -> str:
    with socket.socket(socket.AF_INET6 if ":" in remote else socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((remote, 9))  # asks the routing table; nothing is sent
        return str(probe.getsockname()[0])


def contact(flow: Flow, user: str = "hub") -> str:
    """Where we are reached on this flow. A WebSocket's is "ws" with and without TLS (RFC 7118 §5.2)."""
    name = flow.transport.lower().replace("wss", "ws")
    transport = "" if name == "udp" else f";transport={name}"
    host = f"[{flow.local[0]}]" if ":" in flow.local[0] else flow.local[0]
    return f"<sip:{as_user(user)}@{host}:{flow.local[1]}{transport}>"


def as_user(name: str) -> str:
    """A name as the user of a URI (RFC 3261 §25.1: user-unreserved is let stand)."""
    return quote(name, safe="&=+$,;?/-_.!~*'()")
