"""The ports SIP listens at: connections with the same address share them, the last to go closes them."""

from __future__ import annotations

import asyncio
import functools
import ssl
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, TypeAlias

from plugins.sip.settings import SipConnection, SipSettings
from plugins.sip.transport.flow import Flow, Host, Received
from plugins.sip.transport.tcp import Admits, Make, StreamFlow, StreamListener, anybody
from plugins.sip.transport.udp import UdpListener
from plugins.sip.transport.websocket import WebSocketFlow

TRIES: Final = 20
Wanted: TypeAlias = tuple[StreamListener, int | None, ssl.SSLContext | None, Make]


@dataclass(slots=True)
class Port:
    """One address: UDP and TCP at the same number, the others at their own. TLS without one only opens connections,
    WebSockets are opened by phones alone."""

    udp: UdpListener
    tcp: StreamListener
    tls: StreamListener
    ws: StreamListener
    wss: StreamListener
    users: int = 0

    def peers(self, transport: str) -> Collection[StreamFlow]:
        """The connections there are, by a transport as a Via names it."""
        listeners = {each.transport: each for each in (self.tcp, self.tls, self.ws, self.wss)}
        return listeners[transport].peers if transport in listeners else ()

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
        more = {"sips": self.tls, "ws": self.ws, "wss": self.wss}
        places = [("sip", self.udp.local), *((name, each.local) for name, each in more.items())]
        return ", ".join(f"{name}://{host}:{port}" for name, (host, port) in places if port)

    def close(self) -> None:
        """Hear no more."""
        self.udp.close()
        for listener in (self.tcp, self.tls, self.ws, self.wss):
            listener.close()


class Ports:
    """All of this process."""

    def __init__(self, defaults: SipSettings, received: Received, admits: Admits = anybody) -> None:
        self._defaults = defaults
        self._received = received
        self._admits = admits
        self._open: dict[tuple[str, int], Port] = {}
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def using(self, settings: SipConnection) -> AsyncIterator[Port]:
        """The connection's port, open as long as this lasts. Raises OSError when it cannot be had."""
        key = (settings.listen_host or self._defaults.host, self._number(settings))
        async with self._turn:
            port = self._open.get(key) or await self._bind(key, settings)
            await self._more_or_none(port, key[0], settings)
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
        udp, tcp = await both(host, number, self._received, settings.advertised_host, self._admits)
        tls, ws, wss = (StreamListener(self._received, name, self._admits) for name in ("TLS", "WS", "WSS"))
        return Port(udp, tcp, tls, ws, wss)

    async def _more_or_none(self, port: Port, host: str, settings: SipConnection) -> None:
        try:
            await self._bind_more(port, host, settings)
        except OSError:
            if not port.users:
                port.close()
            raise

    async def _bind_more(self, port: Port, host: str, settings: SipConnection) -> None:
        """What has a port of its own, where this connection sets one and no other has bound it yet."""
        web = functools.partial(WebSocketFlow, origins=settings.ws_origins)
        context = _proving(settings.tls_certificate) if settings.tls_certificate else None
        wanted: list[Wanted] = [(port.ws, settings.ws_port, None, web)]
        if context:
            wanted += [(port.tls, settings.tls_port, context, StreamFlow), (port.wss, settings.wss_port, context, web)]
        for listener, number, tls, make in wanted:
            if number is not None and not listener.local[1]:
                await listener.bind(host, number, tls, settings.advertised_host, make)


async def both(
    host: str, number: int, received: Received, advertised: str = "", admits: Admits = anybody
) -> tuple[UdpListener, StreamListener]:
    """UDP and TCP at one number. The system, when asked for one, looks at UDP only: another has to be tried where TCP
    is taken. Raises OSError."""
    tries = 1 if number else TRIES
    while True:
        udp = await UdpListener.bind(host, number, received, advertised)
        tries -= 1
        try:
            return udp, await StreamListener(received, "TCP", admits).bind(host, udp.local[1], None, advertised)
        except OSError:
            udp.close()
            if not tries:
                raise


def _proving(certificate: str) -> ssl.SSLContext:
    """Who we are, to those who connect. Raises OSError."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


async def _trusting(authorities: str) -> ssl.SSLContext:
    """Reading the system's takes long enough to be heard."""
    if authorities:
        return await asyncio.to_thread(ssl.create_default_context, cafile=authorities)
    return await asyncio.to_thread(_system_authorities)


@functools.cache
def _system_authorities() -> ssl.SSLContext:
    return ssl.create_default_context()
