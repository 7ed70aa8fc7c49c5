"""WCAG 2.2 AA as far as a machine can tell (axe-core), in both themes, and the screens in both languages.

And the keyboard reaches what the mouse does."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from playwright.async_api import expect

from hub import web
from tests.browser.conftest import SitDown
from tests.browser.desk import PATIENCE, Desk
from tests.browser.office import Office

AXE = Path(web.__file__).parent / "ui" / "node_modules" / "axe-core" / "axe.min.js"
Scheme = Literal["light", "dark"]
OTHER: dict[Scheme, Scheme] = {"light": "dark", "dark": "light"}
IS_DARK = "() => matchMedia('(prefers-color-scheme: dark)').matches"
RULES: dict[Scheme, dict[str, object]] = {
    "light": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},  # all that a theme can change
}


async def faults(desk: Desk) -> list[str]:
    """What axe-core finds on the screen as it is, and of its colours in the dark, one line a rule.

    It begins with the theme that the last look left: to draw everything in the other one costs more than the look."""
    if not await desk.page.evaluate("() => 'axe' in window"):
        await desk.page.evaluate(AXE.read_text(encoding="utf-8"))
    shown: Scheme = "dark" if await desk.page.evaluate(IS_DARK) else "light"
    return [*await faults_in(desk, shown), *await faults_in(desk, OTHER[shown])]


async def faults_in(desk: Desk, scheme: Scheme) -> list[str]:
    await desk.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    await expect(desk.page.locator("html")).to_have_css("color-scheme", scheme)
    await settle(desk)
    return [f"{scheme} {fault}" for fault in await judged(desk, {"runOnly": RULES[scheme]})]


async def faults_of_words(desk: Desk) -> list[str]:
    """What another language can change: names, sizes, the language told; the colours stay."""
    return await judged(desk, {"runOnly": RULES["light"], "rules": {"color-contrast": {"enabled": False}}})


async def judged(desk: Desk, options: dict[str, object]) -> list[str]:
    found: dict[str, Any] = await desk.page.evaluate(
        "(options) => axe.run(document, { ...options, resultTypes: ['violations'] })", options
    )
    return [
        f"{fault['id']}: {node['target']} {node['html'][:160]} {[why['message'] for why in node['any'][:1]]}"
        for fault in found["violations"]
        for node in fault["nodes"][:3]
    ]


async def settle(desk: Desk) -> None:
    """Colours are judged when nothing fades any more."""
    await desk.page.wait_for_function("() => document.getAnimations().every((one) => one.playState !== 'running')")


async def test_the_inbox_has_no_fault_a_machine_can_find(office: Office, sit_down: SitDown) -> None:
    lin = await sit_down(office, "lin")
    await lin.be("READY")
    await office.write_mail("Look closely", "A first mail.")
    await lin.sees("offer")
    assert await faults(lin) == [], "with an offer"
    await lin.accept()
    await lin.send("An answer")
    await lin.sees("undo-bar")
    assert await faults(lin) == [], "a conversation"
    await lin.at("close").click()
    await lin.sees("close-dialog")
    assert await faults(lin) == [], "the close dialog"


async def test_the_other_screens_have_no_fault_a_machine_can_find(office: Office, sit_down: SitDown) -> None:
    await office.write_mail("A ticket", "Something broke.")
    ada = await sit_down(office, "ada", wide=False)
    singles = {"/tickets/1": "ticket-page", "/customers/1": "customer-page"}
    lists = {f"/{name}": f"{name}-page" for name in ("tickets", "customers", "search", "agents", "board")}
    admin = ("connections", "users", "queues", "skills", "rules", "plugins", "audit")
    screens = lists | singles | {f"/admin/{name}": f"admin-{name}-page" for name in admin}
    for path, screen in screens.items():
        await turn(ada, path, screen)
        assert await faults(ada) == [], path
    await speak_chinese(ada)
    for path, screen in screens.items():
        await turn(ada, path, screen)
        assert await faults_of_words(ada) == [], f"{path} in Chinese"


async def turn(desk: Desk, path: str, screen: str) -> None:
    await desk.turn_to(path, screen)
    await expect(desk.at(screen).locator("h1")).to_be_visible(timeout=PATIENCE)


async def speak_chinese(desk: Desk) -> None:
    await desk.at("user-menu").click()
    await desk.at("menu-language").click()
    await desk.page.get_by_text("简体中文", exact=True).last.click()
    await expect(desk.page.locator("html")).to_have_attribute("lang", "zh-CN", timeout=PATIENCE)


async def test_the_routing_dialogs_have_no_fault_a_machine_can_find(office: Office, sit_down: SitDown) -> None:
    ada = await sit_down(office, "ada", path="/admin/queues")
    await ada.at("queue-routing-open").first.click()
    for part in ("rings", "overflow", "targets"):
        await ada.at(f"{part}-add").click()
    await ada.sees("dry-first")
    assert await faults(ada) == [], "the routing editor"
    await ada.turn_to("/agents", "agents-page")
    await ada.turn_to("/admin/queues", "admin-queues-page")
    await ada.at("queue-members").first.click()
    await ada.sees("member-row")
    assert await faults(ada) == [], "the members"
    await ada.turn_to("/admin/rules", "admin-rules-page")
    await ada.at("rule-add").click()
    await ada.has("rule-check", "RIGHT")
    assert await faults(ada) == [], "a rule"
    await ada.turn_to("/agents", "agents-page")
    await ada.at("agents-row").first.click()
    await ada.sees("agent-dialog")
    assert await faults(ada) == [], "an agent"
    await ada.page.keyboard.press("Escape")
    await ada.at("capacity").click()
    await ada.sees("my-limits")
    await ada.sees("my-channels")
    assert await faults(ada) == [], "my limits"


async def test_the_keyboard_reaches_what_the_mouse_does(office: Office, sit_down: SitDown) -> None:
    made = await office.post("/customers", {"name": "韩梅梅", "kind": "PERSON"})
    lin = await sit_down(office, "lin")
    await the_palette_finds_a_customer(lin, made["id"])
    await every_shortcut_is_listed_and_single_keys_can_be_turned_off(lin)


async def the_palette_finds_a_customer(lin: Desk, customer: int) -> None:
    await lin.page.keyboard.press("Control+k")
    await lin.at("palette-input").fill("hmm")
    await lin.sees(f"palette-item-customer-{customer}")
    await lin.page.keyboard.press("Enter")
    await lin.sees("customer-page", "韩梅梅")


async def every_shortcut_is_listed_and_single_keys_can_be_turned_off(lin: Desk) -> None:
    await lin.page.keyboard.press("?")
    await lin.sees("shortcut-help")
    await lin.at("shortcut-help").get_by_role("switch").click()
    await lin.page.keyboard.press("Escape")
    await lin.sees_no("shortcut-help")
    await lin.page.keyboard.press("?")
    await lin.page.keyboard.press("Control+k")
    await lin.sees("palette")
    await lin.sees_no("shortcut-help")
