"""An agent has a box of their own from now on; a caller is passed on to them, leaves a message, and is called back."""

from __future__ import annotations

import array
import base64
import io
import re
import wave

from playwright.async_api import FilePayload, expect

from tests.browser.conftest import SitDown
from tests.browser.desk import PATIENCE, Desk
from tests.browser.test_accessibility import faults
from tests.browser.test_calls import Hotline, _talk, hotline
from tests.browser.test_follow_ups import BEAR, _picture
from tests.toy.tests.test_voicemails import sound

__all__ = ["hotline"]  # the fixture
GREETING = "我是汤姆，请留言。"
# once: the tests' browser asks nobody, so nobody can refuse it
REFUSED = """() => navigator.mediaDevices.getUserMedia = async () => {
  delete navigator.mediaDevices.getUserMedia;
  throw new DOMException("", "NotAllowedError");
}"""
SECONDS = re.compile(r"^(0:0[2-9]|0:[1-5]|1:)")  # two at least: a busy browser is not looked at in each
PLAYED = "(sound) => sound.currentTime > 0 && sound.duration > 1"


async def test_a_caller_leaves_a_message_for_who_does_not_answer(hotline: Hotline, sit_down: SitDown) -> None:
    lin, tom = await sit_down(hotline, "lin"), await sit_down(hotline, "tom", locale="zh-CN")
    await tom.at("user-menu").click()
    await _picture(tom, "menu-zh")
    await tom.at("menu-box").click()
    await tom.at("box-enabled").click()
    await _speak_a_greeting(tom)
    await tom.at("box-greeting").fill(GREETING)
    wav = FilePayload(name="hello.wav", mimeType="audio/wav", buffer=base64.b64decode(sound()))
    async with tom.page.expect_response("**/own-box/greeting"):
        await tom.at("box-file").set_input_files(wav)
    assert await faults(tom) == [], "the box"
    await _picture(tom, "own-box-zh")
    await tom.at("box-save").click()
    await tom.sees_no("own-box")

    await _talk(hotline, lin)
    await lin.at("call-transfer").click()
    await lin.page.get_by_text("To a colleague").click()
    await lin.at("transfer-user").click()
    await lin.page.get_by_text("Tom Becker").last.click()
    await lin.at("or-box").click()
    assert await faults(lin) == [], "the transfer"
    await _picture(lin, "or-box")
    await lin.at("transfer-confirm").click()
    await hotline.exchange.until("delivery", lambda entry: entry["text"] == GREETING)
    await hotline.exchange.say("voicemail", sound=sound(), **BEAR)
    await hotline.told("end")

    await tom.turn_to("/follow-ups/voicemails", "followups-page")
    card = tom.at("voicemail")
    await expect(card).to_contain_text("Tom Becker 的个人信箱", timeout=PATIENCE)
    await _picture(tom, "left-zh")
    await tom.be("READY")
    await card.get_by_test_id("call-identity").click()
    assert (await hotline.calls())["to"] == "bear"
    await lin.turn_to("/follow-ups/voicemails", "followups-page")
    await expect(lin.at("voicemail")).to_have_count(0)


async def _speak_a_greeting(desk: Desk) -> None:
    """Not before the browser lets them; then recorded, heard, kept and heard again, by the keyboard alone."""
    record = desk.at("greeting-record")
    await desk.page.evaluate(f"void ({REFUSED})()")
    await record.press("Enter")
    await desk.sees("greeting-trouble", "浏览器未获准使用麦克风")
    await _picture(desk, "greeting-refused")
    await record.press("Enter")
    await expect(desk.at("greeting-time")).to_have_text(SECONDS, timeout=PATIENCE)
    await expect(desk.at("greeting-level")).not_to_have_attribute("aria-valuenow", "0", timeout=PATIENCE)
    assert await faults(desk) == [], "recording"
    await _picture(desk, "greeting-recording")
    await record.press("Enter")
    await _hear(desk, "greeting-made")
    await desk.sees_no("greeting-trouble")
    assert await faults(desk) == [], "recorded"
    await _picture(desk, "greeting-made")
    await desk.at("greeting-keep").press("Enter")
    await desk.sees_no("greeting-made")
    await expect(record).to_be_focused()
    await _hear(desk, "greeting-kept")
    await _check_kept(desk)


async def _hear(desk: Desk, testid: str) -> None:
    await desk.at(testid).press("Space", timeout=PATIENCE)
    played = await desk.at(testid).element_handle()
    await desk.page.wait_for_function(PLAYED, arg=played, timeout=PATIENCE)


async def _check_kept(desk: Desk) -> None:
    """What the hub has is what was said: a WAV file of seconds that is not silent."""
    answer = await desk.page.request.get(f"{desk.url}/api/v1/me/own-box/greeting")
    with wave.open(io.BytesIO(await answer.body())) as kept:
        assert (kept.getnchannels(), kept.getsampwidth()) == (1, 2)
        assert 1 < kept.getnframes() / kept.getframerate() < 120
        assert max(array.array("h", kept.readframes(kept.getnframes()))) > 300, "silent"
