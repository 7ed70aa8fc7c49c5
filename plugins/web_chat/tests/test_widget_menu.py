"""A flow's choices are buttons in the widget: pressed once by mouse or keyboard, or typed, and gone when answered."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from plugins.web_chat.tests.agent import SITE, Agent
from plugins.web_chat.tests.shop import Shop, Visit, begin, say, site_for
from tests.support.fixtures import StartHub
from tests.support.hub_process import HubProcess
from tests.toy.tests.test_kill import installed

WITH_MENU = SITE.replace('"web_chat"]', '"web_chat", "toy"]').replace(
    'address = "widget:shop"', 'address = "widget:shop"\nflow = "toy_menu"'
)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The browser sees no database: one is enough."""
    return sqlite_url


@pytest.fixture
async def hub(hub_process: StartHub, tmp_path: Path, shop: Shop) -> HubProcess:
    (tmp_path / "hub.toml").write_text(site_for(shop, WITH_MENU))
    return await hub_process(PYTHONPATH=installed(tmp_path))


async def asked(page: Page) -> None:
    """The menu stands there with both its buttons."""
    await begin(page, "Hello")
    await expect(page.get_by_role("group", name="What is it about?")).to_be_visible()
    await expect(page.get_by_test_id("chat-choice")).to_have_text(["A repair", "Opening hours"])


async def test_a_pressed_choice_is_said_and_answered_and_its_buttons_are_gone(visit: Visit, mei: Agent) -> None:
    page = await visit()
    await asked(page)
    await page.get_by_role("button", name="A repair").click()
    await expect(page.get_by_test_id("chat-message-own").last).to_contain_text("A repair")
    await expect(page.get_by_test_id("chat-message-theirs").last).to_contain_text("What is broken?")
    await expect(page.get_by_test_id("chat-choice")).to_have_count(0)
    await say(page, "The grinder")
    await expect(page.get_by_test_id("chat-message-theirs").last).to_contain_text("look after your The grinder")
    interaction = await mei.accept()
    said = [each["text"] for each in await mei.messages(interaction) if each["direction"] == "INBOUND"]
    assert said == ["Hello", "A repair", "The grinder"]


async def test_the_keyboard_reaches_a_choice_and_focus_is_not_lost_with_its_button(visit: Visit) -> None:
    page = await visit()
    await asked(page)
    await page.get_by_role("button", name="Opening hours").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("chat-message-theirs").last).to_contain_text("We are open from 9 to 5.")
    await expect(page.get_by_test_id("chat-log")).to_be_focused()


async def test_the_focus_goes_from_the_composer_to_what_takes_its_place(visit: Visit, mei: Agent) -> None:
    page = await visit()
    await asked(page)
    await say(page, "1")
    await say(page, "The grinder")
    interaction = await mei.accept()
    await mei.write(interaction, "Bring it in.")
    await expect(page.get_by_test_id("chat-message-theirs").last).to_contain_text("Bring it in.")
    await expect(page.get_by_test_id("chat-input")).to_be_focused()
    await mei.call("POST", f"/interactions/{interaction}/close", {})
    await expect(page.get_by_test_id("chat-rating")).to_be_focused()
    await page.get_by_role("button", name="Not now").click()
    await expect(page.get_by_test_id("chat-ended")).to_be_focused()


async def test_who_types_the_key_is_understood_as_well(visit: Visit) -> None:
    page = await visit()
    await asked(page)
    await say(page, "1")
    await expect(page.get_by_test_id("chat-message-theirs").last).to_contain_text("What is broken?")


async def test_after_a_reload_the_open_question_still_has_its_buttons(visit: Visit) -> None:
    page = await visit()
    await asked(page)
    await page.reload()
    await page.get_by_test_id("chat-launcher").click()
    await expect(page.get_by_test_id("chat-choice")).to_have_count(2)
    await page.get_by_role("button", name="Opening hours").click()
    await expect(page.get_by_test_id("chat-message-theirs").last).to_contain_text("9 to 5")
