"""An agent in one Chromium, their supervisor in another, a colleague and a caller, each with a tone of their own: whom
each hears is measured in every way of being in a call, and so is what the recording has of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from plugins.demo.hub_client import HubClient
from tests.browser.desk import PATIENCE, Desk
from tests.browser.office import PASSWORD
from tests.support.chromium import FLAGS, PROGRAM
from tests.support.fixtures import StartHub
from tests.support.hub_process import HubProcess
from tests.voice.baresip import Baresip, Sound
from tests.voice.browser_phone import BrowserPhone
from tests.voice.house import DESK, LOOKS
from tests.voice.sounds import share, stereo
from tests.voice.test_softphone import recordings

pytestmark = [pytest.mark.slow, pytest.mark.peer]
CALLER, BO, ANN, EVE = 500, 800, 1250, 1700
ALL = {CALLER, BO, ANN, EVE}
HEARD, UNHEARD = 0.1, 0.05
LOUD = 0.2
"""Of what there is: four at once are not too loud for the line."""
WINDOW = 2000
"""Samples: a quarter of a second."""
USER = """
[[users]]
login = "{login}"
name = "{name}"
password = "{password}"
roles = ["{role}"]
queues = [{queue}]
"""
PEOPLE = (("ann", "agent", '"desk"'), ("bo", "agent", '"desk"'), ("eve", "supervisor", ""), ("ada", "admin", ""))
SITE = f"""
[site]
name = "One"
plugins = ["sip"]
[[connections]]
name = "Trunk"
channel = "sip"
settings = {{ listen_port = 0, peers = ["127.0.0.1"] }}
[[queues]]
key = "desk"
name = "Desk"
wrap_up_seconds = 0
[[accounts]]
name = "Desk"
channel = "sip"
connection = "Trunk"
address = "tel:{DESK}"
queue = "desk"
settings = {{ record = true }}
""" + "".join(
    USER.format(login=login, name=login.title(), password=PASSWORD, role=role, queue=queue)
    for login, role, queue in PEOPLE
)
HEADSET = """
navigator.mediaDevices.getUserMedia = async () => {
  const sounds = new AudioContext();
  const [voice, softer] = [sounds.createOscillator(), sounds.createGain()];
  const mouth = sounds.createMediaStreamDestination();
  voice.frequency.value = %d;
  softer.gain.value = %s;
  voice.connect(softer).connect(mouth);
  voice.start();
  return mouth.stream;
};
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...given) {
    super(...given);
    this.addEventListener("track", ({ track }) => {
      const sounds = new AudioContext();
      window.ear = sounds.createAnalyser();
      window.ear.fftSize = 8192;
      sounds.createMediaStreamSource(new MediaStream([track])).connect(window.ear);
    });
  }
};
"""
SHARES = """
(tones) => {
  const heard = new Float32Array(window.ear.fftSize);
  window.ear.getFloatTimeDomainData(heard);
  const power = heard.reduce((sum, sample) => sum + sample * sample, 0);
  if (power < 0.01) return tones.map(() => 0);
  return tones.map((hertz) => {
    const turn = 2 * Math.cos((2 * Math.PI * hertz) / window.ear.context.sampleRate); // Goertzel
    let [last, before] = [0, 0];
    for (const sample of heard) [last, before] = [sample + turn * last - before, last];
    return (2 * (last * last + before * before - turn * last * before)) / (heard.length * power);
  });
}
"""


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is heard does not depend on the database."""
    return sqlite_url


@pytest.fixture
async def another_browser(browser: Browser) -> AsyncIterator[Browser]:
    """A Chromium of the supervisor's own."""
    async with await browser.browser_type.launch(executable_path=PROGRAM, args=FLAGS) as launched:
        yield launched


class Floor:
    """Ann and Eve with the inbox and a headset, Bo with the headset alone, and a caller."""

    def __init__(self, hub: HubProcess, ann: Desk, eve: Desk, bo: BrowserPhone, caller: Baresip) -> None:
        self.hub, self.ann, self.eve, self.bo, self.caller = hub, ann, eve, bo, caller

    async def hear(self, wanted: Mapping[str, set[int]]) -> None:
        """Each of these hears just these tones of all there are."""
        found: dict[str, dict[int, float]] = {}
        for _ in range(LOOKS):
            await asyncio.sleep(0.25)  # sound takes its time
            found = {name: await self._shares(name) for name in wanted}
            if all(_just(found[name], tones) for name, tones in wanted.items()):
                return
        raise AssertionError(f"{found}, wanted {wanted}")

    async def _shares(self, name: str) -> dict[int, float]:
        if name == "caller":
            return {tone: self.caller.loudness(tone, 0.5) for tone in ALL}
        page = self.ann.page if name == "ann" else self.eve.page
        return dict(zip(sorted(ALL), await page.evaluate(SHARES, sorted(ALL)), strict=True))

    async def monitors(self, way: str) -> None:
        """Eve chooses it from the menu of the one call."""
        await self.eve.at("live-row").get_by_test_id("monitor-1").click()
        await self.eve.at(f"monitor-{way}-1").click(timeout=PATIENCE)


def _just(found: Mapping[int, float], tones: set[int]) -> bool:
    return all((found[tone] > HEARD) if tone in tones else (found[tone] < UNHEARD) for tone in ALL)


