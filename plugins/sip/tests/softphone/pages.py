"""Agents' pages without a browser: what they say to the softphone's route, and a gateway that carries nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from hub.api import Closed, Viewer
from plugins.sip.media.engine import Direction, Endpoint, MediaError
from plugins.sip.media.settings import MediaSettings
from plugins.sip.softphone.desk import SoftphoneDesk
from plugins.sip.softphone.gateway import Heard, Lost, Told
from plugins.sip.tests.party import Site

ANN, BO = 3, 4
OFFER = "\r\n".join((
    "v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0", "a=extmap-allow-mixed",
    "m=audio 53412 UDP/TLS/RTP/SAVPF 111 0 8 126", "c=IN IP4 192.0.2.4", "a=rtcp:9 IN IP4 0.0.0.0",
    "a=candidate:1 1 udp 2122260223 192.0.2.4 53412 typ host generation 0 network-id 1",
    "a=candidate:2 1 udp 2122194687 a1b2c3d4-0000-4000-8000-000000000000.local 53413 typ host generation 0",
    "a=candidate:3 1 tcp 1518280447 192.0.2.4 9 typ host tcptype active generation 0", "a=ice-ufrag:wWWW",
    "a=ice-pwd:KRgaF2d722Hhmo/r5zrzNNbt", "a=fingerprint:sha-256 " + ":".join(["AB"] * 32), "a=setup:actpass",
    "a=mid:0", "a=sendrecv", "a=rtcp-mux", "a=rtpmap:111 opus/48000/2", "a=rtpmap:0 PCMU/8000",
    "a=rtpmap:126 telephone-event/8000", "",
))  # fmt: skip


class SilentGateway:
    """`phones` has the legs of each that is open, `did` what was agreed on, in order. It waits at its `gate`."""

    def __init__(self) -> None:
        self.gate: asyncio.Event | None = None
        self.starting = False
        self.phones: dict[str, set[str]] = {}
        self.did: list[tuple[str, ...]] = []
        self.tell: Told = lambda event: None

    async def start(self, tell: Told) -> None:
        self.tell, self.starting = tell, True
        if self.gate is not None:
            await self.gate.wait()

    async def stop(self) -> None:
        self.phones.clear()

    async def open(self, phone: str, offer: str) -> str:
        if not offer:
            raise MediaError("no offer")
        self.phones.setdefault(phone, set())
        return "an answer"

    async def close(self, phone: str) -> None:
        self.phones.pop(phone, None)

    async def reserve(self, phone: str, leg: str) -> Endpoint:
        self.phones[phone].add(leg)
        return Endpoint("127.0.0.1", 45_000 + 2 * len(self.phones[phone]))

    async def connect(
        self, phone: str, leg: str, remote: tuple[str, int], events: int | None, direction: Direction
    ) -> None:
        self.did.append((leg, direction.value))

    async def free(self, phone: str, leg: str) -> None:
        if phone in self.phones:
            self.phones[phone].discard(leg)


class Page:
    """One tab of an agent's. `closed` is the code it was closed with."""

    params: Mapping[str, str] = {}
    query: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    client = "127.0.0.1"

    def __init__(self, user_id: int, language: str = "en") -> None:
        self.viewer: Viewer | None = Viewer(user_id, "Ann", language, frozenset({"interactions.reply"}))
        self.closed = 0
        self.session = ""
        self._said: asyncio.Queue[str | None] = asyncio.Queue()
        self._heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def accept(self, subprotocol: str | None = None) -> None:
        """Open."""

    async def receive(self) -> str:
        text = await self._said.get()
        if text is None:
            raise Closed
        return text

    async def send(self, text: str) -> None:
        self._heard.put_nowait(json.loads(text))

    async def close(self, code: int = 1000, reason: str = "") -> None:
        self.closed = code
        self._said.put_nowait(None)

    def say(self, do: str, **more: Any) -> None:
        self._said.put_nowait(json.dumps({"do": do, **more}))

    def leave(self) -> None:
        """The connection breaks."""
        self._said.put_nowait(None)

    async def hear(self) -> dict[str, Any]:
        """The next frame."""
        return await asyncio.wait_for(self._heard.get(), 5)

    async def becomes(self, state: str) -> dict[str, Any]:
        """The next frame, which says this of a call."""
        frame = await self.hear()
        assert frame.get("state") == state, frame
        return frame


class Office:
    """A site whose agents have browsers."""

    def __init__(self, found: Site) -> None:
        self.site = found
        self.gateway = SilentGateway()
        self.desk = SoftphoneDesk(
            found.context, MediaSettings(), found.exchange.softphones, found.exchange.phones, self.gateway
        )
        self._served: list[asyncio.Task[None]] = []

    def page(self, user_id: int = ANN, language: str = "en") -> Page:
        """Open, and silent."""
        page = Page(user_id, language)
        self._served.append(asyncio.create_task(self.desk.socket(page)))
        return page

    async def opens(self, user_id: int = ANN, language: str = "en") -> Page:
        """A page whose browser is heard."""
        page = self.page(user_id, language)
        page.say("session", sdp=OFFER)
        session = (await page.hear())["session"]
        await self.heard(session, user_id)
        page.session = session
        return page

    async def heard(self, session: str, user_id: int = ANN) -> None:
        """The gateway found this browser; the table says where it is."""
        self.gateway.tell(Heard(session))
        await self.here(True, user_id)

    def lost(self, session: str, *, legs_too: bool = False) -> None:
        if legs_too:
            self.gateway.phones.pop(session)
        self.gateway.tell(Lost(session, legs_too))

    async def here(self, there: bool, user_id: int = ANN) -> None:
        """The table says so."""
        async with asyncio.timeout(5):
            while bool(await self.site.exchange.softphones.of_user(user_id)) is not there:  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0.005)

    async def names(self, user_id: int = ANN) -> list[str]:
        """Of the devices that would ring."""
        return [device.name for device in await self.site.channel.devices(user_id) if device.reachable]

    async def close(self) -> None:
        for task in self._served:
            task.cancel()
        await asyncio.gather(*self._served, return_exceptions=True)
        await self.desk.stop()


@asynccontextmanager
async def office(found: Site) -> AsyncIterator[Office]:
    made = Office(found)
    try:
        yield made
    finally:
        await made.close()
