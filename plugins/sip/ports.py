"""The ports SIP listens at: connections with the same address share them, the last to go closes them."""

from __future__ import annotations

import asyncio
import functools
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from plugins.sip.settings import SipConnection, SipSettings
from plugins.sip.transport.flow import Flow, Host, Received
from plugins.sip.transport.tcp import StreamListener
from plugins.sip.transport.udp import UdpListener

TRIES: Final = 20


@dataclass(slots=True)
class Port:
    """One address: UDP and TCP at the same number, TLS at its own; where none is set, it only opens connections."""

    udp: UdpListener
    tcp: StreamListener
    tls: StreamListener
    users: int = 0

    async def flow(self, transport: str, remote: Host, name: str = "", authorities: str = "") -> Flow:
        """The way to a far side from here; over TLS it must prove to be `name` to one of these authorities (a PEM
        file; "": the system's). Raises OSError."""
        if transport == "udp":
            return self.udp.flow(remote)
        if transport == "tls":
            return await self.tls.connect(remote, await _trusting(authorities), name)
        return await self.tcp.connect(remote)

    @property
    def where(self) -> str:
        """As an administrator reads it."""
        more = f", sips://{self.tls.local[0]}:{self.tls.local[1]}" if self.tls.local[1] else ""
        return f"sip://{self.udp.local[0]}:{self.udp.local[1]}{more}"

    def close(self) -> None:
        """Hear no more."""
        self.udp.close()
        self.tcp.close()
        self.tls.close()


class Ports:
    """All of this process."""

    def __init__(self, defaults: SipSettings, received: Received) -> None:
        self._defaults = defaults
        self._received = received
        self._open: dict[tuple[str, int], Port] = {}
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def using(self, settings: SipConnection) -> AsyncIterator[Port]:
        """The connection's port, open as long as this lasts. Raises OSError when it cannot be had."""
        key = (settings.listen_host or self._defaults.host, self._number(settings))
        async with self._turn:
            port = self._open.get(key) or await self._bind(key, settings)
            port.users += 1
            if key[1]:
                self._open[key] = port
        try:
            yield port
        finally:
            port.users -= 1
            if port.users == 0:
                self._open.pop(key, None)
                port.close()

    def _number(self, settings: SipConnection) -> int:
        return self._defaults.port if settings.listen_port is None else settings.listen_port

    async def _bind(self, key: tuple[str, int], settings: SipConnection) -> Port:
        host, number = key
        udp, tcp = await both(host, number, self._received, settings.advertised_host)
        try:
            return Port(udp, tcp, await self._tls(host, settings))
        except OSError:
            udp.close()
            tcp.close()
            raise

    async def _tls(self, host: str, settings: SipConnection) -> StreamListener:
        if settings.tls_port is None or not settings.tls_certificate:
            return StreamListener(self._received, "TLS")
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(settings.tls_certificate)
        return await StreamListener.bind(host, settings.tls_port, self._received, context, settings.advertised_host)


async def both(host: str, number: int, received: Received, advertised: str = "") -> tuple[UdpListener, StreamListener]:
    """UDP and TCP at one number. The system, when asked for one, looks at UDP only: another has to be tried where TCP
    is taken. Raises OSError."""
    tries = 1 if number else TRIES
    while True:
        udp = await UdpListener.bind(host, number, received, advertised)
        tries -= 1
        try:
            return udp, await StreamListener.bind(host, udp.local[1], received, None, advertised)
        except OSError:
            udp.close()
            if not tries:
                raise


async def _trusting(authorities: str) -> ssl.SSLContext:
    """Reading the system's takes long enough to be heard."""
    if authorities:
        return await asyncio.to_thread(ssl.create_default_context, cafile=authorities)
    return await asyncio.to_thread(_system_authorities)


@functools.cache
def _system_authorities() -> ssl.SSLContext:
    return ssl.create_default_context()
