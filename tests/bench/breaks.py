"""What a caller hears, and for how long, when something dies under a call that an agent has in their browser."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
from playwright.async_api import async_playwright

from plugins.demo.hub_client import HubClient
from tests.bench.row import Measure, Row, Unfinished
from tests.support.chromium import FLAGS, PROGRAM
from tests.support.hub_process import HubProcess
from tests.voice.baresip import Baresip, Sound
from tests.voice.browser_phone import BrowserPhone
from tests.voice.house import DESK
from tests.voice.test_two_nodes import AGENT, CUSTOMER, PASSWORD, SITE

RATE, FRAME = 8000, 160  # samples a second, and in 20 ms
WINDOW = 4  # frames in which a tone is told from music
QUIET, SHARE = 50.0, 0.6  # RMS of silence; how much of a window is the agent's tone when they are heard
AWAY = 3.0  # seconds a browser stays away
SOON = 15.0
AGENT_HEARD, SILENCE, OTHER = "agent", "silence", "other"


def measures(scale: float) -> list[Measure]:
    """One call, and one after another of what may die."""
    return [Measure("breaks", lambda: iter(asyncio.run(_all())))]


@dataclass(frozen=True, slots=True)
class Scene:
    """A caller and an agent who talk."""

    hub: HubProcess
    caller: Baresip
    agent: BrowserPhone

    def heard(self) -> int:
        """Samples the caller has heard until now."""
        return len(self.caller.heard())

    async def talking(self) -> None:
        """The caller hears the agent."""
        async with asyncio.timeout(SOON):
            while self.caller.loudness(AGENT, last=0.2) < SHARE:  # noqa: ASYNC110 - what is heard is looked at
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.5)  # and goes on to

    def process(self, script: str) -> int:
        """The hub's child that was started so."""
        children = psutil.Process(self.hub.pid).children()
        return next(each.pid for each in children if any(word.endswith(script) for word in each.cmdline()))


async def _all() -> list[Row]:
    async with _scene() as scene:
        rows = [*await _browser(scene), *await _gateway(scene), await _media(scene)]
    async with _scene() as scene:
        return [*rows, await _hub(scene)]


async def _browser(scene: Scene) -> list[Row]:
    before = scene.heard()
    await scene.agent.drops()
    await asyncio.sleep(AWAY)
    back = time.monotonic()
    await scene.agent.comes_back()
    again = 1000 * (time.monotonic() - back)
    await scene.talking()
    spans = _spans(scene.caller.heard()[before:])
    silence, rest = spans.get(SILENCE, 0.0), spans.get(OTHER, 0.0)
    return [
        Row("browser drops, silence", silence, "ms", note=f"then {rest:.0f} ms of music, {AWAY:.0f} s away"),
        Row("browser is back, session stands", again, "ms", note="and the call goes on"),
    ]


async def _gateway(scene: Scene) -> list[Row]:
    before = scene.heard()
    os.kill(scene.process("softphone/start.py"), signal.SIGKILL)
    await scene.agent.sent_away()
    await scene.agent.comes_back()
    await scene.talking()
    spans = _spans(scene.caller.heard()[before:])
    silence, rest = spans.get(SILENCE, 0.0), spans.get(OTHER, 0.0)
    return [
        Row("softphones' process dies, silence", silence, "ms", note=f"then {rest:.0f} ms of music, then the agent")
    ]


async def _media(scene: Scene) -> Row:
    killed = time.monotonic()
    os.kill(scene.process("media/start.py"), signal.SIGKILL)
    await scene.caller.until("CALL_CLOSED")
    return Row("media process dies, until it is hung up", 1000 * (time.monotonic() - killed), "ms")


async def _hub(scene: Scene) -> Row:
    """Nobody is left who could hang up: the caller does, or their carrier when nothing comes any more."""
    killed = time.monotonic()
    await scene.hub.kill()
    heard, last = scene.heard(), killed
    while time.monotonic() - last < 1:
        await asyncio.sleep(0.02)  # what is heard is looked at
        if (now := scene.heard()) > heard:
            heard, last = now, time.monotonic()
    return Row("hub dies, until its audio ends", 1000 * (last - killed), "ms", note="silence until the caller hangs up")


def _spans(sound: Sound) -> dict[str, float]:
    """Milliseconds of each thing in it, looked at every 20 ms."""
    found: dict[str, float] = {}
    for start in range(0, len(sound) - WINDOW * FRAME, FRAME):
        what = _what(sound[start : start + WINDOW * FRAME])
        found[what] = found.get(what, 0.0) + 1000 * FRAME / RATE
    return found


def _what(sound: Sound) -> str:
    if float(np.sqrt(np.mean(sound**2))) < QUIET:
        return SILENCE
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2
    near = np.abs(np.fft.rfftfreq(len(sound), 1 / RATE) - AGENT) < 40
    return AGENT_HEARD if spectrum[near].sum() / spectrum.sum() > SHARE else OTHER


@asynccontextmanager
async def _scene() -> AsyncIterator[Scene]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hub-bench-")))
        (folder / "hub.toml").write_text(SITE, encoding="utf-8")
        hub = await stack.enter_async_context(HubProcess(folder, f"sqlite:///{folder / 'bench.db'}"))
        program = await stack.enter_async_context(async_playwright())
        browser = await program.chromium.launch(executable_path=PROGRAM, args=FLAGS)
        stack.push_async_callback(browser.close)
        agent = BrowserPhone(await browser.new_page(bypass_csp=True), hub.http, AGENT)
        await agent.opens("ann", PASSWORD)
        screen = await stack.enter_async_context(HubClient(hub.http))
        await screen.log_in("ann", PASSWORD)
        await screen.put("/me/presence", {"state": "READY"})
        account = "<sip:+8613800138000@127.0.0.1:{sip}>;regint=0"
        caller = await stack.enter_async_context(Baresip(folder / "caller", account, CUSTOMER))
        await caller.do("dial", f"sip:{DESK}@127.0.0.1:{await _port(hub)}")
        await agent.says("answer", (await agent.becomes("RINGING"))["leg"])
        scene = Scene(hub, caller, agent)
        try:
            await scene.talking()
        except TimeoutError:
            raise Unfinished("caller and agent never heard each other") from None
        yield scene


async def _port(hub: HubProcess) -> int:
    """Where the number is called."""
    async with HubClient(hub.http) as admin:
        await admin.log_in("admin", PASSWORD)
        trunks = (await admin.of_plugin("GET", "/sip/status"))["trunks"]
    listens = next(each["listens"] for each in trunks if each["connection"] == "Trunk")
    return int(str(listens).partition(",")[0].rpartition(":")[2])
