"""Conversations: a mail and a chat are worked on in the same way, and what was written is never lost."""

from __future__ import annotations

import asyncio

from playwright.async_api import FilePayload, Route, expect

from tests.browser.conftest import OpenOffice, SitDown
from tests.browser.desk import PATIENCE, Desk
from tests.browser.office import Office
from tests.farside.processes import SmtpSink


async def takes_mail(desk: Desk, office: Office, subject: str, text: str = "Please help.") -> None:
    await desk.be("READY")
    await office.write_mail(subject, text)
    await desk.accept()
    await desk.hears(text)


async def arrived(customers: SmtpSink, text: str) -> None:
    """The customer's mail server has a mail with these words."""
    async with asyncio.timeout(PATIENCE / 1000):
        while not any(text in mail["body"] for mail in customers.mails()):  # noqa: ASYNC110 - another process's file
            await asyncio.sleep(0.05)


async def test_a_mail_and_a_chat_are_answered_side_by_side(office: Office, sit_down: SitDown) -> None:
    lin, tom = await sit_down(office, "lin"), await sit_down(office, "tom")
    await takes_mail(lin, office, "Fridge hums", "It hums all night.")
    await tom.be("READY")
    async with office.visitor("Chen Wei") as visitor:
        await visitor.say("Is the E5 in stock?")
        await tom.accept()
        await tom.hears("Is the E5 in stock?")
        await tom.send("Yes, in white and in blue.")
        await visitor.hears("Yes, in white and in blue.")
        await lin.send("We come on Monday at nine.")
        await visitor.say("Blue, please.")
        await tom.hears("Blue, please.")
    await lin.hears("We come on Monday at nine.")
    await arrived(office.customers, "We come on Monday at nine.")


async def test_a_draft_is_kept_from_its_first_word_over_a_reload_and_into_another_window(
    office: Office, sit_down: SitDown
) -> None:
    lin = await sit_down(office, "lin")
    written = asyncio.Event()

    async def late(route: Route) -> None:
        if route.request.method == "GET":
            await written.wait()
        await route.continue_()

    await lin.page.route("**/draft", late)
    await takes_mail(lin, office, "Quick")
    await lin.write("Quicker than the line")
    await expect(lin.at("draft-state")).to_have_attribute("data-saved", "false", timeout=PATIENCE)
    written.set()
    await expect(lin.at("draft-state")).to_have_attribute("data-saved", "true", timeout=PATIENCE)
    await lin.page.reload()
    await expect(lin.at("composer-text")).to_have_value("Quicker than the line", timeout=PATIENCE)
    elsewhere = await sit_down(office, "tom", path=f"/inbox/{lin.interaction}")
    await expect(lin.at("viewers")).to_contain_text("Tom Becker", timeout=PATIENCE)
    await elsewhere.page.context.clear_cookies()
    await elsewhere.come_back("lin", path=f"/inbox/{lin.interaction}")
    await expect(elsewhere.at("composer-text")).to_have_value("Quicker than the line", timeout=PATIENCE)


async def test_a_reply_taken_back_returns_whole_and_never_leaves_and_then_goes_with_a_file(
    office: Office, sit_down: SitDown
) -> None:
    lin = await sit_down(office, "lin")
    await takes_mail(lin, office, "Undo")
    await lin.send("Sent too early")
    await lin.at("undo").click(timeout=PATIENCE)
    await expect(lin.at("composer-text")).to_have_value("Sent too early", timeout=PATIENCE)
    await lin.has("delivery", "UNDONE")
    assert office.customers.mails() == []
    plan: FilePayload = {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"first floor"}
    await lin.at("file-input").set_input_files(plan)
    await expect(lin.at("draft-files")).to_contain_text("plan.txt", timeout=PATIENCE)
    await lin.send("The plan is attached.")
    await expect(lin.at("attachments")).to_contain_text("plan.txt", timeout=PATIENCE)
    await arrived(office.customers, 'filename="plan.txt"')
    assert [mail for mail in office.customers.mails() if "Sent too early" in mail["body"]] == []


async def test_a_note_stays_among_colleagues_and_a_newer_message_asks_for_a_second_look(
    office: Office, sit_down: SitDown
) -> None:
    lin = await sit_down(office, "lin")
    await lin.be("READY")
    async with office.visitor() as visitor:
        await visitor.say("Which colours are there?")
        await lin.accept()
        await lin.at("compose-NOTE").click()
        await lin.send("Customer sounds impatient")
        await lin.sees("message-NOTE", "Customer sounds impatient")
        await lin.at("compose-TEXT").click()
        await lin.write("White and blue.")
        await visitor.say("Never mind, which sizes?")
        await lin.hears("Never mind, which sizes?")
        await lin.at("send").click()
        await lin.page.get_by_role("button", name="Cancel").click()
        await expect(lin.at("composer-text")).to_have_value("White and blue.")
        await lin.at("send").click()
        await lin.page.get_by_role("button", name="Send anyway").click()
        await visitor.hears("White and blue.")
        assert "impatient" not in str(visitor.shown)


