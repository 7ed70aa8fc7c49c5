"""A name server on loopback: its zone is the test's, and it writes down what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import cast

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


class NameServer(asyncio.DatagramProtocol):
    """`zone` by name and kind ("_sip._udp.carrier.test. SRV"); with `silent` nobody answers."""

    def __init__(self, zone: Mapping[str, Sequence[str]]) -> None:
        self.zone = zone
        self.asked: list[str] = []
        self.silent = False
        self.where = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._socket = cast("asyncio.DatagramTransport", transport)  # asyncio's own is no subclass of it
        host, port = transport.get_extra_info("sockname")
        self.where = f"{host}:{port}"

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        asked = query.question[0]
        name = f"{asked.name} {asked.rdtype.name}"
        self.asked.append(name)
        if not self.silent:
            self._socket.sendto(self._answer(query, name).to_wire(), addr)

    def _answer(self, query: dns.message.Message, name: str) -> dns.message.Message:
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.AA | dns.flags.RA
        owner, kind = name.split()
        if values := self.zone.get(name):
            answer.answer.append(dns.rrset.from_text(owner, 60, "IN", kind, *values))
        elif not any(each.split()[0] == owner for each in self.zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer


@asynccontextmanager
async def name_server(zone: Mapping[str, Sequence[str]]) -> AsyncIterator[NameServer]:
    """Answering."""
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(lambda: NameServer(zone), local_addr=("127.0.0.1", 0))
    try:
        yield server
    finally:
        transport.close()
