"""An agent with the inbox and a headset: the card's Accept answers a real call, both sides hear each other, and a page
that is loaded anew is in the same call."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.desk import PATIENCE, Desk
from tests.browser.office import PASSWORD
from tests.support.fixtures import StartHub
from tests.support.hub_process import HubProcess
from tests.voice.baresip import Baresip
from tests.voice.house import DESK
from tests.voice.test_two_nodes import AGENT, CUSTOMER, hears

pytestmark = [pytest.mark.slow, pytest.mark.peer]
NUMBER = "+8613800138000"
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
[[users]]
login = "ann"
name = "Ann"
password = "{PASSWORD}"
roles = ["agent"]
queues = ["desk"]
"""
# a headset that sounds a tone and lets us listen in: what is between it and the hub is the inbox's own
HEADSET = f"""
navigator.mediaDevices.getUserMedia = async () => {{
  const sounds = new AudioContext();
  const voice = sounds.createOscillator();
  const mouth = sounds.createMediaStreamDestination();
  voice.frequency.value = {AGENT};
  voice.connect(mouth);
  voice.start();
  return mouth.stream;
}};
window.RTCPeerConnection = class extends RTCPeerConnection {{
  constructor(...given) {{
    super(...given);
    this.addEventListener("track", ({{ track }}) => {{
      const sounds = new AudioContext();
      window.ear = sounds.createAnalyser();
      window.ear.fftSize = 8192;
      sounds.createMediaStreamSource(new MediaStream([track])).connect(window.ear);
    }});
  }}
}};
"""
LOUDEST = """
() => {
  if (!window.ear) return false;
  const bins = new Float32Array(window.ear.frequencyBinCount);
  window.ear.getFloatFrequencyData(bins);
  const peak = bins.indexOf(Math.max(...bins));
  return bins[peak] > -50 && Math.abs((peak * window.ear.context.sampleRate) / window.ear.fftSize - %d) < 20;
}
"""


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is heard does not depend on the database."""
    return sqlite_url


@pytest.fixture
async def office(hub_process: StartHub, tmp_path: Path) -> HubProcess:
    (tmp_path / "hub.toml").write_text(SITE, encoding="utf-8")
    return await hub_process()


async def test_accept_is_answer_and_a_page_loaded_anew_is_in_the_same_call(
    office: HubProcess, page: Page, tmp_path: Path
) -> None:
    await page.add_init_script(HEADSET)
    ann = Desk(page, office.http)
    await ann.come_back("ann")
    await ann.at("softphone").click()
    await ann.at("softphone-on").click()
    await ann.sees("softphone-state", "Ready")
    await ann.at("rings-browser").click()
    await expect(ann.at("rings-browser")).to_have_attribute("aria-pressed", "true", timeout=PATIENCE)
    await page.keyboard.press("Escape")
    await ann.be("READY")
    async with Baresip(tmp_path / "caller", f"<sip:{NUMBER}@127.0.0.1:{{sip}}>;regint=0", CUSTOMER) as caller:
        await caller.do("dial", f"sip:{DESK}@127.0.0.1:{office.port_of('Trunk')}")
        await ann.sees("offer-accept", "Answer")
        await ann.sees("caller-create")
        await page.keyboard.press("Alt+a")
        await they_talk(ann, caller)
        await page.reload()
        await they_talk(ann, caller)
        await ann.at("call-hang-up").click()
        await caller.until("CALL_CLOSED")
        await ann.sees_no("call-strip")


async def they_talk(ann: Desk, caller: Baresip) -> None:
    await ann.has("call-bar", "talking")
    await hears(caller, AGENT)
    await ann.page.wait_for_function(LOUDEST % CUSTOMER, timeout=PATIENCE)
    await expect(ann.at("call-levels").locator(".lit").first).to_be_visible(timeout=PATIENCE)
