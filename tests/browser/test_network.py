"""The network goes away for a while: what is written is kept, what happened meanwhile is caught up, nothing twice."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.conftest import SitDown
from tests.browser.desk import PATIENCE
from tests.browser.office import Office


async def test_what_was_missed_and_what_was_written_meets_without_a_gap_and_survives_a_reload(
    office: Office, sit_down: SitDown
) -> None:
    lin = await sit_down(office, "lin")
    await lin.be("READY")
    async with office.visitor() as visitor:
        await visitor.say("Are you there?")
        await lin.accept()
        await lin.hears("Are you there?")
        await lin.page.context.set_offline(True)
        await lin.sees("offline-banner")
        for number in range(1, 4):
            await visitor.say(f"Missed {number}")
        await lin.write("Written in the dark")
        await lin.at("send").click()
        await lin.sees("waiting-message", "Written in the dark")
        await expect(lin.at("composer-text")).to_have_value("")
        await lin.page.context.set_offline(False)
        await lin.sees_no("offline-banner")
        for number in range(1, 4):
            await lin.hears(f"Missed {number}")
        await lin.sees("waiting-message", "Written in the dark")
        await lin.page.get_by_role("button", name="Send again").click()
        await visitor.hears("Written in the dark")
        await lin.hears("Written in the dark")
        assert [frame["text"] for frame in visitor.theirs].count("Written in the dark") == 1
        await lin.page.context.set_offline(True)
        await lin.send("Kept in this browser")
        await lin.sees("waiting-message", "Kept in this browser")
        await lin.page.context.set_offline(False)
        await lin.page.reload()
        await visitor.hears("Kept in this browser")
        await lin.sees_no("waiting-message")


async def test_an_offer_made_meanwhile_is_there_afterwards(office: Office, sit_down: SitDown) -> None:
    lin = await sit_down(office, "lin")
    await lin.be("READY")
    await lin.page.context.set_offline(True)
    await lin.sees("offline-banner")
    await office.write_mail("Came in the dark", "Did you see me?")
    await lin.sees_no("offer")
    await lin.page.context.set_offline(False)
    await lin.accept()
    await lin.hears("Did you see me?")


async def test_a_second_window_sees_everything_at_once(office: Office, sit_down: SitDown) -> None:
    here, there = await sit_down(office, "lin"), await sit_down(office, "ada", path="/inbox")
    await there.at("view-all").click()
    await here.be("READY")
    await office.write_mail("Live", "Do you see this?")
    row = there.at("conversation-row").filter(has_text="Live")
    await expect(row).to_have_count(1, timeout=PATIENCE)
    await here.accept()
    await expect(row).to_have_attribute("data-state", "CONNECTED", timeout=PATIENCE)
    await expect(there.at("count-all")).to_have_text("1", timeout=PATIENCE)
