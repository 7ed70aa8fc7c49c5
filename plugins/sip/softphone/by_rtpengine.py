"""The gateway of a site with rtpengine nodes: a node has the browser's ICE, DTLS and SRTP, and the lines' media talks
with the node. It tells of nothing by itself, so it is asked whether a browser is heard."""

from __future__ import annotations

import asyncio
import itertools
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from plugins.sip.media.engine import Codec, Direction, Endpoint, MediaError
from plugins.sip.media.relay.bencode import Sayable
from plugins.sip.media.relay.counting import last_packet
from plugins.sip.media.relay.description import described, endpoint
from plugins.sip.media.relay.ng import Node, said
from plugins.sip.media.settings import MediaSettings
from plugins.sip.softphone import offer as offers
from plugins.sip.softphone.gateway import Heard, Lost, Told

FOUND_WITHIN: Final = 10.0
SILENT: Final = 5.0
"""Seconds; a browser sends all day, also what is muted."""
LOOKS: Final = 0.5
NOBODY: Final = ("127.0.0.1", 9)  # discard (RFC 863)
BROWSER, HUB = "browser", "hub"
_FLAGS: Final[list[Sayable]] = ["trust-address", "strict-source", "port-latching"]


@dataclass(slots=True)
class _Phone:
    """`inner` is where the node takes what the browser shall hear; `since` is when this browser came, in seconds since
    1970."""

    name: str
    node: Node
    offer: str
    inner: Endpoint
    since: float
    heard: bool = False
    current: str = ""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class RtpengineGateway:
    """All legs of a phone share the node's one port: one is carried at a time."""

    def __init__(self, settings: MediaSettings) -> None:
        self._settings = settings
        self._tell: Told = lambda event: None
        self._nodes: list[Node] = []
        self._turns = itertools.count()
        self._phones: dict[str, _Phone] = {}
        self._watching: asyncio.Task[None] | None = None

    async def start(self, tell: Told) -> None:
        """See Gateway."""
        self._tell = tell
        self._nodes = [await Node.at(address) for address in self._settings.rtpengine]
        self._watching = asyncio.get_running_loop().create_task(self._watch())

    async def stop(self) -> None:
        """See Gateway."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        await asyncio.gather(*(self.close(phone) for phone in list(self._phones)), return_exceptions=True)
        for node in self._nodes:
            node.close()

    async def open(self, phone: str, offer: str) -> str:
        """See Gateway."""
        try:
            plain = offers.plain(offers.read(offer))
        except offers.BadOffer as error:
            raise MediaError(str(error)) from error
        known = self._phones.get(phone)
        node = known.node if known else self._next_node()
        found = known or _Phone(phone, node, plain, Endpoint("", 0), 0.0)
        async with found.turn:
            found.offer, found.heard, found.since = plain, False, time.time()
            answer = await self._patch(found, NOBODY)
        self._phones[phone] = found
        return answer

    async def close(self, phone: str) -> None:
        """See Gateway."""
        if found := self._phones.pop(phone, None):
            with suppress(MediaError):  # a node that is gone has forgotten it
                await found.node.ask("delete", call_id=phone, delete_delay=0)

    async def reserve(self, phone: str, leg: str) -> Endpoint:
        """See Gateway."""
        return self._found(phone).inner

    async def connect(
        self, phone: str, leg: str, remote: tuple[str, int], events: int | None, direction: Direction
    ) -> None:
        """See Gateway. Keys come by the page's word (INFO), not in the audio."""
        found = self._found(phone)
        async with found.turn:
            if direction is Direction.SENDRECV:
                found.current = leg
                await self._patch(found, remote)
            elif found.current == leg:
                await self._patch(found, NOBODY)

    async def free(self, phone: str, leg: str) -> None:
        """See Gateway."""
        found = self._phones.get(phone)
        if found is not None and found.current == leg:
            async with found.turn:
                found.current = ""
                await self._patch(found, NOBODY)

    async def _patch(self, phone: _Phone, remote: tuple[str, int]) -> str:
        """Browser and `remote` hear each other; what the browser is to be told. Its port towards us stays the same."""
        ask, flags = phone.node.ask, {"call_id": phone.name, "from_tag": BROWSER, "flags": _FLAGS}
        to_hub: dict[str, Sayable] = {"ICE": "remove", "rtcp_mux": ["demux"], "transport_protocol": "RTP/AVP"}
        inner = (await ask("offer", **flags, **to_hub, sdp=phone.offer)).get("sdp")
        phone.inner = endpoint(inner if isinstance(inner, bytes) else b"")
        answer = await ask("answer", **flags, to_tag=HUB, sdp=described(remote, Codec.PCMU, None))
        return said(answer.get("sdp"))

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOKS)
            await asyncio.gather(*(self._look(phone) for phone in list(self._phones.values())))

    async def _look(self, phone: _Phone) -> None:
        """Whether its browser is heard."""
        try:
            latest = last_packet(await phone.node.ask("query", call_id=phone.name), BROWSER)
        except MediaError:
            self._lost(phone, legs_too=True)
            return
        silent = time.time() - max(latest, phone.since)
        if not phone.heard and latest > phone.since:
            phone.heard = True
            self._tell(Heard(phone.name))
        elif silent > (SILENT if phone.heard else FOUND_WITHIN):
            self._lost(phone, legs_too=False)

    def _lost(self, phone: _Phone, *, legs_too: bool) -> None:
        phone.heard, phone.since = False, time.time() + 86_400  # told once; a browser that comes anew begins anew
        if legs_too:
            self._phones.pop(phone.name, None)
        self._tell(Lost(phone.name, legs_too))

    def _found(self, phone: str) -> _Phone:
        if phone not in self._phones:
            raise MediaError("the softphone is not open")
        return self._phones[phone]

    def _next_node(self) -> Node:
        alive = [node for node in self._nodes if node.alive] or self._nodes
        return alive[next(self._turns) % len(alive)]