async def test_a_snoozed_contact_wakes_when_it_is_taken_up_and_closing_asks_what_it_was_about(
    office: Office, sit_down: SitDown
) -> None:
    lin = await sit_down(office, "lin")
    await takes_mail(lin, office, "Later")
    await lin.at("snooze").click()
    await lin.at("snooze-hour").click()
    await lin.has("conversation", "SNOOZED")
    await lin.at("resume").click()
    await lin.has("conversation", "CONNECTED")
    await lin.at("close").click()
    await expect(lin.at("close-confirm")).to_be_disabled()
    await lin.at("disposition-PARTS_ORDERED").click()
    await lin.at("close-confirm").click()
    await lin.has("conversation", "CLOSED")
    closed = await office.get(f"/interactions/{lin.interaction}")
    assert closed["disposition"] == "PARTS_ORDERED"


async def test_where_there_is_time_to_wrap_up_the_code_may_follow(open_office: OpenOffice, sit_down: SitDown) -> None:
    office = await open_office(wrap_up_seconds=60)
    lin = await sit_down(office, "lin")
    await takes_mail(lin, office, "Wrap up")
    await lin.at("close").click()
    await lin.at("close-confirm").click()
    await lin.sees("wrap-up")
    await lin.at("wrap-up").locator(".n-select").click()
    await lin.page.get_by_text("Solved", exact=True).click()
    await lin.at("wrap-up-done").click()
    await lin.sees_no("wrap-up")
    closed = await office.get(f"/interactions/{lin.interaction}")
    assert closed["disposition"] == "SOLVED"


async def test_a_transfer_takes_its_note_along(office: Office, sit_down: SitDown) -> None:
    lin, tom = await sit_down(office, "lin"), await sit_down(office, "tom")
    await takes_mail(lin, office, "Pass me on")
    await tom.be("READY")
    await lin.at("transfer").click()
    await lin.at("transfer-queue").click()
    await lin.page.get_by_text("Service", exact=True).last.click()
    await lin.at("transfer-note").fill("They prefer mornings")
    await lin.at("transfer-confirm").click()
    await lin.sees_no("conversation")
    agent = await first_offered(lin, tom)
    await agent.accept()
    await agent.sees("message-NOTE", "They prefer mornings")
    other, login = (lin, "lin") if agent is tom else (tom, "tom")
    await passes_on_for_chinese(agent, office, login)
    await other.accept()


async def passes_on_for_chinese(desk: Desk, office: Office, login: str) -> None:
    """To whoever speaks it, and that is `login` alone."""
    user = next(each["id"] for each in (await office.get("/users"))["items"] if each["login"] == login)
    answer = await office.api.put("/api/v1/routing/skills", json={"users": [{"user": user, "skills": {"zh": 1}}]})
    assert answer.status_code == 200, answer.text
    await desk.at("transfer").click()
    await desk.page.get_by_text("By skill", exact=True).click()
    await desk.at("transfer-skill").locator(".n-base-selection").click()
    await desk.page.locator(".n-base-select-option").filter(has_text="zh").click()
    await desk.at("transfer-confirm").click()


async def first_offered(*desks: Desk) -> Desk:
    """Whoever gets the offer: the router decides."""
    waiting = {asyncio.create_task(desk.sees("offer")): desk for desk in desks}
    done, pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    return waiting[done.pop()]


async def test_a_template_is_found_by_code_and_by_pinyin_initials(office: Office, sit_down: SitDown) -> None:
    for code, title, text in (("hi", "Greeting", "Dear {customer}, thank you."), ("t7", "退款流程", "退款三天到账。")):
        await office.post("/templates", {"short_code": code, "title": title, "text": text})
    shop = next(one["id"] for one in (await office.get("/accounts"))["items"] if one["channel"] == "web_chat")
    await office.post("/templates", {"short_code": "hix", "title": "Hi", "text": "Hi there", "accounts": [shop]})
    lin = await sit_down(office, "lin")
    await takes_mail(lin, office, "Templates")
    await lin.at("composer-text").press_sequentially("/hi")
    await lin.sees("template-hi")
    await lin.sees_no("template-hix")  # it is for the shop's chat, and this is a mail
    await lin.page.keyboard.press("Enter")
    await expect(lin.at("composer-text")).to_have_value("Dear wang@customers.test, thank you.")
    await lin.write("")
    await lin.at("composer-text").press_sequentially("/tklc")
    await lin.sees("template-t7")
    await lin.page.keyboard.press("Enter")
    await expect(lin.at("composer-text")).to_have_value("退款三天到账。")


async def test_a_mails_own_dress_is_shown_in_a_sandbox(office: Office, sit_down: SitDown) -> None:
    lin = await sit_down(office, "lin")
    await lin.be("READY")
    html = "<p>In <b>bold</b></p><script>parent.document.title='owned'</script>"
    await office.write_mail("Dressed", "In bold", html=html)
    await lin.accept()
    await lin.at("toggle-html").click()
    frame = lin.page.frame_locator('[data-testid="message-html"]')
    await expect(frame.locator("b")).to_have_text("bold", timeout=PATIENCE)
    sandbox = await lin.at("message-html").get_attribute("sandbox") or ""
    assert "allow-scripts" not in sandbox and "allow-same-origin" not in sandbox
    assert await lin.page.title() != "owned"
