"""Administration: what an administrator changes on the screen is changed in the site."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.async_api import expect

from tests.browser.conftest import SitDown
from tests.browser.desk import PATIENCE
from tests.browser.office import Office


async def test_a_queue_is_renamed_in_its_form(office: Office, sit_down: SitDown) -> None:
    ada = await sit_down(office, "ada", path="/admin/queues")
    await ada.at("queues-row").filter(has_text="Sales").click()
    await ada.at("input-name").fill("Sales and leasing")
    await ada.at("record-save").click()
    await expect(ada.at("queues-row").filter(has_text="Sales and leasing")).to_be_visible(timeout=PATIENCE)
    queues = await office.get("/queues")
    assert [queue["name"] for queue in queues["items"]] == ["Service", "Sales and leasing"]


async def test_a_new_colleague_can_log_in_and_is_given_a_box(office: Office, sit_down: SitDown) -> None:
    ada = await sit_down(office, "ada", path="/admin/users")
    await ada.at("record-new").click()
    await ada.at("input-login").first.fill("mei")
    await ada.at("input-name").fill("Mei Lan")
    await ada.at("input-password").fill("a-long-password-for-tests")
    await ada.at("record-save").click()
    await expect(ada.at("users-row").filter(has_text="Mei Lan")).to_be_visible(timeout=PATIENCE)
    await ada.at("users-row").filter(has_text="Mei Lan").click()
    await ada.at("user-box").click()
    await ada.at("box-enabled").click()
    if folder := os.environ.get("PICTURES"):
        await ada.page.screenshot(path=f"{folder}/box-of.png")
    await ada.at("box-save").click()
    await ada.sees_no("own-box")
    mei = await sit_down(office, "mei", typing=True)
    await mei.at("user-menu").click()
    await mei.at("menu-box").click()
    await expect(mei.at("box-enabled")).to_have_attribute("aria-checked", "true", timeout=PATIENCE)


async def test_a_connection_shows_its_health_and_keeps_its_settings_when_renamed(
    office: Office, sit_down: SitDown
) -> None:
    before = (await office.get("/connections"))["items"][0]
    ada = await sit_down(office, "ada", path="/admin/connections")
    await expect(ada.at("connection")).to_contain_text("Running", timeout=PATIENCE)
    await ada.at("connection-edit").click()
    await ada.at("input-name").fill("The company's mail")
    await ada.at("connection-save").click()
    await expect(ada.at("connection")).to_contain_text("The company's mail", timeout=PATIENCE)
    after = (await office.get("/connections"))["items"][0]
    assert after["settings"] == before["settings"]


async def test_an_import_is_tried_before_anything_is_written(office: Office, sit_down: SitDown, tmp_path: Path) -> None:
    sheet = tmp_path / "customers.csv"
    sheet.write_text("name,tel\n李雷,13800138001\nNobody,not-a-number\n", encoding="utf-8")
    ada = await sit_down(office, "ada", path="/customers/import")
    await ada.page.locator('input[type="file"]').set_input_files(sheet)
    await ada.sees("import-errors-row")
    assert (await office.get("/customers"))["items"] == []
    await ada.at("import-run").click()
    await expect(ada.at("import-report")).to_contain_text("Imported: 1 new", timeout=PATIENCE)
    assert [one["name"] for one in (await office.get("/customers"))["items"]] == ["李雷"]


async def test_two_customers_become_one_and_two_again(office: Office, sit_down: SitDown) -> None:
    kept, gone = [await office.post("/customers", {"name": name}) for name in ("Chen Wei", "Weiwei Chen")]
    ada = await sit_down(office, "ada", path=f"/customers/{kept['id']}")
    await ada.at("merge-customer").click()
    await ada.at("customer-select").click()
    await ada.at("customer-select").get_by_role("textbox").fill("Weiwei")
    await ada.page.locator(".n-base-select-option").filter(has_text="Weiwei Chen").click()
    await ada.sees("merge-preview", "Weiwei Chen")
    await ada.at("merge-confirm").click()
    await ada.at("merge-undo").click()
    await ada.sees("merge-history", "Undone")
    assert (await office.get(f"/customers/{gone['id']}"))["name"] == "Weiwei Chen"
    await ada.at("erase-customer").click()
    await ada.page.get_by_role("button", name="Erase for good").click()
    await ada.sees("customers-page")
    assert [one["name"] for one in (await office.get("/customers"))["items"]] == ["Weiwei Chen"]
