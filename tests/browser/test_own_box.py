"""An agent has a box of their own from now on; a caller is passed on to them, leaves a message, and is called back."""

from __future__ import annotations

import base64

from playwright.async_api import FilePayload, expect

from tests.browser.conftest import SitDown
from tests.browser.desk import PATIENCE
from tests.browser.test_accessibility import faults
from tests.browser.test_calls import Hotline, _talk, hotline
from tests.browser.test_follow_ups import BEAR, _picture
from tests.toy.tests.test_voicemails import sound

__all__ = ["hotline"]  # the fixture
GREETING = "我是汤姆，请留言。"


async def test_a_caller_leaves_a_message_for_who_does_not_answer(hotline: Hotline, sit_down: SitDown) -> None:
    lin, tom = await sit_down(hotline, "lin"), await sit_down(hotline, "tom", locale="zh-CN")
    await tom.at("user-menu").click()
    await _picture(tom, "menu-zh")
    await tom.at("menu-box").click()
    await tom.at("box-enabled").click()
    await tom.at("box-greeting").fill(GREETING)
    wav = FilePayload(name="hello.wav", mimeType="audio/wav", buffer=base64.b64decode(sound()))
    await tom.at("box-file").set_input_files(wav)
    await tom.sees("box-recorded")
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
    assert (await hotline.told("place"))["to"] == "bear"
    await lin.turn_to("/follow-ups/voicemails", "followups-page")
    await expect(lin.at("voicemail")).to_have_count(0)
