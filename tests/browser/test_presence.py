"""Presence: chosen by the agent, seen by the supervisor, changed during work only after it."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.conftest import SitDown
from tests.browser.desk import PATIENCE
from tests.browser.office import PASSWORD, Office


async def test_a_wrong_password_is_one_sentence_and_the_right_one_opens_the_inbox(
    office: Office, sit_down: SitDown
) -> None:
    lin = await sit_down(office, "lin")
    await lin.at("user-menu").click()
    await lin.at("logout").click()
    await lin.at("login-name").fill("lin")
    await lin.at("login-password").fill("wrong-password")
    await lin.at("login-submit").click()
    await lin.sees("login-error")
    await lin.at("login-password").fill(PASSWORD)
    await lin.at("login-submit").click()
    await lin.sees("presence")


async def test_a_break_is_a_reason_everybody_can_read_and_a_supervisor_can_change_somebodys_presence(
    office: Office, sit_down: SitDown
) -> None:
    lin, ada = await sit_down(office, "lin"), await sit_down(office, "ada", path="/agents")
    row = ada.at("agents-row").filter(has_text="Lin Yue")
    await lin.be("READY")
    await lin.be("LUNCH")
    await expect(row).to_contain_text("Lunch", timeout=PATIENCE)
    await lin.be("READY")
    await expect(row).not_to_contain_text("Lunch", timeout=PATIENCE)
    await row.get_by_role("button").click()
    await ada.at("force-NOT_READY").click()
    await ada.page.get_by_role("button", name="Change the presence").click()
    await lin.has("presence", "NOT_READY")


async def test_a_change_asked_for_during_work_waits_until_it_ends(office: Office, sit_down: SitDown) -> None:
    lin = await sit_down(office, "lin")
    await lin.be("READY")
    await office.write_mail("Long work", "Please take your time.")
    await lin.accept()
    await lin.at("presence").click()
    await lin.at("presence-BREAK").click()
    await lin.sees("presence-pending")
    await lin.at("close").click()
    await lin.at("disposition-SOLVED").click()
    await lin.at("close-confirm").click()
    await lin.has("presence", "NOT_READY")
