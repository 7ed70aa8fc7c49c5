"""SIP over UDP (RFC 3261 §18.1.1, §18.2.1): a message a datagram; symmetric, from the port we listen at (RFC 3581)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar, cast

from plugins.sip.transport.flow import Flow, Host, Received, told


@dataclass(frozen=True, slots=True)
class UdpFlow:
    """To one far side through the listening socket."""

    socket: asyncio.DatagramTransport
    bound: Host
    remote: Host
    transport: ClassVar[str] = "UDP"
    reliable: ClassVar[bool] = False

    @property
    def local(self) -> Host:
        return told(self.bound, self.remote[0])

    def send(self, data: bytes) -> None:
        if not self.socket.is_closing():
            self.socket.sendto(data, self.remote)

    def towards(self, remote: Host) -> Flow:
        return replace(self, remote=remote)

    def when_lost(self, then: Callable[[], None]) -> None:
        """Never: a datagram needs no connection."""


class UdpListener(asyncio.DatagramProtocol):
    """One bound socket; `received` is told of each datagram with the flow it came by."""

    def __init__(self, received: Received, advertised: str) -> None:
        self._received = received
        self._advertised = advertised
        self._socket: asyncio.DatagramTransport | None = None
        self.local: Host = ("", 0)

    @classmethod
    async def bind(cls, host: str, port: int, received: Received, advertised: str = "") -> UdpListener:
        """Raises OSError when the port cannot be had; port 0 asks the system. `advertised`: what others reach it at."""
        loop = asyncio.get_running_loop()
        _, listener = await loop.create_datagram_endpoint(lambda: cls(received, advertised), local_addr=(host, port))
        return listener

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._socket = cast("asyncio.DatagramTransport", transport)  # asyncio's own is no subclass of it
        host, port = transport.get_extra_info("sockname")[:2]
        self.local = (self._advertised or host, port)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if data.strip(b"\r\n\x00"):  # keep-alives of NATed phones (RFC 5626 §4.4) are empty
            self._received(data, self.flow((addr[0], addr[1])))

    def flow(self, remote: Host) -> UdpFlow:
        """The way to a far side."""
        assert self._socket is not None
        return UdpFlow(self._socket, self.local, remote)

    def close(self) -> None:
        """Hear no more."""
        if self._socket is not None:
            self._socket.close()
