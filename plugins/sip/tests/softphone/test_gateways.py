"""Both gateways, with a thin browser and a line's port: they hear each other, and so do a second call, and the browser
when it comes anew."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from plugins.sip.media import rtp
from plugins.sip.media.engine import Direction, MediaError
from plugins.sip.media.settings import MediaSettings
from plugins.sip.softphone import by_rtpengine
from plugins.sip.softphone.by_rtpengine import RtpengineGateway
from plugins.sip.softphone.gateway import AiortcGateway, Gateway, Heard, Lost
from plugins.sip.tests.media.rtpengine import rtpengine
from plugins.sip.tests.softphone.thin_browser import FRAME, Peer, places

pytestmark = [pytest.mark.slow, pytest.mark.peer]
PORTS = (23_000, 23_999)


class Line:
    """The lines' media of one call."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.received = 0
        self._number = 0

    @property
    def where(self) -> tuple[str, int]:
        name: tuple[str, int] = self.socket.getsockname()
        return name

    async def meets(self, gateway: Gateway, leg: str) -> None:
        """A call with the phone."""
        found = await gateway.reserve("phone", leg)
        await gateway.connect("phone", leg, self.where, 101, Direction.SENDRECV)
        self.socket.connect((found.host, found.port))

    def turn(self) -> None:
        """20 ms of it, and what came."""
        self._number += 1
        with suppress(OSError):
            self.socket.send(rtp.build(0, self._number, FRAME * self._number, 9, b"\x10" * FRAME))
        with suppress(OSError):
            while self.socket.recv(2048):
                self.received += 1


@asynccontextmanager
async def working(kind: str, tell: Callable[[Heard | Lost], None]) -> AsyncIterator[Gateway]:
    """One of the two."""
    if kind == "aiortc":
        made: Gateway = AiortcGateway(MediaSettings(ports=PORTS))
        await made.start(tell)
        yield made
        await made.stop()
    else:
        async with rtpengine() as daemon:
            made = RtpengineGateway(MediaSettings(rtpengine=(daemon.address,)))
            await made.start(tell)
            yield made
            await made.stop()


async def talk(peer: Peer, line: Line, until: Callable[[], bool]) -> None:
    """Both say something every 20 ms until this is so."""
    async with asyncio.timeout(10):
        while not until():
            peer.speak(bytes(FRAME))
            line.turn()
            await asyncio.sleep(0.02)


def hear_each_other(peer: Peer, line: Line) -> Callable[[], bool]:
    peer.received = line.received = 0
    return lambda: peer.received > 20 and line.received > 20


@pytest.mark.parametrize("kind", ["aiortc", "rtpengine"])
async def test_a_browser_and_its_calls_hear_each_other_and_no_others(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_rtpengine, "SILENT", 1.5)
    monkeypatch.setattr(by_rtpengine, "LOOKS", 0.2)
    told: list[Heard | Lost] = []
    async with working(kind, told.append) as gateway:
        with pytest.raises(MediaError):
            await gateway.open("phone", "v=0")
        with pytest.raises(MediaError):
            await gateway.reserve("phone", "first")
        peer, first, second = Peer(), Line(), Line()
        answer = await gateway.open("phone", await peer.offer())
        assert kind == "rtpengine" or PORTS[0] <= places(answer)[0].port <= PORTS[1]
        await peer.agree(answer)
        await talk(peer, first, lambda: Heard("phone") in told)
        await first.meets(gateway, "first")
        await talk(peer, first, hear_each_other(peer, first))
        await gateway.connect("phone", "first", first.where, 101, Direction.SENDONLY)
        await second.meets(gateway, "second")
        await talk(peer, second, hear_each_other(peer, second))
        anew = Peer()
        await anew.agree(await gateway.open("phone", await anew.offer()))
        await talk(anew, second, lambda: told.count(Heard("phone")) == 2)
        await gateway.connect("phone", "second", second.where, 101, Direction.SENDRECV)
        await talk(anew, second, hear_each_other(anew, second))
        await gateway.free("phone", "second")
        assert told == 2 * [Heard("phone")]
        await asyncio.gather(anew.leave(), peer.leave())
        async with asyncio.timeout(15):
            while Lost("phone") not in told:  # noqa: ASYNC110 - told by a call from another task
                await asyncio.sleep(0.05)
        await gateway.close("phone")
        for line in (first, second):
            line.socket.close()
