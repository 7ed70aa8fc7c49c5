"""The browser's end: ICE, DTLS and SRTP by aiortc, whose codecs, tracks and jitter buffers are left aside.

All use of what aiortc and aioice keep private stands in this file, and their version is pinned for its sake."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import Final, Protocol

import aioice
from aioice.candidate import candidate_foundation, candidate_priority
from aioice.ice import Connection, StunProtocol
from aiortc import RTCCertificate, RTCDtlsTransport, RTCIceGatherer, RTCIceTransport
from aiortc.rtcdtlstransport import RTCDtlsFingerprint, RTCDtlsParameters
from aiortc.rtcicetransport import RTCIceParameters

from plugins.sip.softphone import offer as offers
from plugins.sip.softphone.offer import Candidate, Offer, Ways

FIND_WITHIN: Final = 10.0
"""Seconds for browser and gateway to find each other."""
logging.getLogger("aioice").setLevel(logging.WARNING)  # below, it tells the addresses of whoever calls


class Hearer(Protocol):
    """Who is told what comes from the browser. None of these may block."""

    def audio(self, datagram: bytes) -> None: ...

    def reports(self, datagram: bytes) -> None: ...

    def up(self, browser: Browser) -> None: ...

    def gone(self, browser: Browser) -> None: ...


class Browser:
    """`answer()` goes to the page; `connect()` runs until keys are agreed on. `up` is told then, `gone` once when the
    browser has left or was never found."""

    def __init__(self, offer: Offer, certificate: RTCCertificate, hearer: Hearer) -> None:
        self._offer = offer
        self._certificate = certificate
        self._hearer = hearer
        self._gatherer = RTCIceGatherer(iceServers=[])
        self._ice = RTCIceTransport(self._gatherer)
        self._dtls = _Dtls(self._ice, certificate, hearer)
        self._connecting: asyncio.Task[None] | None = None
        self._up = self._over = False

    @property
    def keys(self) -> int | None:
        """Its payload type for RFC 4733."""
        return self._offer.keys

    async def answer(self, host: str, advertised: str, ports: Iterable[int]) -> str:
        """Bind one of these ports of `host`; the browser is told `advertised`. Raises OSError."""
        connection = self._gatherer._connection
        own = await _bound(connection, host, ports)
        connection._local_candidates = [own]
        connection._local_candidates_start = connection._local_candidates_end = True
        prints = tuple((each.algorithm, each.value) for each in self._certificate.getFingerprints())
        place = Candidate(own.foundation, own.priority, advertised, own.port, own.type)
        return offers.answer(self._offer, Ways(connection.local_username, connection.local_password, prints, (place,)))

    def connect(self) -> None:
        """Find each other and agree on keys, from now on."""
        self._connecting = asyncio.get_running_loop().create_task(self._connect())

    async def _connect(self) -> None:
        ways = self._offer.ways
        prints = [RTCDtlsFingerprint(algorithm, digest) for algorithm, digest in ways.fingerprints]
        try:
            async with asyncio.timeout(FIND_WITHIN):
                # no candidates, and no end of them: the browser's own checks say where it is (RFC 8445 §7.3.1.3)
                await self._ice.start(RTCIceParameters(ways.ufrag, ways.password))
                await self._dtls.start(RTCDtlsParameters(prints))
        except (TimeoutError, ConnectionError):
            self._left()
            return
        if self._dtls.state != "connected":
            self._left()
            return
        self._up = True
        self._dtls.on("statechange", self._changed)
        self._hearer.up(self)

    def send(self, datagram: bytes) -> None:
        """RTP or RTCP to the browser's ear; nothing before it is up, or after."""
        pair = self._gatherer._connection._nominated.get(1)
        if not self._up or pair is None:
            return
        session = self._dtls._tx_srtp
        protect = session.protect_rtcp if 192 <= datagram[1] < 224 else session.protect
        # what `_send_rtp` does without its four coroutines: fifty times a second for each who talks
        pair.protocol.transport.sendto(protect(datagram), pair.remote_addr)

    async def close(self) -> None:
        """It is no more; nobody is told."""
        self._over, self._up = True, False
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        await self._dtls.stop()
        await self._ice.stop()

    def _changed(self) -> None:
        if self._dtls.state in {"closed", "failed"}:
            self._left()

    def _left(self) -> None:
        self._up = False
        if not self._over:
            self._over = True
            self._hearer.gone(self)


class _Dtls(RTCDtlsTransport):
    """Hands out packets as they come, not by aiortc's receivers."""

    def __init__(self, ice: RTCIceTransport, certificate: RTCCertificate, hearer: Hearer) -> None:
        super().__init__(ice, [certificate])
        self._hearer = hearer

    async def _handle_rtp_data(self, data: bytes, arrival_time_ms: int) -> None:
        self._hearer.audio(data)

    async def _handle_rtcp_data(self, data: bytes) -> None:
        self._hearer.reports(data)


async def _bound(connection: Connection, host: str, ports: Iterable[int]) -> aioice.Candidate:
    """As aioice would, but for the address and the port: it would take every address but loopback, and any port."""
    loop, error = asyncio.get_running_loop(), OSError("no port for a browser's audio is free")
    for port in ports:
        try:
            transport, protocol = await loop.create_datagram_endpoint(
                lambda: StunProtocol(connection), local_addr=(host, port)
            )
        except OSError as reason:
            error = reason
            continue
        foundation, priority = candidate_foundation("host", "udp", host), candidate_priority(1, "host")
        number = transport.get_extra_info("sockname")[1]
        protocol.local_candidate = aioice.Candidate(foundation, 1, "udp", priority, host, number, "host")
        connection._protocols.append(protocol)
        return protocol.local_candidate
    raise error


def certificate() -> RTCCertificate:
    """Ours, new at each start."""
    return RTCCertificate.generateCertificate()
