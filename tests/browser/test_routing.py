"""Routing on the screen: the board, agents' limits, the editor with its dry run, rules, and why somebody waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

from playwright.async_api import Locator, expect

from tests.browser.conftest import SitDown
from tests.browser.desk import PATIENCE, Desk
from tests.browser.office import Office


async def id_of(office: Office, login: str) -> int:
    users: list[dict[str, Any]] = (await office.get("/users"))["items"]
    return int(next(user["id"] for user in users if user["login"] == login))


def tile(desk: Desk, part: str) -> Locator:
    return desk.page.locator('[data-queue="service"]').get_by_test_id(f"board-{part}")


async def test_the_board_follows_what_waits_and_asks_once_a_second_however_much_happens(
    office: Office, sit_down: SitDown
) -> None:
    ada, lin = await sit_down(office, "ada", path="/board"), await sit_down(office, "lin")
    await expect(tile(ada, "waiting")).to_have_text("0", timeout=PATIENCE)
    await office.write_mail("Where is it?", "I have waited.")
    await expect(tile(ada, "waiting")).to_have_text("1", timeout=PATIENCE)
    await expect(tile(ada, "longest")).to_contain_text(":", timeout=PATIENCE)
    await lin.be("READY")
    await lin.accept()
    await expect(tile(ada, "waiting")).to_have_text("0", timeout=PATIENCE)
    await expect(ada.page.locator('[data-queue="service"]').get_by_text("1 busy")).to_be_visible(timeout=PATIENCE)
    await lin.at("presence").click()
    await lin.at("presence-BREAK").click()
    await lin.sees("presence-pending")  # and takes nothing more
    await it_asks_once_a_second(office, ada)


async def it_asks_once_a_second(office: Office, ada: Desk) -> None:
    asked: list[float] = []
    ada.page.on("requestfinished", lambda one: note(asked, one.url, one.timing["startTime"]))
    for first in (0, 4, 8):
        for number in range(first, first + 4):
            await office.write_mail(f"Question {number}", "?")
        await expect(tile(ada, "waiting")).to_have_text(str(first + 4), timeout=PATIENCE)
    assert len(asked) >= 2 and all(later - earlier >= 950 for earlier, later in pairwise(asked)), asked


def note(asked: list[float], url: str, at: float) -> None:
    if url.endswith("/routing/board"):
        asked.append(at)


async def test_a_supervisor_limits_explains_retells_and_passes_on_an_agents_work(
    office: Office, sit_down: SitDown
) -> None:
    lin, ada = await sit_down(office, "lin"), await sit_down(office, "ada", path="/agents")
    await an_agent_takes_less_and_then_all_again(lin)
    await a_supervisor_says_how_much_somebody_takes(lin, ada)
    await who_asks_why_is_answered_in_sentences(office, lin, ada)
    await a_change_is_tried_on_recorded_traffic(ada)
    await a_supervisor_passes_somebodys_work_on(lin, await sit_down(office, "tom"), ada)


async def an_agent_takes_less_and_then_all_again(lin: Desk) -> None:
    await expect(lin.at("capacity-LIVE_TEXT")).to_contain_text("0/3", timeout=PATIENCE)
    await lin.at("capacity").click()
    await lin.at("limit-LIVE_TEXT").fill("1")
    await lin.at("limit-LIVE_TEXT").press("Enter")
    await expect(lin.at("capacity-LIVE_TEXT")).to_contain_text("0/1", timeout=PATIENCE)
    await lin.at("limits-all").click()
    await expect(lin.at("capacity-LIVE_TEXT")).to_contain_text("0/3", timeout=PATIENCE)


async def a_supervisor_says_how_much_somebody_takes(lin: Desk, ada: Desk) -> None:
    row = ada.at("agents-row").filter(has_text="Lin Yue")
    await row.click()
    await ada.at("limit-DEFERRED").fill("2")
    await ada.at("limit-DEFERRED").press("Enter")
    await expect(row.get_by_test_id("load-DEFERRED")).to_have_text("0/2", timeout=PATIENCE)
    await expect(lin.at("capacity-DEFERRED")).to_contain_text("0/2", timeout=PATIENCE)
    await ada.page.keyboard.press("Escape")
    await ada.sees_no("agent-dialog")


async def who_asks_why_is_answered_in_sentences(office: Office, lin: Desk, ada: Desk) -> None:
    await office.write_mail("Still here", "Nobody answers.")
    await ada.turn_to("/inbox", "conversation-list")
    await ada.at("view-waiting").click()
    await ada.open("Still here")
    await ada.sees("why-waiting", "Number 1 in the queue")
    await ada.sees("why-waiting", "Lin Yue is not ready.")
    await lin.be("READY")
    await lin.accept()
    await ada.at("side-why").get_by_role("button").click()
    await expect(ada.at("why-offers")).to_contain_text("Lin Yue", timeout=PATIENCE)
    await expect(ada.at("why-offers")).to_contain_text("accepted", timeout=PATIENCE)


async def a_change_is_tried_on_recorded_traffic(ada: Desk) -> None:
    await ada.turn_to("/admin/queues", "admin-queues-page")
    await ada.at("queues-row").filter(has_text="Service").get_by_test_id("queue-routing-open").click()
    await ada.at("overflow-add").click()
    await ada.at("replay-play").scroll_into_view_if_needed()
    summary = ada.at("replay-summary")
    async with recorded(ada):
        await expect(summary).to_have_text("0 of 1 contacts go another way.", timeout=PATIENCE)
    await expect(ada.at("replay-queues")).to_contain_text("Service")


async def a_supervisor_passes_somebodys_work_on(lin: Desk, tom: Desk, ada: Desk) -> None:
    await ada.turn_to("/agents", "agents-page")
    await ada.at("agents-row").filter(has_text="Lin Yue").click()
    await ada.at(f"reassign-{lin.interaction}").click()
    await ada.page.locator(".n-base-select-option").filter(has_text="Tom Becker").click()
    await ada.sees("agent-dialog", "Nothing in hand")
    await tom.open("Still here")


async def test_an_administrator_sets_skills_strategies_rules_and_what_blocks_what(
    office: Office, sit_down: SitDown
) -> None:
    ada = await sit_down(office, "ada", path="/admin/skills")
    await skills_are_a_grid_with_one_save(office, ada)
    await a_change_of_routing_is_tried_before_it_is_saved(office, ada, await sit_down(office, "lin"))
    await a_rule_is_checked_while_it_is_typed(office, ada)
    await what_blocks_what_is_said_on_the_screen_of_the_rules(office, ada)


async def skills_are_a_grid_with_one_save(office: Office, ada: Desk) -> None:
    lin, tom = [await id_of(office, login) for login in ("lin", "tom")]
    await ada.at("skill-new").fill("zh")
    await ada.at("skill-add").click()
    for user, level in ((lin, "3"), (tom, "1")):
        await ada.at(f"skill-{user}-zh").fill(level)
        await ada.at(f"skill-{user}-zh").press("Tab")
    await ada.sees("dry-run", "Nobody could take it now.")
    await ada.at("replay-play").click()
    await ada.sees("recorded-run", "Nothing is recorded of these hours.")
    await ada.at("skills-save").click()
    await expect(ada.at("skills-save")).to_be_disabled(timeout=PATIENCE)
    assert [(await office.get(f"/users/{user}"))["skills"] for user in (lin, tom)] == [{"zh": 3}, {"zh": 1}]


async def a_change_of_routing_is_tried_before_it_is_saved(office: Office, ada: Desk, lin: Desk) -> None:
    await ada.turn_to("/admin/queues", "admin-queues-page")
    await ada.at("queues-row").filter(has_text="Service").get_by_test_id("queue-routing-open").click()
    await expect(ada.at("dry-first")).to_have_text("Nobody could take it now.", timeout=PATIENCE)
    await lin.be("READY")
    await ada.at("routing-strategy").click()
    await ada.page.locator(".n-base-select-option").filter(has_text="Longest idle").click()
    await expect(ada.at("dry-first")).to_have_text("It would go to Lin Yue: ready, longest idle.", timeout=PATIENCE)
    await ada.at("targets-add").click()
    await ada.at("routing-save").click()
    await ada.sees_no("queue-routing")
    (service, _) = (await office.get("/queues"))["items"]
    assert service["routing"]["strategy"] == "LONGEST_IDLE"
    assert service["routing"]["targets"] == [{"medium": None, "percent": 80, "seconds": 20}]


async def a_rule_is_checked_while_it_is_typed(office: Office, ada: Desk) -> None:
    await ada.page.goto(f"{ada.url}/admin/rules")  # anew: what was announced before is said no more
    await ada.at("rule-add").click()
    await ada.at("rule-name").fill("Good customers")
    await ada.at("rule-when").fill("customer.attributes.grade = 1")
    await expect(ada.at("rule-check")).to_have_text("At character 27: Write == to compare.", timeout=PATIENCE)
    await expect(ada.at("rules-save")).to_be_disabled()
    await ada.at("rule-when").fill("customer.attributes.grade == 1")
    await ada.has("rule-check", "RIGHT")
    await ada.at("rule-priority").fill("5")
    await ada.at("rule-attributes").get_by_role("button").first.click()
    for field, text in enumerate(("tier", "gold")):
        await ada.at("rule-attributes").get_by_role("textbox").nth(field).fill(text)
    await ada.at("rules-save").click()
    await ada.sees("admin-rules-page")
    await expect(ada.at("announcer-polite")).to_have_text("Saved", timeout=PATIENCE)
    (rule,) = (await office.get("/routing/rules"))["rules"]
    assert (rule["name"], rule["when"], rule["priority"]) == ("Good customers", "customer.attributes.grade == 1", 5)
    assert rule["attributes"] == {"tier": "gold"}


async def what_blocks_what_is_said_on_the_screen_of_the_rules(office: Office, ada: Desk) -> None:
    await ada.page.reload()  # for the same reason
    await expect(ada.at("blocks-VOICE")).to_contain_text("Live text", timeout=PATIENCE)
    await ada.at("blocks-DEFERRED").click()
    await ada.page.locator(".n-base-select-option").filter(has_text="Calls").click()
    await ada.page.keyboard.press("Escape")
    await ada.at("weight-VOICE").fill("3")
    await ada.at("blending-budget").fill("6")
    await ada.at("rules-save").click()
    await expect(ada.at("announcer-polite")).to_have_text("Saved", timeout=PATIENCE)
    found = (await office.get("/routing/rules"))["blending"]
    assert found["blocks"] == {"VOICE": ["LIVE_TEXT", "DEFERRED"], "LIVE_TEXT": ["VOICE"], "DEFERRED": ["VOICE"]}
    assert (found["weights"], found["budget"]) == ({"VOICE": 3}, 6)
    await ada.at("blending-usual").click()
    await ada.at("rules-save").click()
    await expect(ada.at("blocks-DEFERRED")).not_to_contain_text("Calls")


@asynccontextmanager
async def recorded(desk: Desk) -> AsyncIterator[None]:
    """The journal is written about once a second: play until it says what just happened."""
    playing = asyncio.create_task(play(desk))
    try:
        yield
    finally:
        playing.cancel()


async def play(desk: Desk) -> None:
    while True:
        async with desk.page.expect_response("**/routing/replay"):
            await desk.at("replay-play").click()