async def with_headset(page: Page, hub: HubProcess, login: str, tone: int, path: str = "/") -> Desk:
    """Who sits there is logged in, and rings in this browser."""
    await page.add_init_script(HEADSET % (tone, LOUD))
    desk = Desk(page, hub.http)
    await desk.come_back(login, path)
    await desk.at("softphone").click()
    await desk.at("softphone-on").click()
    await desk.sees("softphone-state", "Ready")
    await page.keyboard.press("Escape")
    return desk


@pytest.fixture
async def floor(
    hub_process: StartHub, tmp_path: Path, browser: Browser, another_browser: Browser
) -> AsyncIterator[Floor]:
    await asyncio.to_thread((tmp_path / "hub.toml").write_text, SITE, encoding="utf-8")
    hub = await hub_process()
    ann = await with_headset(await browser.new_page(), hub, "ann", ANN)
    eve = await with_headset(await another_browser.new_page(), hub, "eve", EVE, "/live")
    bo = BrowserPhone(await browser.new_page(bypass_csp=True), hub.http, BO, LOUD)
    await bo.opens("bo", PASSWORD)
    async with Baresip(tmp_path / "caller", "<sip:+8613800138000@127.0.0.1:{sip}>;regint=0", CALLER) as caller:
        yield Floor(hub, ann, eve, bo, caller)


async def test_a_supervisor_with_a_headset_is_in_a_call_in_every_way_and_all_of_it_is_recorded(floor: Floor) -> None:
    ann, eve, bo, caller = floor.ann, floor.eve, floor.bo, floor.caller
    await ann.be("READY")
    await caller.do("dial", f"sip:{DESK}@127.0.0.1:{floor.hub.port_of('Trunk')}")
    await ann.sees("offer-accept", "Answer")  # it rings in this browser
    await ann.accept()
    await floor.hear({"caller": {ANN}, "ann": {CALLER}})

    await eve.sees("live-party", "Ann")
    await floor.monitors("LISTEN")
    await eve.at("device-answer").click(timeout=PATIENCE)
    await floor.hear({"caller": {ANN}, "ann": {CALLER}, "eve": {CALLER, ANN}})
    await floor.monitors("WHISPER")
    await floor.hear({"caller": {ANN}, "ann": {CALLER, EVE}, "eve": {CALLER, ANN}})
    await floor.monitors("BARGE")
    await floor.hear({"caller": {ANN, EVE}, "ann": {CALLER, EVE}, "eve": {CALLER, ANN}})

    async with AsyncExitStack() as stack:
        anns, bos, ada = [await logged_in(stack, floor.hub, login) for login in ("ann", "bo", "ada")]
        await bos.put("/me/presence", {"state": "READY"})
        [bo_s] = [each["id"] async for each in ada.each("/users") if each["login"] == "bo"]
        await anns.post("/interactions/1/consult", {"user": bo_s})
        leg = (await bo.becomes("RINGING"))["leg"]
        await bo.says("answer", leg)
        await bo.becomes("TALKING")
        await ann.at("consult-join").click(timeout=PATIENCE)
        await floor.hear({"caller": {ANN, BO, EVE}, "ann": {CALLER, BO, EVE}, "eve": {CALLER, ANN, BO}})
        await bo.says("hang_up", leg)
        await floor.monitors("LISTEN")
        await floor.hear({"caller": {ANN}, "ann": {CALLER}, "eve": {CALLER, ANN}})

        await anns.post("/interactions/1/transfer", {"user": bo_s, "ring": True})
        leg = (await bo.becomes("RINGING"))["leg"]
        await bo.says("hang_up", leg)
        await ann.at("call-answer").click(timeout=PATIENCE)
        await floor.hear({"caller": {ANN}, "ann": {CALLER}, "eve": {CALLER, ANN}})

        await eve.at("take-over-1").click()
        await eve.page.get_by_role("dialog").get_by_role("button", name="Take over").click()
        await ann.sees_no("call-bar")
        await floor.hear({"caller": {EVE}, "eve": {CALLER}})
        await caller.do("hangup")
        await eve.sees_no("call-bar")
        _is_whole(*await recorded(ada))


async def logged_in(stack: AsyncExitStack, hub: HubProcess, login: str) -> HubClient:
    client = await stack.enter_async_context(HubClient(hub.http))
    await client.log_in(login, PASSWORD)
    return client


async def recorded(ada: HubClient) -> tuple[Sound, Sound]:
    """What the caller said, and what they heard, once it is stored."""
    for _ in range(LOOKS):
        if found := await recordings(ada, 1):
            file = await ada._http.get(f"/attachments/{found[0]['attachments'][0]['id']}")
            return stereo(file.content)
        await asyncio.sleep(0.25)  # nothing tells a client without the stream
    raise AssertionError("not stored")


def _is_whole(said: Sound, heard: Sound) -> None:
    """The caller all the time, and everybody they heard, in that order; what was whispered is not in it."""
    assert share(said, CALLER) > 0.5
    pieces = [heard[start : start + WINDOW] for start in range(0, len(heard) - WINDOW, WINDOW)]
    tones = [{tone for tone in ALL if share(piece, tone) > HEARD} for piece in pieces]
    order = [tones.index(wanted) for wanted in ({ANN}, {ANN, EVE}, {ANN, BO, EVE})]
    assert order == sorted(order), tones
    back = tones[order[-1] :]
    assert back.index({ANN}) < len(back) - 1 - back[::-1].index({EVE}), "Ann again, then Eve"
    assert not any(CALLER in each for each in tones)
