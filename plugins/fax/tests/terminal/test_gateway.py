"""rtpengine as the gateway between a machine on G.711 and one on T.38: both are ours, what is between them is not."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest

from plugins.fax.terminal.job import Codec, Done, T38Options
from plugins.fax.terminal.terminals import Session, Terminals
from plugins.fax.tests.terminal.charts import load, same, save, strip
from plugins.fax.tests.terminal.lines import receives, sends
from tests.support.ports import free_port

pytestmark = [pytest.mark.slow, pytest.mark.peer]
PAGE: Final = strip(100)
_PORTS: Final = 200
_SECONDS: Final = 150.0
_SESSION: Final = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
_T38: Final = "a=T38FaxVersion:0\r\na=T38FaxRateManagement:transferredTCF\r\na=T38FaxUdpEC:t38UDPRedundancy\r\n"


class Gateway(asyncio.DatagramProtocol):
    """What is said to it by its ng protocol: a cookie, and a bencoded dictionary."""

    def __init__(self) -> None:
        self.answers: asyncio.Queue[bytes] = asyncio.Queue()
        self.transport: asyncio.DatagramTransport | None = None
        self._asked = 0

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.answers.put_nowait(data)

    def error_received(self, exc: Exception) -> None:
        """It is not there yet."""

    async def ask(self, words: Mapping[str, str | list[str]]) -> str:
        """Its answer; asked again until it gives one."""
        assert self.transport is not None
        self._asked += 1
        while True:
            self.transport.sendto(b"cookie%d " % self._asked + _bencoded(words).encode())
            try:
                async with asyncio.timeout(1):
                    return await self._answer()
            except TimeoutError:
                continue

    async def _answer(self) -> str:
        """To what was asked last: who was asked twice may answer twice."""
        while True:
            cookie, _, answer = (await self.answers.get()).decode().partition(" ")
            if cookie == f"cookie{self._asked}":
                return answer

    async def port(self, words: Mapping[str, str | list[str]]) -> int:
        """Where it takes what the description in its answer says."""
        answer = await self.ask({"call-id": "fax", "from-tag": "caller", **words})
        found = re.search(r"m=(?:audio|image) (\d+)", answer)
        assert found, answer
        return int(found[1])


def _bencoded(value: str | list[str] | Mapping[str, str | list[str]]) -> str:
    if isinstance(value, str):
        return f"{len(value.encode())}:{value}"
    if isinstance(value, list):
        return f"l{''.join(map(_bencoded, value))}e"
    return f"d{''.join(_bencoded(name) + _bencoded(value[name]) for name in sorted(value))}e"


@asynccontextmanager
async def gateway() -> AsyncIterator[Gateway]:
    """It runs, and answers."""
    control, first = free_port(), free_port()
    process = await asyncio.create_subprocess_exec(
        shutil.which("rtpengine") or "/usr/sbin/rtpengine",
        *("--config-file=none", "--foreground", "--log-stderr", "--log-level=4", "--table=-1", "--num-threads=2"),
        *("--interface=127.0.0.1", f"--listen-ng=127.0.0.1:{control}", "--timeout=60"),
        *(f"--port-min={first}", f"--port-max={first + _PORTS}"),
    )
    loop = asyncio.get_running_loop()
    transport, made = await loop.create_datagram_endpoint(Gateway, remote_addr=("127.0.0.1", control))
    made.transport = transport
    try:
        await made.ask({"command": "ping"})
        yield made
    finally:
        transport.close()
        process.kill()
        await process.wait()


async def end_of(session: Session) -> Done:
    """Its last event."""
    *_, last = [event async for event in session.events()]
    assert isinstance(last, Done)
    return last


async def test_a_gateway_translates_between_our_two_ways(tmp_path: Path) -> None:
    document = save(tmp_path / "sent.tif", [PAGE])
    async with asyncio.timeout(_SECONDS), gateway() as between, Terminals() as terminals:
        one, other = await terminals.open(sends(document)), await terminals.open(receives(tmp_path / "got.tif"))
        audio = f"{_SESSION}m=audio {one.near[1]} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
        packets = f"{_SESSION}m=image {other.near[1]} udptl t38\r\n{_T38}"
        there = await between.port({"command": "offer", "T.38": ["force"], "ICE": "remove", "sdp": audio})
        back = await between.port({"command": "answer", "to-tag": "called", "sdp": packets})
        await other.t38(("127.0.0.1", there), T38Options())
        await one.audio(("127.0.0.1", back), Codec.PCMU)
        ends = await asyncio.gather(end_of(one), end_of(other))
        assert all(done.ok for done in ends) and [done.t38 for done in ends] == [False, True]
        assert same([PAGE], load(tmp_path / "got.tif"))
