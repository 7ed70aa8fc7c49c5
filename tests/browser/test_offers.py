"""Offers: shown with all an agent must know, answered by hand or by key, and to nobody twice."""

from __future__ import annotations

import asyncio

from playwright.async_api import expect

from tests.browser.conftest import OpenOffice, SitDown
from tests.browser.desk import PATIENCE
from tests.browser.office import Office


async def test_an_offer_says_who_waits_is_accepted_by_keyboard_alone_and_does_not_come_back(
    office: Office, sit_down: SitDown
) -> None:
    lin = await sit_down(office, "lin")
    await lin.page.keyboard.press("Alt+p")
    await lin.has("presence", "READY")
    await office.write_mail("The fridge hums", "It hums all night.", sender="Wang Fang <wang@customers.test>")
    await lin.sees("offer-customer", "Wang Fang")
    await lin.sees("offer-channel", "Support")
    await lin.sees("offer-queue", "Service")
    await lin.sees("offer-waited")
    seconds = int(await lin.at("offer-seconds").first.inner_text())
    assert 0 < seconds <= 30
    await expect(lin.at("announcer-assertive")).to_contain_text("Wang Fang")
    await lin.page.keyboard.press("Alt+a")
    await lin.has("conversation", "CONNECTED")
    await lin.sees_no("offer")
    await lin.page.reload()
    await expect(lin.at("conversation")).to_be_visible(timeout=PATIENCE)
    await lin.sees_no("offer")


async def test_a_rejected_offer_goes_to_somebody_else(office: Office, sit_down: SitDown) -> None:
    lin, tom = await sit_down(office, "lin"), await sit_down(office, "tom")
    await lin.be("READY")
    await office.write_mail("Not mine", "Somebody else, please.")
    await lin.sees("offer")
    await tom.be("READY")
    await lin.at("offer-reject").click()
    await tom.accept()
    await lin.sees_no("offer")
    await tom.hears("Somebody else, please.")


async def test_an_offer_nobody_answers_makes_its_agent_not_ready(open_office: OpenOffice, sit_down: SitDown) -> None:
    office = await open_office(offer_seconds=2)
    lin = await sit_down(office, "lin")
    await lin.be("READY")
    await office.write_mail("Nobody home", "Is anybody there?")
    await lin.sees("offer")
    await lin.has("presence", "NOT_READY")
    await expect(lin.at("presence")).to_have_attribute("data-reason", "NO_ANSWER")
    await lin.sees_no("offer")
    waiting = await office.get("/interactions", view="waiting")
    assert [item["subject"] for item in waiting["items"]] == ["Nobody home"]
    await lin.at("missed-ready").click()
    await lin.accept()


async def test_an_offer_accepted_in_two_windows_at_once_counts_once(office: Office, sit_down: SitDown) -> None:
    """The second hand belongs to the same agent in another window: both see the offer, one click counts."""
    here, there = await sit_down(office, "lin"), await sit_down(office, "lin")
    await here.be("READY")
    await office.write_mail("One for two", "Who takes me?")
    await here.sees("offer")
    await there.sees("offer")
    await asyncio.gather(here.at("offer-accept").click(), there.at("offer-accept").click())
    await here.sees_no("offer")
    await there.sees_no("offer")
    told = [desk.page.locator(".n-message").filter(has_text="Lin Yue") for desk in (here, there)]
    waits = [asyncio.create_task(each.first.wait_for(timeout=PATIENCE)) for each in told]
    _, too_late = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for each in too_late:
        each.cancel()
    assert sorted([await each.count() for each in told]) == [0, 1]
    mine = await office.get("/interactions", state="CONNECTED")  # only now has the hub answered both for sure
    assert [item["agent"]["name"] for item in mine["items"]] == ["Lin Yue"]


async def test_of_two_agents_who_reach_for_the_same_work_exactly_one_has_it(office: Office, sit_down: SitDown) -> None:
    lin = await sit_down(office, "lin")
    await lin.be("READY")
    await office.write_mail("Two hands", "Who was first?")
    await lin.sees("offer")
    contact = int(await lin.at("offer").get_attribute("data-interaction") or 0)
    tom = await sit_down(office, "tom", path=f"/inbox/{contact}")
    await tom.sees("take")
    await asyncio.gather(lin.at("offer-accept").click(), tom.at("take").click())
    await lin.sees_no("offer")
    await tom.has("conversation", "CONNECTED")
    owner = (await office.get(f"/interactions/{contact}"))["agent"]["name"]
    loser = tom if owner == "Lin Yue" else lin
    await expect(loser.page.locator(".n-message").first).to_be_visible(timeout=PATIENCE)
