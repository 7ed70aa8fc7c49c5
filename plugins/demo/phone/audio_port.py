"""The phone's end of the hub's audio: one UDP socket, RTP both ways."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

from plugins.demo.phone.rtp import Packet, parse


class AudioPort(asyncio.DatagramProtocol):
    """`async with AudioPort("127.0.0.1", heard) as port:`; `heard` gets each packet of the other side, once known."""

    def __init__(self, host: str, heard: Callable[[Packet], None]) -> None:
        self._host = host
        self._heard = heard
        self._remote: tuple[str, int] | None = None
        self._transport: asyncio.DatagramTransport | None = None

    async def __aenter__(self) -> AudioPort:
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, local_addr=(self._host, 0))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._transport is not None:
            self._transport.close()

    @property
    def port(self) -> int:
        """Where we listen."""
        assert self._transport is not None
        return int(self._transport.get_extra_info("sockname")[1])

    def talk_to(self, host: str, port: int) -> None:
        """Where the answer said audio is taken."""
        self._remote = (host, port)

    def send(self, packet: Packet) -> None:
        """Dropped while there is nobody to send it to."""
        if self._transport is not None and self._remote is not None:
            self._transport.sendto(bytes(packet), self._remote)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Open."""
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """From the other side's machine only: whoever else sends here is not part of the call."""
        if self._remote is None or addr[0] != self._remote[0]:
            return
        try:
            packet = parse(data)
        except ValueError:
            return
        self._heard(packet)

    def error_received(self, exc: Exception) -> None:
        """The other side's port is closed: its BYE says the same, or comes soon."""
