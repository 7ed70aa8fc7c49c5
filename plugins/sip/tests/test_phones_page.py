"""The page of phones in the administration, in a real browser, with a phone that really registers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from plugins.sip.tests.test_registrar import CONTACT, log_in
from plugins.sip.tests.wire import FarSide
from tests.browser.desk import PATIENCE, Desk
from tests.browser.office import PASSWORD
from tests.browser.test_accessibility import faults
from tests.support.fixtures import StartHub
from tests.support.hub_process import HubProcess

SITE = """
[site]
name = "Office"
plugins = ["sip"]
[[connections]]
name = "Trunk"
channel = "sip"
settings = {{ registrar = true, proxies = ["127.0.0.1:9"], username = "site42", register_seconds = 600 }}
[[users]]
login = "ada"
name = "Ada Admin"
password = "{password}"
roles = ["admin"]
[[users]]
login = "ann"
name = "Ann Agent"
password = "{password}"
"""


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What a screen shows does not depend on the database."""
    return sqlite_url


@pytest.fixture
async def office(hub_process: StartHub, tmp_path: Path) -> HubProcess:
    """A company with a telephone line, an administrator and one agent."""
    (tmp_path / "hub.toml").write_text(SITE.format(password=PASSWORD), encoding="utf-8")
    return await hub_process()


@pytest.fixture
async def ada(office: HubProcess, page: Page) -> Desk:
    """The administrator, who looks at the phones."""
    desk = Desk(page, office.http)
    await desk.come_back("ada", "/admin/plugins")
    await says(desk, "phone-state", "No phone")
    return desk


def anns(desk: Desk, testid: str) -> Locator:
    """Something in the agent's row."""
    return desk.page.locator("[data-login=ann]").get_by_test_id(testid)


async def says(desk: Desk, testid: str, text: str | re.Pattern[str]) -> None:
    await expect(anns(desk, testid)).to_have_text(text, timeout=PATIENCE)


async def press(desk: Desk, *testids: str) -> None:
    for testid in testids:
        await anns(desk, testid).click()


async def change_outside(desk: Desk, number: str) -> None:
    await press(desk, "phone-open")
    await anns(desk, "phone-outside").fill(number)
    await desk.page.keyboard.press("Enter")


async def register(office: HubProcess, password: str) -> int:
    """As "ann"; the answer's code."""
    far = FarSide(office.port_of("Trunk"))
    try:
        return (await log_in(far, CONTACT, password=password)).code
    finally:
        far.socket.close()


async def test_an_agent_is_given_a_phone_that_registers_and_loses_it(office: HubProcess, ada: Desk) -> None:
    await press(ada, "phone-open", "phone-save")
    await says(ada, "phone-user", "ann")
    await says(ada, "phone-server", f"127.0.0.1:{office.port_of('Trunk')}")
    await expect(anns(ada, "phone-once")).to_be_focused()
    assert await register(office, await anns(ada, "phone-password").inner_text()) == 200
    await press(ada, "phone-close")
    await ada.at("phone-refresh").click()
    await says(ada, "phone-state", "Registered")
    await says(ada, "phone-place", re.compile(r"at 127\.0\.0\.1:\d+ \(UDP\), until \d"))
    await change_outside(ada, "+86 138-0013 8000")
    await says(ada, "phone-rings", "Rings +8613800138000")
    await says(ada, "phone-state", "Registered")
    await press(ada, "phone-open", "phone-remove")
    await says(ada, "phone-remove", "Really take it away?")
    await press(ada, "phone-remove")
    await says(ada, "phone-state", "No phone")


async def test_a_new_password_voids_the_old_one(office: HubProcess, ada: Desk) -> None:
    await press(ada, "phone-open", "phone-save")
    old = await anns(ada, "phone-password").inner_text()
    await press(ada, "phone-close", "phone-open", "phone-renew")
    await expect(anns(ada, "phone-password")).not_to_have_text(old, timeout=PATIENCE)
    new = await anns(ada, "phone-password").inner_text()
    assert [await register(office, password) for password in (old, new)] == [403, 200]


async def test_what_is_no_number_is_told_and_what_was_typed_stays(ada: Desk) -> None:
    await change_outside(ada, "reception")
    await says(ada, "phone-wrong", re.compile("a number is digits"))
    await expect(anns(ada, "phone-outside")).to_have_value("reception")
    await press(ada, "phone-cancel")
    await says(ada, "phone-state", "No phone")


async def test_the_page_reads_in_chinese_and_has_no_fault_a_machine_can_find(ada: Desk) -> None:
    await expect(ada.at("sip-trunk")).to_contain_text("phones register here")
    await expect(ada.at("sip-registration")).to_contain_text("not registered at the carrier")
    await press(ada, "phone-open")
    assert await faults(ada) == []
    await ada.page.locator("sip-phones").evaluate("(page) => { page.language = 'zh'; }")
    await says(ada, "phone-state", "没有话机")
    await expect(ada.at("sip-trunk")).to_contain_text("话机在此注册")
    await expect(ada.at("sip-registration")).to_contain_text("未在运营商注册")
    await press(ada, "phone-open", "phone-save")
    assert await faults(ada) == []
