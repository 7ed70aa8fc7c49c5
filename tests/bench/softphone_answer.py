"""From an agent's answer until caller and agent hear each other; floor: the same with a desk phone."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

from websockets.asyncio.client import ClientConnection, connect

from plugins.demo.hub_client import HubClient
from plugins.sip.tests.softphone.thin_browser import FRAME, Peer
from tests.bench.row import Measure, Row, Unfinished, percentile, scaled
from tests.bench.softphone_far import TICK
from tests.farside.telephone import Phase, Telephone
from tests.support.hub_process import HubProcess
from tests.voice.house import DESK
from tests.voice.test_two_nodes import PASSWORD, SITE

CALLS: Final = 15
SETTLES: Final = 0.2
HEARD_WITHIN: Final = 10.0
RINGS_WITHIN: Final = 30.0
LOUD_A, LOUD_U = b"\x2a" * FRAME, b"\x00" * FRAME
SILENT: Final = frozenset((0x7F, 0xFF, 0xD5, 0x55))


class Voice(Telephone):
    """It says one loud sample all the time, and notices when it hears such."""

    def __init__(self, goes_to: int = 200) -> None:
        super().__init__(goes_to)
        self._sound.setblocking(False)
        self.hears = False

    def speak(self) -> None:
        self.hears = self.hears or any(map(_is_loud, self._came()))
        if self.phase is Phase.TALKING and self._sound_to:
            self._packets += 1
            head = bytes([0x80, 8]) + self._packets.to_bytes(2, "big") + (FRAME * self._packets).to_bytes(4, "big")
            self._sound.sendto(head + b"\0\0\0\x07" + LOUD_A, ("127.0.0.1", self._sound_to))

    def _came(self) -> Iterator[bytes]:
        with suppress(OSError):
            while datagram := self._sound.recv(2048):
                yield datagram


class Headset(Peer):
    """The same in a browser."""

    hears = False

    async def _handle_rtp_data(self, data: bytes, arrival_time_ms: int) -> None:
        self.hears = self.hears or _is_loud(data)


def _is_loud(datagram: bytes) -> bool:
    """A sample without end, which no music has."""
    payload = set(datagram[12:])
    return len(payload) == 1 and not payload & SILENT


def measures(scale: float) -> list[Measure]:
    """One call after another."""
    return [Measure("softphone, answer to audio", partial(_rows, scaled(CALLS, scale, 3)))]


def _rows(calls: int) -> Iterator[Row]:
    browser, phone = asyncio.run(_both(calls))
    yield Row(
        "softphone, answer to two-way audio, p95",
        1000 * percentile(browser, 0.95),
        "ms",
        1000 * percentile(phone, 0.95),
        "≤ 300 ms",
        note=f"median {1000 * percentile(browser, 0.5):.0f} ms, of {calls} calls",
    )


async def _both(calls: int) -> tuple[list[float], list[float]]:
    with tempfile.TemporaryDirectory(prefix="bench-softphone-") as name:
        folder = Path(name)
        (folder / "hub.toml").write_text(SITE, encoding="utf-8")
        async with HubProcess(folder, f"sqlite:///{folder}/hub.db") as hub, HubClient(hub.http) as ann:
            await ann.log_in("ann", PASSWORD)
            await ann.put("/me/presence", {"state": "READY"})
            rings, answers, phone = await _phone(hub)
            by_phone = await _calls(calls, hub, rings, answers, phone)
            await phone.leave()
            await ann.of_plugin("PUT", "/sip/rings", {"rings": "browser"})
            async with _browser(hub, ann) as (rings, answers, headset):
                return await _calls(calls, hub, rings, answers, headset), by_phone


async def _calls(
    count: int, hub: HubProcess, rings: Callable[[], Any], answers: Callable[[], Any], agent: Voice | Headset
) -> list[float]:
    return [await _call(hub, rings, answers, agent) for _ in range(count)]


async def _call(hub: HubProcess, rings: Callable[[], Any], answers: Callable[[], Any], agent: Voice | Headset) -> float:
    """Seconds until both hear."""
    caller, loop = Voice(), asyncio.get_running_loop()
    speaking = asyncio.create_task(_speak(caller, agent))
    try:
        async with asyncio.timeout(RINGS_WITHIN):
            await caller.dial(DESK, hub.port_of("Trunk"))
            await rings()
        await asyncio.sleep(SETTLES)
        caller.hears = agent.hears = False
        answered = loop.time()
        await answers()
        while not (caller.hears and agent.hears):
            if loop.time() > answered + HEARD_WITHIN:
                raise Unfinished("caller and agent do not hear each other")
            await asyncio.sleep(0.001)
        return loop.time() - answered
    finally:
        await caller.hang_up()
        speaking.cancel()
        await asyncio.gather(speaking, return_exceptions=True)
        await caller.leave()


async def _speak(caller: Voice, agent: Voice | Headset) -> None:
    """Both, every 20 ms; so what came is noticed up to 20 ms late, at either side of the comparison."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    for number in range(1_000_000):
        caller.speak()
        if isinstance(agent, Voice):
            agent.speak()
        else:
            agent.speak(LOUD_U)
        await asyncio.sleep(max(0, started + (number + 1) * TICK - loop.time()))


@asynccontextmanager
async def _browser(
    hub: HubProcess, ann: HubClient
) -> AsyncIterator[tuple[Callable[[], Any], Callable[[], Any], Headset]]:
    """Ann's, open."""
    headset, legs = Headset(), []
    login = {"Authorization": ann._http.headers["Authorization"]}
    async with connect(hub.http.replace("http", "ws") + "/p/sip/softphone", additional_headers=login) as socket:
        await socket.send(json.dumps({"do": "session", "sdp": await headset.offer()}))
        await headset.agree((await _frame(socket, "session"))["sdp"])
        await asyncio.sleep(1)

        async def rings() -> None:
            while (frame := await _frame(socket, "state"))["state"] != "RINGING":
                pass
            legs.append(frame["leg"])

        async def answers() -> None:
            await socket.send(json.dumps({"do": "answer", "leg": legs[-1]}))

        yield rings, answers, headset


async def _frame(socket: ClientConnection, what: str) -> dict[str, Any]:
    """The next that has this."""
    while True:
        frame: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), HEARD_WITHIN))
        if what in frame:
            return frame


async def _phone(hub: HubProcess) -> tuple[Callable[[], Any], Callable[[], Any], Voice]:
    """Ann's desk phone, registered."""
    async with HubClient(hub.http) as admin:
        await admin.log_in("admin", PASSWORD)
        users = {each["login"]: each["id"] async for each in admin.each("/users")}
        await admin.of_plugin("PUT", f"/sip/phones/{users['ann']}", {"username": "ann", "password": PASSWORD})
    phone = Voice(goes_to=180)
    await phone.register("ann", PASSWORD, hub.port_of("Phones"))

    async def rings() -> None:
        await phone.until(lambda: phone.phase is Phase.RUNG)

    async def answers() -> None:
        phone.pick_up()

    return rings, answers, phone
