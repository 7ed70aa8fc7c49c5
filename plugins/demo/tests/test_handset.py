"""The handset on the desk: what is written there goes to the hub by SMPP, and the agent's answer comes back so."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from plugins.demo.hub_client import HubClient
from plugins.demo.tests.conftest import PASSWORD, OpenDemo, until

pytestmark = pytest.mark.slow
PATIENCE = 30_000.0


async def test_a_text_goes_to_the_hub_and_its_answer_comes_back_signed(open_demo: OpenDemo, page: Page) -> None:
    demo = await open_demo(HUB_DEMO_SMSC="1")
    await page.goto(f"{demo.http}/p/demo/handset?lang=zh")
    await expect(page.get_by_test_id("handset-to")).not_to_have_value("", timeout=PATIENCE)
    async with HubClient(demo.http) as admin, HubClient(demo.http) as agent:
        await admin.log_in("admin", PASSWORD)
        await agent.log_in("agent1", PASSWORD)
        await until(lambda: bound(admin))
        await page.get_by_test_id("handset-text").fill("保养好了吗？" * 13)
        await page.get_by_test_id("handset-send").click()
        await expect(page.get_by_test_id("handset-own")).to_have_attribute("data-state", "SENT", timeout=PATIENCE)
        await expect(page.get_by_test_id("handset-own")).to_contain_text("2 条短信")
        arrived = await until(lambda: texted(agent))
        await agent.post(f"/interactions/{arrived['id']}/take")
        await agent.post(f"/interactions/{arrived['id']}/messages", {"text": "好了，六点前来取。"})
        await expect(page.get_by_test_id("handset-got")).to_contain_text("【蓝河】好了，六点前来取。", timeout=PATIENCE)
    assert "Traceback" not in demo.text


async def bound(admin: HubClient) -> bool:
    """Whether the hub has found the customers' carrier."""
    states: dict[str, str] = {each["name"]: each["state"] async for each in admin.each("/connections")}
    return states["texts"] == "RUNNING"


async def texted(agent: HubClient) -> dict[str, Any] | None:
    """The conversation by text."""
    found = [dict(each) async for each in agent.each("/interactions") if each["channel"] == "sms"]
    return found[0] if found else None
