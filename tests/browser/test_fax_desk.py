"""Faxes that people begin: the answer to a ticket, and one page to many numbers, each with its own result."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.conftest import SitDown
from tests.browser.desk import PATIENCE, Desk
from tests.browser.office import PASSWORD
from tests.browser.test_accessibility import faults
from tests.browser.test_fax import DEALER, FAX, Parts
from tests.support.fixtures import StartHub
from tests.support.ports import free_port

pytestmark = [pytest.mark.slow, pytest.mark.peer]

SITE = """
[site]
name = "Parts"
plugins = ["sip", "fax"]

[[queues]]
key = "orders"
name = "Orders"

[[connections]]
name = "Trunk"
channel = "sip"
settings = {{ listen_port = {port}, peers = ["127.0.0.1"], proxies = ["127.0.0.1:{nobody}"], prefixes = ["+49"] }}

[[accounts]]
name = "Faxes"
channel = "fax"
connection = "Trunk"
address = "tel:{number}"
queue = "orders"

[[users]]
login = "ada"
name = "Ada"
password = "{password}"
roles = ["admin"]
queues = ["orders"]

[[users]]
login = "lin"
name = "Lin Yue"
password = "{password}"
roles = ["agent"]
queues = ["orders"]
"""
MANY = "\n".join(f"+86138001{number:05}" for number in range(200))


async def one_is_paused_goes_on_and_is_cancelled(ada: Desk) -> None:
    """Of so many numbers that it does not end meanwhile."""
    await ada.at("broadcast-title").fill("Holidays")
    await ada.at("broadcast-text").fill("We are closed on Monday.")
    await ada.at("broadcast-numbers").fill(MANY)
    await ada.at("broadcast-send").click()
    first = ada.at("fax-broadcast").first
    for key, state in (("pause", "PAUSED"), ("resume", "RUNNING")):
        await first.get_by_test_id(f"broadcast-{key}").click(timeout=PATIENCE)
        await expect(first).to_have_attribute("data-state", state, timeout=PATIENCE)
    for answer, state in (("no", "RUNNING"), ("yes", "CANCELLED")):
        await first.get_by_test_id("broadcast-cancel").click(timeout=PATIENCE)
        await expect(ada.at("confirm")).to_contain_text("Cancel “Holidays”?")
        await ada.at(f"confirm-{answer}").click()
        await expect(first).to_have_attribute("data-state", state, timeout=PATIENCE)
    await expect(first.get_by_test_id("broadcast-resume")).to_have_count(0)


async def test_a_ticket_is_answered_by_fax_and_a_broadcast_tells_each_result(
    tmp_path: Path, hub_process: StartHub, sit_down: SitDown, sqlite_url: str
) -> None:
    """Calls may only go to Germany here, so each fax fails at once, and says why."""
    site = SITE.format(port=free_port(), nobody=free_port(), number=FAX, password=PASSWORD)
    (tmp_path / "hub.toml").write_text(site, encoding="utf-8")
    hub = await hub_process()
    ada = await sit_down(Parts(hub.http, None), "ada")  # type: ignore[arg-type]  # nobody is called
    me = await (await ada.page.request.get(f"{hub.http}/api/v1/me")).json()
    made = await ada.page.request.post(
        f"{hub.http}/api/v1/tickets", data={"subject": "It hums"}, headers={"X-CSRF-Token": me["csrf"]}
    )
    ticket = (await made.json())["id"]

    await ada.page.goto(f"{hub.http}/tickets/{ticket}")
    await ada.at("fax-answer").click()
    await ada.at("fax-answer-to").fill(DEALER)
    await ada.at("fax-answer-text").fill("A new part is on its way.")
    assert await faults(ada) == []
    await ada.at("fax-answer-send").click()
    await ada.sees("fax-answered", "On its way.")
    on_it = await (await ada.page.request.get(f"{hub.http}/api/v1/interactions?ticket={ticket}")).json()
    assert [each["channel"] for each in on_it["items"]] == ["fax"]

    await ada.at("nav-fax-desk").click()
    await ada.at("broadcast-title").fill("Prices")
    await ada.at("broadcast-text").fill("Our new prices.")
    await ada.at("broadcast-numbers").fill(f"Pudong; {DEALER}\nnone")
    await ada.at("broadcast-send").click()
    await ada.sees("broadcast-wrong", "No number stands in line 2.")
    await ada.at("broadcast-numbers").fill(f"Pudong; {DEALER}")
    await ada.at("broadcast-send").click()
    shown = ada.at("fax-broadcast")
    await expect(shown).to_have_attribute("data-state", "DONE", timeout=PATIENCE)
    await shown.locator("summary").click()
    await expect(shown.locator("li")).to_have_text(
        f"{DEALER} · Pudong · not sent · calls to this number are not allowed", timeout=PATIENCE
    )
    assert await faults(ada) == []
    await one_is_paused_goes_on_and_is_cancelled(ada)

    lin = await sit_down(Parts(hub.http, None), "lin", path="/pages/fax-desk")  # type: ignore[arg-type]  # nobody is called
    await expect(lin.at("empty")).to_contain_text("it is not for you", timeout=PATIENCE)
    await lin.sees_no("nav-fax-desk")
