"""The widget in a real browser, on a page of a shop that is not the hub's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import FilePayload, Page, expect

from plugins.web_chat.tests.agent import Agent
from plugins.web_chat.tests.shop import Shop, Visit, begin, say, site_for
from tests.support.fixtures import StartHub
from tests.support.hub_process import HubProcess
from tests.support.ports import free_port

PHONE = {"width": 390, "height": 780}
AXE = Path(__file__).parents[1] / "ui/node_modules/axe-core/axe.min.js"
MOVING = "host => [...host.shadowRoot.querySelectorAll('*')].some(e => getComputedStyle(e).animationName != 'none')"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63606060000000040001f61738550000000049454e44ae426082"
)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The browser sees no database: one is enough."""
    return sqlite_url


@pytest.fixture
async def hub(hub_process: StartHub, tmp_path: Path, shop: Shop) -> HubProcess:
    (tmp_path / "hub.toml").write_text(site_for(shop))
    return await hub_process(HUB_PORT=str(free_port()))


def progress(page: Page) -> Any:
    return page.get_by_test_id("chat-progress").last


async def test_a_conversation_from_the_first_word_to_the_rating(visit: Visit, mei: Agent) -> None:
    page = await visit()
    await begin(page)
    await expect(page.get_by_test_id("chat-status")).to_contain_text("next in line")
    await expect(progress(page)).to_have_attribute("data-progress", "delivered")
    interaction = await mei.accept()
    await expect(page.get_by_test_id("chat-status")).to_contain_text("You are chatting with Mei Lin")
    await mei.call("POST", f"/interactions/{interaction}/typing", {"typing": True})
    await expect(page.get_by_test_id("chat-typing")).to_be_visible()
    await mei.write(interaction, "Hello! Did you try <b>this</b>: https://help.shop.test/e12?")
    await expect(page.get_by_test_id("chat-message-theirs")).to_contain_text("<b>this</b>")
    await expect(page.get_by_role("link", name="https://help.shop.test/e12")).to_be_visible()
    await expect(page.get_by_test_id("chat-typing")).not_to_be_visible()
    await expect(progress(page)).to_have_attribute("data-progress", "read")
    await mei.until_delivered(interaction, "READ")
    await page.get_by_test_id("chat-input").press_sequentially("I will tr")
    assert (await mei.signal())["data"]["typing"] is True
    await mei.call("POST", f"/interactions/{interaction}/close", {})
    await page.get_by_test_id("chat-star-4").click()
    await page.get_by_test_id("chat-rating-comment").fill("quick")
    await page.get_by_test_id("chat-rate").click()
    await expect(page.get_by_test_id("chat-ended")).to_contain_text("Thank you")
    await expect(page.get_by_test_id("chat-log")).to_contain_text("4 of 5 stars")
    assert (await mei.messages(interaction))[-1]["kind"] == "RATING"


async def test_in_chinese_on_a_phone_the_chat_is_the_page(visit: Visit, mei: Agent) -> None:
    page = await visit("form", "zh", viewport=PHONE, has_touch=True)
    await page.get_by_test_id("chat-launcher").tap()
    panel = page.get_by_test_id("chat-panel")
    await panel.evaluate("panel => Promise.all(panel.getAnimations().map(each => each.finished))")  # it slides in
    assert await panel.bounding_box() == {"x": 0, "y": 0, **PHONE}
    await expect(page.get_by_test_id("chat-launcher")).not_to_be_visible()
    await page.get_by_test_id("chat-form-send").tap()
    await expect(page.get_by_role("alert").first).to_have_text("请填写此项")
    await expect(page.get_by_test_id("chat-form-name")).to_be_focused()
    await page.get_by_test_id("chat-form-name").fill("王小明")
    await page.get_by_test_id("chat-form-mailto").fill("wang@")
    await page.get_by_test_id("chat-form-text").fill("咖啡机坏了")
    await page.get_by_test_id("chat-form-send").tap()
    await expect(page.get_by_role("alert").first).to_have_text("邮箱格式不正确")
    await page.get_by_test_id("chat-form-mailto").fill("wang@example.cn")
    await page.get_by_test_id("chat-form-send").tap()
    await expect(page.get_by_test_id("chat-status")).to_contain_text("下一位就是您")
    interaction = await mei.accept()
    customer = (await mei.call("GET", f"/interactions/{interaction}"))["customer"]
    assert customer["name"] == "王小明"
    await expect(page.get_by_test_id("chat-status")).to_contain_text("Mei Lin 正在为您服务")


