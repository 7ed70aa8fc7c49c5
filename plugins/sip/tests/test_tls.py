"""SIP over TLS both ways, with a certificate made for the test (RFC 3261 §26.2)."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest
from sipmessage import Request

from plugins.sip.ports import Ports, both
from plugins.sip.settings import SipConnection, SipSettings
from plugins.sip.tests.party import NUMBER, described, site
from plugins.sip.wire.message import encode, read, response


class Stream:
    """A far side on a connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self.writer = reader, writer

    async def hear(self) -> bytes:
        """The next message."""
        head = await asyncio.wait_for(self._reader.readuntil(b"\r\n\r\n"), 5)
        size = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        return head + await self._reader.readexactly(size)


async def test_a_call_over_tls_stays_on_its_connection(certificate: str) -> None:
    trusting = ssl.create_default_context(cafile=certificate)
    async with site(tls_port=0, tls_certificate=certificate) as found:
        port = found.exchange.trunks[7].port.tls.local[1]
        far = Stream(*await asyncio.open_connection("127.0.0.1", port, ssl=trusting))
        far.writer.write(spoken("INVITE", f"sip:{NUMBER}@hub", described()))
        while not (answer := await far.hear()).startswith(b"SIP/2.0 200"):
            assert answer.startswith(b"SIP/2.0 1")
        assert f"<sip:hub@127.0.0.1:{port};transport=tls>".encode() in answer
        far.writer.write(spoken("ACK", f"sip:{NUMBER}@hub", b"", b"".join(to_of(answer))))
        await found.until(lambda: found.told("leg"))
        found.exchange.lines[found.thread].leave()
        bye = read(await far.hear())
        assert isinstance(bye, Request) and bye.method == "BYE"
        assert f"SIP/2.0/TLS 127.0.0.1:{port};" in bye.headers["Via"]
        far.writer.close()


async def test_a_proxy_over_tls_is_asked_on_one_connection_that_says_where_we_are(certificate: str) -> None:
    here = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    here.load_cert_chain(certificate)
    came: asyncio.Queue[Stream] = asyncio.Queue()
    server = await asyncio.start_server(lambda r, w: came.put_nowait(Stream(r, w)), "127.0.0.1", 0, ssl=here)
    port = server.sockets[0].getsockname()[1]
    async with server, site(transport="tls", proxies=[f"127.0.0.1:{port}"], tls_authorities=certificate) as found:
        far = await came.get()
        first = read(await far.hear())
        assert isinstance(first, Request)
        ours = far.writer.get_extra_info("peername")
        assert f"SIP/2.0/TLS {ours[0]}:{ours[1]};" in first.headers["Via"]
        trunk = found.exchange.trunks[7]
        asking = asyncio.create_task(trunk.ask(trunk.proxies[0]))
        second = read(await far.hear())
        assert isinstance(second, Request)
        far.writer.write(encode(response(second, 200, "OK", tag="t")))
        assert await asking and came.empty()
        far.writer.close()


async def test_a_proxy_that_cannot_prove_who_it_is_gets_no_word(certificate: str) -> None:
    here = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    here.load_cert_chain(certificate)
    server = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0, ssl=here)
    port = server.sockets[0].getsockname()[1]
    async with server, site() as found:
        with pytest.raises(ssl.SSLCertVerificationError):
            await found.exchange.trunks[7].port.flow("tls", ("127.0.0.1", port))


async def test_a_certificate_that_is_not_there_leaves_no_port_behind(tmp_path: Path) -> None:
    number = await free_number()
    ports = Ports(SipSettings(), lambda data, flow: None)
    broken = SipConnection(listen_port=number, tls_port=0, tls_certificate=str(tmp_path / "none.pem"))
    with pytest.raises(FileNotFoundError):
        async with ports.using(broken):
            pass
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", number)


async def test_a_connection_that_shares_a_port_brings_its_own_tls(certificate: str) -> None:
    number = await free_number()
    ports = Ports(SipSettings(), lambda data, flow: None)
    plain, more = SipConnection(listen_port=number), {"tls_port": 0, "tls_certificate": certificate}
    async with ports.using(plain) as one, ports.using(plain.model_copy(update=more)) as other:
        assert one is other and one.tls.local[1] and not one.ws.local[1]


async def free_number() -> int:
    """Nobody has it, for datagrams or streams."""
    udp, tcp = await both("127.0.0.1", 0, lambda data, flow: None)
    udp.close()
    tcp.close()
    await asyncio.sleep(0)  # only then are they
    return udp.local[1]


def spoken(method: str, uri: str, body: bytes, to: bytes = b"<sip:desk@hub>") -> bytes:
    """A request off a stream."""
    head = (
        f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1;branch=z9hG4bK{method}\r\nMax-Forwards: 70\r\n"
        f"From: <sip:10086@127.0.0.1>;tag=p\r\nCall-ID: c\r\nCSeq: 1 {method}\r\nContact: <sip:p@127.0.0.1>\r\n"
        f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n"
    )
    return head.encode() + b"To: " + to + b"\r\n\r\n" + body


def to_of(answer: bytes) -> list[bytes]:
    """Its To."""
    return [line[4:] for line in answer.split(b"\r\n") if line.startswith(b"To: ")]
