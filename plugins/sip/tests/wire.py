"""A user agent on a real port with a desk that takes notes, and a far side that speaks bare datagrams."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sipmessage import Request, Response

from hub.testing import FakeContext
from plugins.sip import hub_migrations
from plugins.sip.guard import Guard, Limits, networks
from plugins.sip.phones.phones import Phones
from plugins.sip.phones.registrar import Registrar
from plugins.sip.ports import both
from plugins.sip.transaction.layer import Incoming
from plugins.sip.user_agent import UserAgent
from plugins.sip.wire.digest import Secret, Verdicts
from plugins.sip.wire.message import read, response


class Exchange:
    """What the far side meets: `peers` are trusted, "ann" has a phone. It answers calls with 486."""

    def __init__(self, *peers: str) -> None:
        self.now = 1_000_000.0
        self.guard = Guard(Limits(failures=3))
        self.guard.trusted = {1: networks(peers)}
        self.agent = UserAgent(self.guard)
        self.agent.desk = self
        store = FakeContext("sip", migrations=hub_migrations() / "versions").store
        self.phones = Phones(store)
        self.registrar = Registrar(self.phones, Verdicts("hub", b"key"), self.guard, lambda: self.now)
        self.registrar.open = 1
        self.calls: list[Request] = []

    def called(self, incoming: Incoming) -> None:
        self.calls.append(incoming.request)
        incoming.respond(response(incoming.request, 486, "Busy Here", tag="b"))

    def registering(self, incoming: Incoming) -> None:
        self.registrar.registering(incoming)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[FarSide]:
        """Listening; yields somebody who can reach it."""
        await self.phones.set(7, Secret.of("ann", "hub", "a good password"), "")
        port, tcp = await both("127.0.0.1", 0, self.agent.received)
        far = FarSide(port.local[1])
        try:
            yield far
        finally:
            far.socket.close()
            port.close()
            tcp.close()
            self.agent.transactions.close()


class FarSide:
    """One socket."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.connect(("127.0.0.1", port))
        self._number = 0

    def text(self, method: str, *headers: str, to: str = "sip:desk@hub") -> bytes:
        """A request outside any dialog; each is a new one."""
        self._number += 1
        host, port = self.socket.getsockname()
        lines = (
            f"{method} {to} SIP/2.0", f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{self._number};rport",
            "Max-Forwards: 70", "From: <sip:ann@hub>;tag=f", "To: <sip:ann@hub>", f"Call-ID: c{port}",
            f"CSeq: {self._number} {method}", *headers, "Content-Length: 0", "", "",
        )  # fmt: skip
        return "\r\n".join(lines).encode()

    def say(self, data: bytes) -> None:
        self.socket.send(data)

    async def hear(self) -> Response:
        """The next answer."""
        message = read(await self.datagram())
        assert isinstance(message, Response)
        return message

    async def datagram(self) -> bytes:
        """The next answer, whatever it is."""
        return await asyncio.wait_for(asyncio.get_running_loop().sock_recv(self.socket, 65_535), 5)

    async def ask(self, method: str, *headers: str, to: str = "sip:desk@hub") -> Response:
        """A request and its answer."""
        self.say(self.text(method, *headers, to=to))
        return await self.hear()

    async def silent(self) -> bool:
        """Nothing is said within a fifth of a second."""
        try:
            await asyncio.wait_for(asyncio.get_running_loop().sock_recv(self.socket, 65_535), 0.2)
        except TimeoutError:
            return True
        return False