async def test_a_hub_that_dies_and_comes_back_costs_nothing(visit: Visit, hub: HubProcess, mei: Agent) -> None:
    page = await visit()
    await begin(page, "before")
    interaction = await mei.accept()
    await hub.kill()
    await expect(page.get_by_test_id("chat-banner")).to_contain_text("Reconnecting")
    await say(page, "meanwhile")
    await expect(progress(page)).to_have_attribute("data-progress", "sending")
    await hub.start()
    await expect(page.get_by_test_id("chat-banner")).not_to_be_visible(timeout=20_000)
    await expect(progress(page)).to_have_attribute("data-progress", "delivered")
    await expect(page.get_by_test_id("chat-message-own")).to_have_count(2)
    async with Agent(hub) as again:
        assert [each["text"] for each in await again.messages(interaction)] == ["before", "meanwhile"]


async def test_who_comes_back_finds_the_conversation_and_what_was_answered_meanwhile(visit: Visit, mei: Agent) -> None:
    page = await visit()
    await begin(page, "Hello?")
    interaction = await mei.accept()
    await page.get_by_test_id("chat-close").click()
    await mei.write(interaction, "Hello!")
    await expect(page.get_by_test_id("chat-unread")).to_have_text("1")
    await page.reload()
    await expect(page.get_by_test_id("chat-unread")).to_have_text("1")
    await page.get_by_test_id("chat-launcher").click()
    await expect(page.get_by_test_id("chat-message-own")).to_contain_text("Hello?")
    await expect(page.get_by_test_id("chat-message-theirs")).to_contain_text("Hello!")
    await expect(page.get_by_test_id("chat-unread")).not_to_be_visible()


async def test_outside_hours_a_message_is_left_and_its_serial_read(visit: Visit, mei: Agent) -> None:
    page = await visit("night")
    await page.get_by_test_id("chat-launcher").click()
    await page.get_by_test_id("chat-form-mailto").fill("a@example.com")
    await page.get_by_test_id("chat-form-text").fill("Please call me")
    await page.get_by_test_id("chat-form-send").click()
    (ticket,) = await mei.until(mei.tickets)
    serial = ticket["serial"]
    await expect(page.get_by_test_id("chat-left")).to_contain_text(f"{serial[:4]}-{serial[4:8]}-{serial[8:]}")


async def test_pictures_and_cards_are_shown_and_what_is_not_allowed_is_said(visit: Visit, mei: Agent) -> None:
    page = await visit()
    await begin(page)
    interaction = await mei.accept()
    picture: FilePayload = {"name": "脏 <b>.png", "mimeType": "image/png", "buffer": PIXEL}
    await page.get_by_test_id("chat-file").set_input_files(picture)
    await expect(progress(page)).to_have_attribute("data-progress", "delivered")
    await expect(page.get_by_role("img", name="脏 <b>.png")).to_be_visible()
    wrong: FilePayload = {"name": "a.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"}
    await page.get_by_test_id("chat-file").set_input_files(wrong)
    await expect(page.get_by_test_id("chat-banner")).to_contain_text("cannot be sent")
    card = {"url": "https://shop.test/gasket", "title": "Gasket"}
    await mei.call("POST", f"/interactions/{interaction}/messages", {"kind": "CARD", "text": "", "fields": card})
    await expect(page.get_by_test_id("chat-card")).to_have_attribute("href", "https://shop.test/gasket")


async def test_everything_is_reached_by_keyboard_and_focus_comes_back(visit: Visit) -> None:
    page = await visit()
    await page.get_by_test_id("chat-launcher").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("chat-input")).to_be_focused()
    await page.keyboard.type("Hello")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("there")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("chat-message-own")).to_contain_text("Hello\nthere")
    await page.get_by_test_id("chat-menu").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("chat-end")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("chat-end")).not_to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("chat-panel")).not_to_be_visible()
    await expect(page.get_by_test_id("chat-launcher")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_stands_in_the_way_of_assistive_technology(visit: Visit, mei: Agent, scheme: str) -> None:
    page = await visit(color_scheme=scheme, reduced_motion="reduce", bypass_csp=True)
    await begin(page)
    interaction = await mei.accept()
    await mei.write(interaction, "See https://help.shop.test/e12")
    await expect(page.get_by_test_id("chat-message-theirs")).to_be_visible()
    assert not await page.locator("contact-hub-chat").evaluate(MOVING)
    await page.add_script_tag(path=str(AXE))
    found = await page.evaluate("axe.run('contact-hub-chat', {rules: {region: {enabled: false}}})")
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]] == []
