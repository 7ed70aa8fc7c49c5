"""Thin browsers: `python -m tests.bench.softphone_far COUNT SETTLE SECONDS` has COUNT ends of ICE, DTLS and SRTP.

It prints its offers, reads the answers as a line, prints `true` once all have agreed on keys, reads a line, and speaks
PCMU for SETTLE and SECONDS; then it prints what it had received in the latter, and what was missing of it.
"""

from __future__ import annotations

import asyncio
import json
import struct
import sys
from typing import Final

from aiortc import RTCDtlsTransport, RTCIceCandidate, RTCIceGatherer, RTCIceTransport
from aiortc.rtcdtlstransport import RTCDtlsFingerprint, RTCDtlsParameters
from aiortc.rtcicetransport import RTCIceParameters

from plugins.sip.softphone.browser import certificate
from plugins.sip.softphone.offer import Candidate, Offer, Ways, answer, read

HEADER: Final = struct.Struct("!BBHII")
FRAME, TICK, SLICES = 160, 0.02, 8
OURS: Final = certificate()


class Peer(RTCDtlsTransport):
    """What a browser is without its codecs."""

    def __init__(self) -> None:
        self._gatherer = RTCIceGatherer(iceServers=[])
        self._gatherer._connection.ice_controlling = True  # who offers is
        super().__init__(RTCIceTransport(self._gatherer), [OURS])
        self.received = self.missing = 0
        self.payloads: list[bytes] = []
        self._last = 0

    async def offer(self) -> str:
        """As a page would send it."""
        connection = self._gatherer._connection
        connection._local_candidates = await connection.get_component_candidates(1, ["127.0.0.1"])
        connection._local_candidates_start = connection._local_candidates_end = True
        [place] = connection._local_candidates
        prints = tuple((each.algorithm, each.value) for each in OURS.getFingerprints())
        here = Candidate(place.foundation, place.priority, place.host, place.port, "host")
        ways = Ways(connection.local_username, connection.local_password, prints, (here,))
        return answer(Offer("0", None, ways), ways).replace("a=setup:active", "a=setup:actpass")

    async def agree(self, answered: str) -> None:
        """Find the gateway and agree on keys."""
        ways = read(answered.replace("a=setup:active", "a=setup:passive")).ways
        for each in ways.candidates:
            place = RTCIceCandidate(1, each.foundation, each.host, each.port, each.priority, "udp", each.kind)
            await self.transport.addRemoteCandidate(place)
        await self.transport.addRemoteCandidate(None)
        await self.transport.start(RTCIceParameters(ways.ufrag, ways.password))
        await self.start(RTCDtlsParameters([RTCDtlsFingerprint(*each) for each in ways.fingerprints]))

    def say(self, number: int, payload: bytes) -> None:
        """The next 20 ms."""
        packet = HEADER.pack(0x80, 0, number & 0xFFFF, number * FRAME & 0xFFFFFFFF, 7) + payload
        pair = self._gatherer._connection._nominated[1]
        pair.protocol.transport.sendto(self._tx_srtp.protect(packet), pair.remote_addr)

    async def _handle_rtp_data(self, data: bytes, arrival_time_ms: int) -> None:
        sequence = int.from_bytes(data[2:4])
        if self.received:
            self.missing += (sequence - self._last - 1) & 0xFFFF
        self._last = sequence
        self.received += 1

    async def _handle_rtcp_data(self, data: bytes) -> None:
        """Not counted."""


async def main() -> None:
    """Agree, talk and count."""
    count, settle, seconds = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
    peers = [Peer() for _ in range(count)]
    _print([await peer.offer() for peer in peers])
    answers = json.loads(await asyncio.to_thread(sys.stdin.readline))
    await asyncio.gather(*(peer.agree(each) for peer, each in zip(peers, answers, strict=True)))
    _print(all(peer.state == "connected" for peer in peers))
    await asyncio.to_thread(sys.stdin.readline)
    await _talk(peers, settle, seconds)
    _print([sum(peer.received for peer in peers), sum(peer.missing for peer in peers)])


async def _talk(peers: list[Peer], settle: float, seconds: float) -> None:
    """Evenly through each 20 ms, not all at once."""
    loop, payload = asyncio.get_running_loop(), bytes(FRAME)
    started, counted = loop.time(), int(settle / TICK) * SLICES
    for number in range(int((settle + seconds) / TICK) * SLICES):
        if number == counted:
            for peer in peers:
                peer.received = peer.missing = 0
        tick, part = divmod(number, SLICES)
        for peer in peers[part::SLICES]:
            peer.say(tick, payload)
        await asyncio.sleep(max(0, started + (number + 1) * TICK / SLICES - loop.time()))


def _print(what: object) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
