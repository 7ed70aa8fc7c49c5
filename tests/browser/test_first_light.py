"""First light: a customer chats and writes a mail, two agents answer side by side, the customer sees both answers."""

from __future__ import annotations

import asyncio
from pathlib import Path

from playwright.async_api import Browser, FrameLocator, Page, ViewportSize, expect

from plugins.demo.tests.conftest import write_site_without_texts
from tests.browser.desk import PATIENCE, Desk
from tests.browser.office import PASSWORD
from tests.support.fixtures import StartHub
from tests.support.hub_process import HubProcess

ASKED = {"agent1": "Does the E5 tow a caravan?", "agent2": "The fridge hums all night."}


async def test_a_chat_and_a_mail_are_answered_side_by_side(
    hub_process: StartHub, browser: Browser, page: Page, tmp_path: Path
) -> None:
    await asyncio.to_thread(write_site_without_texts, tmp_path)
    hub = await hub_process("--demo", HUB_DEMO_PASSWORD=PASSWORD, HUB_DEMO_SMSC="0", HUB_DEMO_FAX="0")
    await demo_is_up(tmp_path)
    lin, tom = await agent(browser, hub, "agent1"), await agent(browser, hub, "agent2")
    await page.goto(f"{hub.http}/p/demo/")
    await lin.be("READY")
    await chat(page, ASKED["agent1"])
    await lin.accept()
    await lin.hears(ASKED["agent1"])
    await lin.at("presence").click()
    await lin.at("presence-BREAK").click()
    await lin.sees("presence-pending")  # no more work for her: the mail is for her colleague
    await tom.be("READY")
    await mail(page, "Fridge", ASKED["agent2"])
    await tom.accept()
    await tom.hears(ASKED["agent2"])
    await asyncio.gather(lin.send("Yes, up to 1,200 kg."), tom.send("A technician comes on Monday."))
    shop, mailbox = device(page, "shop"), device(page, "mail")
    await expect(shop.get_by_test_id("chat-message-theirs")).to_contain_text("1,200 kg", timeout=PATIENCE)
    await mailbox.locator("[data-testid=mail-item].unseen").click(timeout=PATIENCE)
    await expect(mailbox.get_by_test_id("mail-body")).to_contain_text("A technician comes on Monday.")


async def agent(browser: Browser, hub: HubProcess, login: str) -> Desk:
    view: ViewportSize = {"width": 1440, "height": 900}
    context = await browser.new_context(locale="en-GB", viewport=view, reduced_motion="reduce")
    desk = Desk(await context.new_page(), hub.http)
    await desk.log_in(login)
    return desk


async def chat(page: Page, question: str) -> None:
    shop = device(page, "shop")
    await shop.get_by_test_id("chat-launcher").click(timeout=PATIENCE)
    await shop.get_by_test_id("chat-form-text").fill(question)
    await shop.get_by_test_id("chat-form-send").click()


async def mail(page: Page, subject: str, text: str) -> None:
    mailbox = device(page, "mail")
    await mailbox.get_by_test_id("mail-write").click(timeout=PATIENCE)
    await mailbox.get_by_test_id("mail-subject").fill(subject)
    await mailbox.get_by_test_id("mail-text").fill(text)
    await mailbox.get_by_test_id("mail-send").click()


def device(page: Page, name: str) -> FrameLocator:
    return page.frame_locator(f'[data-testid="device-{name}"] iframe')


async def demo_is_up(folder: Path) -> None:
    """The customers' mail server listens, and the demo knows where the hub takes mail."""
    async with asyncio.timeout(20):
        while True:
            if (folder / "demo-running.json").exists():
                return
            await asyncio.sleep(0.05)
