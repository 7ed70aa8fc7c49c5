"""A shared address names nobody: the side panel shows who it may be, and the agent says who it is."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import SitDown
from tests.browser.desk import PATIENCE, Desk
from tests.browser.office import Office

SWITCHBOARD = "desk@dealer.test"


async def shared_by(office: Office, *names: str) -> dict[str, int]:
    """Customers of one dealer, all of them behind its one address."""
    dealer = await office.post("/customers", {"kind": "ORGANISATION", "name": "Riverside Motors"})
    address = {"scheme": "mailto", "value": SWITCHBOARD, "shared": True}
    people = {"organisation": dealer["id"], "identities": [address]}
    return {name: (await office.post("/customers", {"name": name, **people}))["id"] for name in names}


async def takes_mail(desk: Desk, office: Office) -> None:
    await desk.be("READY")
    await office.write_mail("Brakes", "The brakes squeal.", sender=SWITCHBOARD)
    await desk.accept()
    await desk.hears("The brakes squeal.")


@pytest.mark.parametrize(
    ("locale", "question", "pick"),
    [("en-GB", "Several customers have this address", "This one"), ("zh-CN", "多位客户使用该地址", "是这位")],
)
async def test_an_agent_says_which_of_the_candidates_it_is(
    office: Office, sit_down: SitDown, locale: str, question: str, pick: str
) -> None:
    ids = await shared_by(office, "Anna Berg", "王伟")
    await office.api.patch("/api/v1/me", json={"language": locale[:2]})
    ada = await sit_down(office, "ada", locale=locale)
    await takes_mail(ada, office)
    await ada.sees("candidates", question)
    await expect(ada.at("candidate")).to_have_count(2, timeout=PATIENCE)
    await expect(ada.at("candidate").first).to_contain_text("Riverside Motors")
    await ada.at("candidate").filter(has_text="王伟").get_by_role("button", name=re.compile(pick)).click()
    await ada.sees("customer-name", "王伟")
    await ada.sees_no("candidates")
    detail = await office.get(f"/interactions/{ada.interaction}")
    assert detail["customer"]["id"] == ids["王伟"]
    assert (await office.get(f"/tickets/{detail['ticket']['id']}"))["customer"]["id"] == ids["王伟"]
    (line,) = (await office.get("/audit", action="interaction.customer"))["items"]
    assert (line["user_name"], line["details"]) == ("Ada Admin", {"customer": ids["王伟"], "previous": None})


async def test_a_wrong_choice_is_corrected_from_the_same_candidates_or_by_somebody_new(
    office: Office, sit_down: SitDown
) -> None:
    await shared_by(office, "Anna Berg", "Bert Lund")
    lin = await sit_down(office, "lin")
    await takes_mail(lin, office)
    await lin.at("candidate").filter(has_text="Anna Berg").get_by_test_id("candidate-pick").click()
    await lin.sees("customer-name", "Anna Berg")
    await lin.at("link-customer").click()
    await lin.at("link-customer-dialog").get_by_test_id("candidate-pick").click()
    await lin.sees("customer-name", "Bert Lund")
    await lin.at("link-customer").click()
    await lin.at("link-customer-search").fill("Carla Mint")
    await lin.at("create-customer").click()
    await lin.sees("customer-name", "Carla Mint")
    await lin.sees("identities", SWITCHBOARD)


async def test_a_customer_whose_address_a_visitor_gives_is_shown_as_perhaps_the_same(
    office: Office, sit_down: SitDown
) -> None:
    anna = {"name": "Anna Berg", "identities": [{"scheme": "mailto", "value": "anna@berg.test"}]}
    await office.post("/customers", anna)
    lin = await sit_down(office, "lin")
    await lin.be("READY")
    async with office.visitor("Annie") as visitor:
        visitor.answers["mailto"] = "anna@berg.test"
        await visitor.say("Me again.")
        await lin.accept()
        await lin.sees("customer-name", "Annie")
        await lin.sees("candidate", "anna@berg.test")
        await lin.at("candidate-pick").click()
        await lin.sees("customer-name", "Anna Berg")
