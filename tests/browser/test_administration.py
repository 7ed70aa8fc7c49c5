"""Administration: what an administrator changes on the screen is changed in the site."""

from __future__ import annotations

import os

from playwright.async_api import FilePayload, expect

from tests.browser.conftest import SitDown
from tests.browser.desk import PATIENCE, Desk
from tests.browser.office import PASSWORD, Office


async def test_an_administrator_changes_queues_connections_people_and_customers(
    office: Office, sit_down: SitDown
) -> None:
    ada = await sit_down(office, "ada", path="/admin/queues")
    await a_queue_is_renamed_in_its_form(office, ada)
    await a_connection_shows_its_health_and_keeps_its_settings_when_renamed(office, ada)
    await an_import_is_tried_before_anything_is_written(office, ada)
    await two_customers_become_one_and_two_again_and_one_is_erased(office, ada)
    await a_new_colleague_is_given_a_box(ada)
    mei = await sit_down(office, "mei", typing=True)
    await mei.at("user-menu").click()
    await mei.at("menu-box").click()
    await expect(mei.at("box-enabled")).to_have_attribute("aria-checked", "true", timeout=PATIENCE)


async def a_queue_is_renamed_in_its_form(office: Office, ada: Desk) -> None:
    await ada.at("queues-row").filter(has_text="Sales").click()
    await ada.at("input-name").fill("Sales and leasing")
    await ada.at("record-save").click()
    await expect(ada.at("queues-row").filter(has_text="Sales and leasing")).to_be_visible(timeout=PATIENCE)
    queues = await office.get("/queues")
    assert [queue["name"] for queue in queues["items"]] == ["Service", "Sales and leasing"]


async def a_connection_shows_its_health_and_keeps_its_settings_when_renamed(office: Office, ada: Desk) -> None:
    before = (await office.get("/connections"))["items"][0]
    await ada.turn_to("/admin/connections", "admin-connections-page")
    await expect(ada.at("connection")).to_contain_text("Running", timeout=PATIENCE)
    await ada.at("connection-edit").click()
    await ada.at("input-name").fill("The company's mail")
    await ada.at("connection-save").click()
    await expect(ada.at("connection")).to_contain_text("The company's mail", timeout=PATIENCE)
    after = (await office.get("/connections"))["items"][0]
    assert after["settings"] == before["settings"]


async def an_import_is_tried_before_anything_is_written(office: Office, ada: Desk) -> None:
    rows = "name,tel\n李雷,13800138001\nNobody,not-a-number\n".encode()
    sheet: FilePayload = {"name": "customers.csv", "mimeType": "text/csv", "buffer": rows}
    await ada.turn_to("/customers/import", "import-page")
    await ada.page.locator('input[type="file"]').set_input_files(sheet)
    await ada.sees("import-errors-row")
    assert await customers(office) == []
    await ada.at("import-run").click()
    await expect(ada.at("import-report")).to_contain_text("Imported: 1 new", timeout=PATIENCE)
    assert await customers(office) == ["李雷"]


async def two_customers_become_one_and_two_again_and_one_is_erased(office: Office, ada: Desk) -> None:
    kept, gone = [await office.post("/customers", {"name": name}) for name in ("Chen Wei", "Weiwei Chen")]
    await ada.turn_to(f"/customers/{kept['id']}", "customer-page")
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
    assert sorted(await customers(office)) == ["Weiwei Chen", "李雷"]


async def customers(office: Office) -> list[str]:
    return [one["name"] for one in (await office.get("/customers"))["items"]]


async def a_new_colleague_is_given_a_box(ada: Desk) -> None:
    await ada.turn_to("/admin/users", "admin-users-page")
    await ada.at("record-new").click()
    await ada.at("input-login").first.fill("mei")
    await ada.at("input-name").fill("Mei Lan")
    await ada.at("input-password").fill(PASSWORD)
    await ada.at("record-save").click()
    await expect(ada.at("users-row").filter(has_text="Mei Lan")).to_be_visible(timeout=PATIENCE)
    await ada.at("users-row").filter(has_text="Mei Lan").click()
    await ada.at("user-box").click()
    await ada.at("box-enabled").click()
    if folder := os.environ.get("PICTURES"):
        await ada.page.screenshot(path=f"{folder}/box-of.png")
    await ada.at("box-save").click()
    await ada.sees_no("own-box")
