"""SIP over TCP and TLS (RFC 3261 §18, RFC 5626 §4.4.1): one connection each way, kept, answers on the same one."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import Final, TypeAlias, cast

from plugins.sip.transport.flow import EVERYWHERE, Flow, Host, Received
from plugins.sip.transport.framing import PONG, Framing, Unframed

MOST_UNSENT: Final = 1_000_000
"""Bytes a far side may leave unread before its connection is dropped."""
CONNECTS_WITHIN: Final = 4.0
"""Seconds; then there is nobody (a TimeoutError, which is an OSError)."""
KEEP_ALIVE: Final = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4}
MOST_CONNECTIONS: Final = 10_000
Admits: TypeAlias = Callable[[str], bool]
"""Whether this address may open a connection now."""


def anybody(host: str) -> bool:
    """Where nobody is turned away."""
    return True


class StreamFlow(asyncio.Protocol):
    """One connection, by whichever side it was opened."""

    reliable = True

    def __init__(self, received: Received, peers: set[StreamFlow], transport: str, local: Host) -> None:
        self.received = received
        self._peers = peers
        self._framing = Framing()
        self._stream: asyncio.Transport | None = None
        self.transport = transport
        self.local = local  # where we listen: an answer to our Via or Contact must reach a port that is open
        self.remote: Host = ("", 0)
        self.admits: Admits = anybody
        self.proved = ""  # by its certificate
        self._then: list[Callable[[], None]] = []
        self._lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._stream = cast("asyncio.Transport", transport)  # of whatever event loop
        keep_alive(transport.get_extra_info("socket"))
        self.remote = transport.get_extra_info("peername")[:2]
        if not self.local[1]:  # we do not listen for such connections: what we say of ourselves holds for this one
            self.local = transport.get_extra_info("sockname")[:2]
        elif self.local[0] in EVERYWHERE:
            self.local = (transport.get_extra_info("sockname")[0], self.local[1])
        if self.admits(self.remote[0]):
            self._peers.add(self)
        else:
            self._stream.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._peers.discard(self)
        self._lost, then, self._then = True, self._then, []
        for each in then:
            each()

    def data_received(self, data: bytes) -> None:
        try:
            for message in self._framing.feed(data):
                if message:
                    self.received(message, self)
                else:
                    self.send(PONG)
        except Unframed:
            self.close()

    def send(self, data: bytes) -> None:
        stream = self._stream
        if stream is None or stream.is_closing():
            return
        if stream.get_write_buffer_size() > MOST_UNSENT:
            stream.abort()
            return
        stream.write(data)

    def towards(self, remote: Host) -> Flow:
        return self

    def when_lost(self, then: Callable[[], None]) -> None:
        if self._lost:
            then()
        else:
            self._then.append(then)

    @property
    def open(self) -> bool:
        """Whether it can still carry anything."""
        return self._stream is not None and not self._stream.is_closing()

    def close(self) -> None:
        """Let it go."""
        if self._stream is not None:
            self._stream.abort()


def keep_alive(connection: socket.socket) -> None:
    """Have the system notice a far side that is gone without a word, within two minutes."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in KEEP_ALIVE.items():
        if option := getattr(socket, name, None):  # not everywhere
            connection.setsockopt(socket.IPPROTO_TCP, option, value)


Make: TypeAlias = Callable[[Received, "set[StreamFlow]", str, Host], StreamFlow]
"""A connection as one transport has it: who is told, the other connections, the transport's name, where we listen."""


class StreamListener:
    """A listening port of one transport; it also opens connections to others. Unbound, it only does that."""

    def __init__(self, received: Received, transport: str, admits: Admits = anybody) -> None:
        self.received = received
        self.transport = transport
        self.peers: set[StreamFlow] = set()
        self._turns: dict[Host, asyncio.Lock] = {}
        self.local: Host = ("", 0)
        self._admits = admits
        self._make: Make = StreamFlow
        self._server: asyncio.Server | None = None

    async def bind(
        self, host: str, port: int, tls: ssl.SSLContext | None, advertised: str = "", make: Make = StreamFlow
    ) -> StreamListener:
        """Listen. Raises OSError when the port cannot be had."""
        self._make = make
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._opened_by_others, host, port, ssl=tls)
        bound = self._server.sockets[0].getsockname()
        self.local = (advertised or bound[0], bound[1])
        return self

    async def connect(self, remote: Host, tls: ssl.SSLContext | None = None, name: str = "") -> StreamFlow:
        """The connection to a far side, an open one if there is; over TLS one that proved `name`. Raises OSError."""
        proved = (name or remote[0]) if tls else ""
        async with self._turns.setdefault(remote, asyncio.Lock()):  # who wants it at the same moment has the same one
            for peer in self.peers:
                if peer.remote == remote and peer.proved == proved and peer.open:
                    return peer
            return await self._connected(remote, tls, proved)

    async def _connected(self, remote: Host, tls: ssl.SSLContext | None, proved: str) -> StreamFlow:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(CONNECTS_WITHIN):
            _, flow = await loop.create_connection(self._flow, *remote, ssl=tls, server_hostname=proved or None)
        flow.proved = proved
        return flow

    def _opened_by_others(self) -> StreamFlow:
        flow = self._flow()
        flow.admits = lambda host: len(self.peers) < MOST_CONNECTIONS and self._admits(host)
        return flow

    def _flow(self) -> StreamFlow:
        return self._make(self.received, self.peers, self.transport, self.local)

    def close(self) -> None:
        """Hear no more."""
        if self._server is not None:
            self._server.close()
        for peer in list(self.peers):
            peer.close()
