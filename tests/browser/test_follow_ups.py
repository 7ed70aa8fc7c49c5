"""What is owed to customers, on one page: missed calls, messages, promised calls; and what settled each."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.async_api import expect

from tests.browser.conftest import SitDown
from tests.browser.desk import PATIENCE, Desk
from tests.browser.test_accessibility import faults
from tests.browser.test_calls import Hotline, hotline
from tests.toy.tests.test_voicemails import sound

__all__ = ["hotline"]  # the fixture
BEAR = {"from": "bear", "name": "Wang Fang"}


async def _picture(desk: Desk, name: str) -> None:
    """Kept for people to look at, when they say where: in the light and in the dark."""
    if folder := os.environ.get("PICTURES"):
        for scheme in ("light", "dark"):
            await desk.page.emulate_media(color_scheme=scheme)
            await desk.page.screenshot(path=Path(folder) / f"{name}-{scheme}.png")


async def _show(desk: Desk, kind: str) -> None:
    await desk.at(f"owed-{kind}").click()


async def test_who_gave_up_is_heard_called_and_settled(hotline: Hotline, sit_down: SitDown) -> None:
    exchange = hotline.exchange
    await exchange.say("say", text="Ring", **BEAR)
    await hotline.told("waiting")
    await exchange.say("voicemail", sound=sound(), **BEAR)
    await hotline.fact("ENDED", cause="HUNG_UP")
    await hotline.told("end")
    lin = await sit_down(hotline, "lin", path="/follow-ups")

    row = lin.at("followups-row")
    await expect(row).to_contain_text("Wang Fang", timeout=PATIENCE)
    await row.get_by_test_id("assignee").click()
    await lin.page.get_by_text("Lin Yue").last.click()
    await expect(row).to_contain_text("Lin Yue", timeout=PATIENCE)
    assert await faults(lin) == [], "missed calls"
    await _picture(lin, "missed")

    await _show(lin, "voicemails")
    card = lin.at("voicemail")
    await expect(card).to_contain_text("New", timeout=PATIENCE)
    await card.get_by_test_id("sound-play").click()
    await expect(card).to_contain_text("heard by Lin Yue", timeout=PATIENCE)
    assert await faults(lin) == [], "voicemails"
    await _picture(lin, "voicemails")

    await _show(lin, "callbacks")
    await lin.at("new-callback").click()
    await lin.at("callback-number").fill("bear")
    assert await faults(lin) == [], "the dialog"
    await _picture(lin, "promise")
    await lin.at("promise-call").click()
    await expect(lin.at("callbacks-row")).to_contain_text("Waiting", timeout=PATIENCE)
    assert await faults(lin) == [], "promised calls"
    await _picture(lin, "callbacks")
    tom = await sit_down(hotline, "tom", path="/follow-ups/callbacks", locale="zh-CN")
    await expect(tom.at("callbacks-row")).to_contain_text("等待中", timeout=PATIENCE)
    await _picture(tom, "callbacks-zh")

    await lin.be("READY")
    await lin.sees("offer-kind", "your phone rings, then theirs")
    await _picture(lin, "offer")
    await lin.accept()
    placed = await hotline.calls()
    assert placed["to"] == "bear"
    await hotline.fact("ANSWERED", placed["leg"], session=placed["session"])
    await hotline.fact("ANSWERED", session=placed["session"])
    await tom.at("owed-state").click()
    await tom.page.get_by_text("已处理").last.click()
    await expect(tom.at("callbacks-row")).to_contain_text("已联系", timeout=PATIENCE)
    await _show(tom, "missed")
    await expect(tom.at("closed-by")).to_be_visible(timeout=PATIENCE)
    await expect(tom.at("followups-row")).to_have_count(1)
    await _picture(tom, "settled-zh")
    await tom.at("closed-by").click()
    await tom.has("conversation", "CONNECTED")
    await _picture(tom, "conversation-zh")
