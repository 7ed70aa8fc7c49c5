"""The page of flows in the administration, in a real browser: a rehearsal, a script tried out, a switch."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from plugins.demo.tests.conftest import PASSWORD, OpenDemo

PATIENCE = 15_000.0


async def test_a_flow_is_rehearsed_changed_for_a_try_and_switched_off(open_demo: OpenDemo, page: Page) -> None:
    demo = await open_demo(HUB_DEMO_SEED="0")
    await page.request.post(f"{demo.http}/api/v1/login", data={"login": "admin", "password": PASSWORD})
    await page.goto(f"{demo.http}/admin/plugins")
    flow = page.get_by_test_id("flow")
    await expect(flow).to_contain_text("Front desk", timeout=PATIENCE)
    await page.get_by_test_id("flow-rehearse").click()
    talk = page.get_by_test_id("stage-talk")
    await expect(talk).to_contain_text("Welcome to Lanhe.")
    await page.get_by_test_id("stage-choice").filter(has_text="Status of a ticket").click()
    await expect(talk).to_contain_text("nine digits")
    await page.get_by_test_id("stage-answer").fill("123")
    await page.keyboard.press("Enter")
    await expect(talk).to_contain_text("I did not understand")
    await page.get_by_test_id("stage-language").select_option("zh")
    await expect(talk).to_contain_text("欢迎联系蓝河")
    await page.get_by_test_id("stage-medium").select_option("VOICE")
    await expect(talk).to_contain_text("查询工单进度请按1。")
    await try_a_change(page)
    await page.get_by_test_id("flow-switch").click()
    await expect(flow).to_contain_text("Off: contacts go to a person")
    await expect(flow).to_contain_text("Ada Admin")


async def try_a_change(page: Page) -> None:
    """What is wrong with a changed script is shown with its place; the file stays as it is."""
    await page.get_by_test_id("stage").locator("summary").click()
    script = page.get_by_test_id("stage-script")
    await expect(script).to_have_value(re.compile("flow: front_desk"))
    await script.fill("flow: front_desk\nstart: nowhere\nnodes:\n  bye: { do: end }\n")
    await page.get_by_test_id("stage-start").click()
    await expect(page.get_by_test_id("stage-talk")).to_contain_text("line 2, column 8: There is no node `nowhere`.")
