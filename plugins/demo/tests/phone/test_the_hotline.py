"""The whole way of the demo: a browser on the customers' desk, the hub's line, and the self-service that answers it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from plugins.demo.hub_client import HubClient
from plugins.demo.tests.conftest import PASSWORD, OpenDemo, until
from plugins.demo.tests.phone.test_phone_page import MICROPHONE, PATIENCE, SPOKEN, says

pytestmark = pytest.mark.slow

LOUD = "() => document.getElementById('theirs').value > 0.05"


async def test_the_hotline_speaks_to_the_newcomer_and_takes_keys(open_demo: OpenDemo, page: Page) -> None:
    demo = await open_demo(HUB_DEMO_SEED="0")
    await page.add_init_script(MICROPHONE % SPOKEN)
    await page.goto(f"{demo.http}/p/demo/phone")
    await expect(page.get_by_test_id("phone-number")).to_have_value("+8657188886666")
    await page.get_by_test_id("phone-hook").click()
    await says(page, "Connected")
    await page.wait_for_function(LOUD, timeout=PATIENCE)
    async with HubClient(demo.http) as api:
        await api.log_in("admin", PASSWORD)
        greeting = await until(lambda: said(api, ""))
        await page.get_by_role("button", name="1", exact=True).click()
        await until(lambda: said(api, greeting))
        await page.get_by_test_id("phone-hook").click()
        await says(page, "You hung up.")
        await until(lambda: over(api))


async def said(api: HubClient, before: str) -> str | None:
    """The hotline's last question, once it is another than the one before."""
    for call in (await api.get("/interactions"))["items"]:
        message: dict[str, Any] = call["last_message"] or {}
        if message.get("direction") == "OUTBOUND" and message["text"] != before and call["state"] == "SELF_SERVICE":
            return str(message["text"])
    return None


async def over(api: HubClient) -> bool:
    """No call is left."""
    return all(call["closed_at"] for call in (await api.get("/interactions"))["items"])
