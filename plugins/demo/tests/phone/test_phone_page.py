"""The phone in a real browser: its voice goes by WebRTC and SIP to a telephone outside, and that one's comes back."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from plugins.demo.tests.phone.far_side import PLAYED, FarSide
from tests.support.hub_process import HubProcess

pytestmark = pytest.mark.slow

PATIENCE = 20_000.0
SPOKEN = 940
"""Hertz of the customer's voice: the browser's microphone is an oscillator."""

MICROPHONE = """
navigator.mediaDevices.getUserMedia = async () => {
  const context = new AudioContext();
  const [voice, mouth] = [context.createOscillator(), context.createMediaStreamDestination()];
  voice.frequency.value = %d;
  voice.connect(mouth);
  voice.start();
  return mouth.stream;
};
"""
HEARD = """
async () => {
  const context = new AudioContext();
  const ear = context.createAnalyser();
  ear.fftSize = 8192;
  context.createMediaStreamSource(document.getElementById("ear").srcObject).connect(ear);
  const bins = new Float32Array(ear.frequencyBinCount);
  for (let looks = 0; looks < 200; looks += 1) {
    ear.getFloatFrequencyData(bins);
    const peak = bins.indexOf(Math.max(...bins));
    if (bins[peak] > -40) return (peak * context.sampleRate) / ear.fftSize;
    await new Promise((done) => requestAnimationFrame(done));
  }
  return 0;
}
"""


async def dial(page: Page, desk: HubProcess, number: str = "+86 400 123 4567") -> None:
    await page.add_init_script(MICROPHONE % SPOKEN)
    await page.goto(f"{desk.http}/p/demo/phone")
    await page.get_by_test_id("phone-number").fill(number)
    await page.get_by_test_id("phone-hook").click()


async def says(page: Page, sentence: str) -> None:
    await expect(page.get_by_test_id("phone-said")).to_have_text(sentence, timeout=PATIENCE)


async def test_a_customer_calls_from_the_browser(desk: HubProcess, callee: FarSide, page: Page) -> None:
    """Three calls from one page: the customer hangs up, the other side does, and then nobody is there."""
    await dial(page, desk)
    await talk(callee, page)
    await page.get_by_test_id("phone-hook").click()
    await says(page, "You hung up.")
    await callee.next("state", "DISCONNECTED")
    await page.get_by_test_id("phone-hook").click()
    await callee.next("invite")
    callee.do("answer")
    await says(page, "Connected")
    callee.do("hang_up")
    await says(page, "The other side hung up.")
    assert abs(await callee.loudest() - SPOKEN) <= 20
    await page.get_by_test_id("phone-hook").click()
    await says(page, "The hub cannot be reached by phone: nothing answers at its SIP port.")


async def talk(callee: FarSide, page: Page) -> None:
    """Both hear each other; a key arrives as an event; mute is silent; a hold is told."""
    invite = (await callee.next("invite"))["invite"]
    assert "INVITE sip:+864001234567@127.0.0.1" in invite
    assert "P-Asserted-Identity: <sip:+442079460101@" in invite, "Emma Clarke's number"
    await says(page, "It is ringing…")
    callee.do("answer")
    await says(page, "Connected")
    assert abs(await page.evaluate(HEARD) - PLAYED) < 20
    await page.get_by_role("button", name="5", exact=True).click()
    assert await callee.next("key") == {"event": "key", "key": "5", "rfc_4733": True}
    await page.get_by_test_id("phone-mute").click()
    await page.wait_for_function("() => document.getElementById('mine').value < 0.01", timeout=PATIENCE)
    await page.get_by_test_id("phone-mute").click()
    await page.wait_for_function("() => document.getElementById('mine').value > 0.1", timeout=PATIENCE)
    callee.do("hold")
    await says(page, "You are on hold.")
    callee.do("resume")
    await says(page, "Connected")
