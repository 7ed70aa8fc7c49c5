"""What a browser is without its codecs: an end of ICE, DTLS and SRTP that says what it is told to."""

from __future__ import annotations

import struct
from typing import Final

from aiortc import RTCDtlsTransport, RTCIceCandidate, RTCIceGatherer, RTCIceTransport
from aiortc.rtcdtlstransport import RTCDtlsFingerprint, RTCDtlsParameters
from aiortc.rtcicetransport import RTCIceParameters

from plugins.sip.softphone.browser import certificate
from plugins.sip.softphone.offer import Candidate, Offer, Ways, plain, read

HEADER: Final = struct.Struct("!BBHII")
FRAME: Final = 160


def as_offer(answer: str) -> str:
    """To be read: what offers does not begin the handshake."""
    return answer.replace("a=setup:active", "a=setup:passive")


def places(answer: str) -> list[RTCIceCandidate]:
    """Where the gateway says it is (RFC 8839 §5.1)."""
    said = [line.removeprefix("a=candidate:").split() for line in answer.splitlines() if line.startswith("a=candidate")]
    return [RTCIceCandidate(1, each[0], each[4], int(each[5]), int(each[3]), "udp", each[7]) for each in said]


class Peer(RTCDtlsTransport):
    """`received` and `missing` are packets."""

    def __init__(self) -> None:
        self._gatherer = RTCIceGatherer(iceServers=[])
        self._gatherer._connection.ice_controlling = True  # who offers is
        self._certificate = certificate()
        super().__init__(RTCIceTransport(self._gatherer), [self._certificate])
        self.received = self.missing = 0
        self._last = self._said = 0

    async def offer(self) -> str:
        """As a page would send it."""
        connection = self._gatherer._connection
        connection._local_candidates = await connection.get_component_candidates(1, ["127.0.0.1"])
        connection._local_candidates_start = connection._local_candidates_end = True
        [place] = connection._local_candidates
        prints = tuple((each.algorithm, each.value) for each in self._certificate.getFingerprints())
        here = Candidate(place.foundation, place.priority, place.host, place.port, "host")
        ways = Ways(connection.local_username, connection.local_password, prints, (here,))
        return plain(Offer("0", None, ways))

    async def agree(self, answered: str) -> None:
        """Find the gateway and agree on keys."""
        ways = read(as_offer(answered)).ways
        for each in places(answered):
            await self.transport.addRemoteCandidate(each)
        await self.transport.addRemoteCandidate(None)
        await self.transport.start(RTCIceParameters(ways.ufrag, ways.password))
        await self.start(RTCDtlsParameters([RTCDtlsFingerprint(*each) for each in ways.fingerprints]))

    def say(self, number: int, payload: bytes) -> None:
        """The next 20 ms."""
        packet = HEADER.pack(0x80, 0, number & 0xFFFF, number * FRAME & 0xFFFFFFFF, 7) + payload
        pair = self._gatherer._connection._nominated[1]
        pair.protocol.transport.sendto(self._tx_srtp.protect(packet), pair.remote_addr)

    def speak(self, payload: bytes) -> None:
        """The next 20 ms of all day."""
        self._said += 1
        self.say(self._said, payload)

    async def leave(self) -> None:
        """Say so, and free its port."""
        await self.stop()
        await self.transport.stop()

    async def _handle_rtp_data(self, data: bytes, arrival_time_ms: int) -> None:
        sequence = int.from_bytes(data[2:4])
        if self.received:
            self.missing += (sequence - self._last - 1) & 0xFFFF
        self._last = sequence
        self.received += 1

    async def _handle_rtcp_data(self, data: bytes) -> None:
        """Not counted."""
