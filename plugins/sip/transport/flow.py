"""A flow: one way to one far side (RFC 5626 §2). A request's answers go back on the flow it came by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

Host: TypeAlias = tuple[str, int]


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


Received: TypeAlias = Callable[[bytes, "Flow"], None]
