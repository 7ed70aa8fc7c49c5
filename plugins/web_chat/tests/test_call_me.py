"""Visitors ask to be called: by a button on the page, and from the chat, where they keep the place they waited at."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from plugins.web_chat.tests.agent import SITE, Agent
from plugins.web_chat.tests.shop import Shop, Visit, begin, site_for
from tests.support.fixtures import StartHub
from tests.support.hub_process import HubProcess

LINE = """
[[connections]]
name = "Trunk"
channel = "sip"
settings = { listen_port = 0 }

[[accounts]]
name = "Hotline"
channel = "sip"
address = "tel:+861058880000"
connection = "Trunk"
queue = "chat"
"""
CALLING = SITE.replace('"web_chat"]', '"web_chat", "sip"]').replace("away_seconds = 10", "call_me = true") + LINE
BUTTON = '<p><script src="{hub}/p/web_chat/call.js" data-account="shop" async></script></p>'


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The browser sees no database: one is enough."""
    return sqlite_url


@pytest.fixture
async def hub(hub_process: StartHub, tmp_path: Path, shop: Shop) -> HubProcess:
    (tmp_path / "hub.toml").write_text(site_for(shop, CALLING))
    return await hub_process()


async def test_who_asks_to_be_called_is_promised_it_once_and_keeps_their_place(
    visit: Visit, mei: Agent, shop: Shop, hub: HubProcess
) -> None:
    await mei.call("PUT", "/me/presence", {"state": "NOT_READY", "reason": "LUNCH"})
    page = await visit()
    await begin(page)
    [waiting] = await mei.until(lambda: _waiting(mei))
    await page.get_by_test_id("chat-menu").click()
    await page.get_by_test_id("chat-call-me").click()
    await page.get_by_test_id("chat-call-number").fill("+86 138 0013 8000")
    await _picture(page, "call-me-chat")
    await page.get_by_test_id("chat-confirm").click()
    await expect(page.get_by_test_id("chat-banner")).to_contain_text("We will call +86 138 0013 8000")
    [promise] = await _promises(mei)
    assert (promise["interaction"], promise["state"]) == (waiting["id"], "WAITING")
    assert promise["enqueued_at"] == waiting["enqueued_at"], "the place they waited at"
    assert promise["to"]["value"] == "+8613800138000"

    shop.page += BUTTON.format(hub=hub.http)
    await page.goto(shop.origin)
    button = page.locator("contact-hub-call")
    await button.get_by_role("button", name="Call me back").click()
    await button.get_by_label("Your telephone number").fill("not a number")
    await button.get_by_role("button", name="Call me", exact=True).click()
    await expect(button.get_by_role("alert")).to_have_text("This is no number we can call.")
    await button.get_by_label("Your telephone number").fill("+86 139 1111 2222")
    await _picture(page, "call-me-button")
    await button.get_by_role("button", name="Call me", exact=True).click()
    await expect(button.get_by_role("status")).to_have_text("Thank you! We will call you.")
    assert {each["to"]["value"] for each in await _promises(mei)} == {"+8613800138000", "+8613911112222"}


async def _waiting(mei: Agent) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await mei.call("GET", "/interactions?view=waiting"))["items"]
    return items


async def _promises(mei: Agent) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await mei.call("GET", "/callbacks"))["items"]
    return items


async def _picture(page: Page, name: str) -> None:
    """Kept for people to look at, when they say where."""
    if folder := os.environ.get("PICTURES"):
        await page.screenshot(path=Path(folder) / f"{name}.png")
