"""English and Simplified Chinese: every screen speaks the agent's language, and no sentence is missing."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.browser.conftest import SitDown
from tests.browser.desk import PATIENCE, Desk
from tests.browser.office import Office

ADMIN = ["connections", "queues", "skills", "rules", "templates", "assets", "users", "roles", "departments"]
ADMIN += ["quarantine", "plugins", "tokens", "webhooks", "audit"]
PAGES = {"/inbox": "conversation-list", "/tickets": "tickets-page", "/customers": "customers-page"}
PAGES |= {
    "/search": "search-page",
    "/agents": "agents-page",
    "/board": "board-page",
    "/customers/import": "import-page",
}
PAGES |= {f"/admin/{name}": f"admin-{name}-page" for name in ADMIN}
A_KEY = re.compile(r"^[a-z]+(\.[a-z_]+)+$")


async def words(desk: Desk) -> list[str]:
    """Everything there is to read, labels included."""
    return list(
        await desk.page.evaluate(
            """() => [...document.querySelectorAll("body *")].flatMap((one) => [
                 ...["aria-label", "placeholder", "title"].map((name) => one.getAttribute(name) ?? ""),
                 ...[...one.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data.trim())])"""
        )
    )


async def test_every_screen_speaks_the_language_of_who_looks_at_it(office: Office, sit_down: SitDown) -> None:
    for language in ("en-GB", "zh-CN"):
        await office.api.patch("/api/v1/me", json={"language": language[:2]})
        ada = await sit_down(office, "ada", locale=language)
        for path, shown in PAGES.items():
            await ada.turn_to(path, shown)
            await speaks(ada, language, path)
        await ada.page.close()
    await the_language_can_be_changed_at_the_login_and_stays(await sit_down(office, "lin"))


async def speaks(ada: Desk, language: str, path: str) -> None:
    assert await ada.page.locator("html").get_attribute("lang") == language
    said = await words(ada)
    permissions = {"interactions", "tickets", "customers", "audit", "connections", "plugins", "presence", "queues"}
    names = {"quarantine", "reports", "roles", "templates", "tokens", "users", "webhooks", "login", "logout"}
    keys = [one for one in said if A_KEY.match(one) and one.partition(".")[0] not in permissions | names]
    assert keys == [], f"{path} shows keys instead of sentences"
    han = any(re.search(r"[\u4e00-\u9fff]", one) for one in said)
    assert han if language == "zh-CN" else not han, path


async def the_language_can_be_changed_at_the_login_and_stays(lin: Desk) -> None:
    await lin.at("user-menu").click()
    await lin.at("menu-language").click()
    await lin.page.get_by_text("简体中文", exact=True).last.click()
    await expect(lin.page.locator("html")).to_have_attribute("lang", "zh-CN", timeout=PATIENCE)
    await lin.page.reload()
    await expect(lin.page.locator("html")).to_have_attribute("lang", "zh-CN", timeout=PATIENCE)
    await expect(lin.at("view-mine")).to_contain_text("我的")
