"""The browser's end of a call: ICE, DTLS and SRTP by aiortc, whose codecs, tracks and jitter buffers are left aside.

All use of what aiortc and aioice keep private stands in this file, and their version is pinned for its sake. Importing
it takes a second and may fail where aiortc is not installed: only the first call does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from ipaddress import ip_address
from typing import Final

from aiortc import RTCCertificate, RTCDtlsTransport, RTCIceCandidate, RTCIceGatherer, RTCIceTransport
from aiortc.sdp import MediaDescription, SessionDescription, candidate_to_sdp

from plugins.demo.phone.rtp import Packet, parse
from plugins.demo.phone.sdp import PCMU

LOOPBACK: Final = "127.0.0.1"
MOST_CANDIDATES: Final = 20
logging.getLogger("aioice").setLevel(logging.WARNING)  # below, it tells the addresses of whoever calls


class BadOffer(ValueError):
    """Not what a browser says that wants to speak PCMU."""


class NotHeard(Exception):
    """No way from browser to demo and back, or no keys were agreed on."""


class Browser:
    """`async with Browser(offer, heard, gone) as voice: send voice.answer back; await voice.connect()`.

    `heard` gets each packet; its kind is PCMU or `keys`. `gone` is called when the browser ended the session."""

    def __init__(self, offer: str, heard: Callable[[Packet], None], gone: Callable[[], None]) -> None:
        self._media = _audio(offer)
        self.keys = _payload_type(self._media, "telephone-event")
        self._gatherer = RTCIceGatherer(iceServers=[])
        self._ice = RTCIceTransport(self._gatherer)
        self._dtls = _Dtls(self._ice, heard)
        self._gone = gone
        self._leaving: asyncio.Queue[bytes] = asyncio.Queue()
        self._sending: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Browser:
        connection = self._gatherer._connection
        await self._gatherer.gather()
        # aioice leaves loopback out, and there a browser on the same machine without a network finds nothing else
        connection._local_candidates += await connection.get_component_candidates(1, [LOOPBACK])
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._sending is not None:
            self._sending.cancel()
        await self._dtls.stop()
        await self._ice.stop()

    @property
    def answer(self) -> str:
        """Session description for the browser (RFC 8839, RFC 8842): we begin the handshake, in PCMU."""
        ice = self._gatherer.getLocalParameters()
        candidates = [f"a=candidate:{candidate_to_sdp(each)}" for each in self._gatherer.getLocalCandidates()]
        prints = [
            f"a=fingerprint:{each.algorithm} {each.value}" for each in self._dtls.getLocalParameters().fingerprints
        ]
        keys, mid = self.keys, self._media.rtp.muxId
        lines = (
            "v=0", f"o=- 1 1 IN IP4 {LOOPBACK}", "s=-", "t=0 0", f"a=group:BUNDLE {mid}",
            f"m=audio 9 UDP/TLS/RTP/SAVPF {PCMU}" + (f" {keys}" if keys else ""), "c=IN IP4 0.0.0.0", "a=rtcp-mux",
            f"a=mid:{mid}", "a=sendrecv", f"a=ice-ufrag:{ice.usernameFragment}", f"a=ice-pwd:{ice.password}",
            *candidates, *prints, "a=setup:active", f"a=rtpmap:{PCMU} PCMU/8000", "a=ptime:20",
            *([f"a=rtpmap:{keys} telephone-event/8000", f"a=fmtp:{keys} 0-15"] if keys else []),
        )  # fmt: skip
        return "".join(f"{line}\r\n" for line in lines)

    async def connect(self, seconds: float) -> None:
        """Find each other and agree on keys. Raises NotHeard."""
        ice, dtls = self._media.ice, self._media.dtls
        assert ice is not None and dtls is not None  # `_audio` looked
        try:
            async with asyncio.timeout(seconds):
                # No end of candidates: a browser hides its addresses behind names (mDNS) and is found by its checks.
                for candidate in filter(_has_address, self._media.ice_candidates[:MOST_CANDIDATES]):
                    await self._ice.addRemoteCandidate(candidate)
                await self._ice.start(ice)
                await self._dtls.start(dtls)
        except TimeoutError:
            raise NotHeard from None
        if self._dtls.state != "connected":
            raise NotHeard
        self._dtls.on("statechange", self._changed)
        self._sending = asyncio.create_task(self._send())

    def send(self, packet: Packet) -> None:
        """To the browser's ear; nothing before `connect`."""
        if self._sending is not None:
            self._leaving.put_nowait(bytes(packet))

    async def _send(self) -> None:
        while True:
            try:
                await self._dtls._send_rtp(await self._leaving.get())
            except ConnectionError:
                return self._gone()

    def _changed(self) -> None:
        if self._dtls.state in {"closed", "failed"}:
            self._gone()


class _Dtls(RTCDtlsTransport):
    """Hands out packets as they come, not by aiortc's receivers."""

    def __init__(self, ice: RTCIceTransport, heard: Callable[[Packet], None]) -> None:
        super().__init__(ice, [RTCCertificate.generateCertificate()])
        self._heard = heard

    async def _handle_rtp_data(self, data: bytes, arrival_time_ms: int) -> None:
        try:
            packet = parse(data)
        except ValueError:
            return
        self._heard(packet)


def _audio(offer: str) -> MediaDescription:
    try:
        described = SessionDescription.parse(offer)
    except (ValueError, AssertionError, AttributeError, IndexError, KeyError) as error:  # it takes lines on trust
        raise BadOffer from error
    for media in described.media:
        if media.kind == "audio" and media.dtls and media.dtls.fingerprints and media.ice:
            if _payload_type(media, "PCMU") != PCMU:
                break
            return media
    raise BadOffer("no PCMU by DTLS in it")


def _has_address(candidate: RTCIceCandidate) -> bool:
    try:
        return bool(ip_address(candidate.ip))
    except ValueError:
        return False


def _payload_type(media: MediaDescription, name: str) -> int | None:
    for codec in media.rtp.codecs:
        if codec.mimeType.lower() == f"audio/{name.lower()}" and codec.clockRate == 8000:
            return codec.payloadType
    return None
