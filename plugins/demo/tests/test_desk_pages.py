"""The desk in a real browser, in both languages."""

from __future__ import annotations

from playwright.async_api import Browser, Page, expect

from plugins.demo.tests.conftest import OpenDemo

PATIENCE = 15_000.0


LEADS = {"en": "Here you are the customer.", "zh": "在这里，您就是客户。"}


async def test_the_desk_shows_its_devices_in_the_browsers_language_and_each_is_a_page(
    open_demo: OpenDemo, browser: Browser, page: Page
) -> None:
    desk = f"{(await open_demo()).http}/p/demo/"
    for locale in ("en-US", "zh-CN"):
        await look_around(desk, browser, locale)
    await the_chat_opens_on_the_shop_page_and_is_heard(desk, page)
    await a_mail_is_written_with_a_file_and_kept_as_sent(desk, page)


async def look_around(url: str, browser: Browser, locale: str) -> None:
    """Open the desk, use its devices, change the language; nothing may be complained of."""
    language, other = (locale[:2], "en" if locale == "zh-CN" else "zh")
    page = await browser.new_page(locale=locale)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    await page.goto(url)
    await expect(page.get_by_text(LEADS[language])).to_be_visible()
    shop = page.frame_locator('[data-testid="device-shop"] iframe')
    await shop.get_by_test_id("shop-ask").click(timeout=PATIENCE)
    mailbox = page.frame_locator('[data-testid="device-mail"] iframe')
    await mailbox.get_by_test_id("mail-write").click(timeout=PATIENCE)
    await expect(mailbox.get_by_test_id("mail-to")).to_have_value("support@demo.test")
    phone = page.frame_locator('[data-testid="device-phone"] iframe')
    await phone.get_by_test_id("phone-number").fill("")
    await phone.get_by_role("button", name="7", exact=True).click(timeout=PATIENCE)
    await expect(phone.get_by_test_id("phone-number")).to_have_value("7")
    handset = page.frame_locator('[data-testid="device-handset"] iframe')
    await expect(handset.get_by_test_id("handset-who")).not_to_have_value("", timeout=PATIENCE)
    await page.get_by_test_id("desk-language").click()
    await expect(page.get_by_text(LEADS[other])).to_be_visible()
    await page.goto(f"{url}mail")
    await expect(page.locator("html")).to_have_attribute("lang", other)
    await page.close()
    assert not problems


async def the_chat_opens_on_the_shop_page_and_is_heard(desk: str, page: Page) -> None:
    await page.goto(f"{desk}shop")
    await page.get_by_test_id("chat-launcher").click(timeout=PATIENCE)
    await page.get_by_test_id("chat-form-name").fill("Emma")
    await page.get_by_test_id("chat-form-text").fill("Does the E5 tow?")
    await page.get_by_test_id("chat-form-send").click()
    await expect(page.get_by_test_id("chat-message-own")).to_contain_text("Does the E5 tow?", timeout=PATIENCE)


async def a_mail_is_written_with_a_file_and_kept_as_sent(desk: str, page: Page) -> None:
    await page.goto(f"{desk}mail")
    await page.get_by_test_id("mail-who").fill("li.wei")
    await page.get_by_test_id("mail-who").blur()
    await expect(page.get_by_test_id("mail-who")).to_have_value("li.wei@customers.test")
    await page.get_by_test_id("mail-write").click()
    await page.get_by_test_id("mail-subject").fill("质保咨询")
    await page.get_by_test_id("mail-text").fill("<b>您好</b>")
    await page.get_by_test_id("mail-attach").set_input_files(
        {"name": "发票.txt", "mimeType": "text/plain", "buffer": "票".encode()}
    )
    await page.get_by_test_id("mail-send").click()
    await page.get_by_test_id("mail-item").click(timeout=PATIENCE)
    await expect(page.get_by_test_id("mail-body")).to_have_text("<b>您好</b>\n")
    await expect(page.get_by_text("发票.txt")).to_be_visible()
