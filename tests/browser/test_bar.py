"""The bar over every page and the telephone in the browser: a stranger calls, is named, answered, held, and passed on
with all that was typed; each function has a key, and is told to who cannot see it."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.conftest import SitDown
from tests.browser.desk import PATIENCE, Desk
from tests.browser.softphone import Switchboard
from tests.browser.test_accessibility import faults
from tests.browser.test_calls import Hotline, _picture, hotline

__all__ = ["hotline"]


async def with_a_telephone(desk: Desk) -> Switchboard:
    """The desk's page again, with a telephone in its bar that has been turned on."""
    board = Switchboard(await desk.page.context.new_page())
    await board.serve(desk)
    await desk.page.reload()
    await desk.at("softphone").click()
    await _picture(desk, "softphone-off")
    await desk.at("softphone-on").click()
    await desk.sees("softphone-state", "Ready")
    await desk.sees("softphone-microphone")
    await _picture(desk, "softphone-ready")
    await desk.page.keyboard.press("Escape")
    return board


async def test_a_stranger_calls_and_is_named_answered_and_passed_on_with_all_that_was_typed(
    hotline: Hotline, sit_down: SitDown
) -> None:
    lin, tom = await sit_down(hotline, "lin"), await sit_down(hotline, "tom")
    board = await with_a_telephone(lin)
    await lin.be("READY")
    await hotline.exchange.say("say", text="Ring", **{"from": "bear"})
    leg = await hotline.rings()
    board.tell(leg=leg, state="RINGING", caller="bear", auto=False)
    await named_in_two_keystrokes(lin)
    assert await faults(lin) == [], "a caller on the card"
    await answered_where_the_headset_is(hotline, lin, board, leg)
    await the_bar_stays_on_every_page(hotline, lin)
    await the_line_comes_back(lin, board)
    await the_screen_goes_along(hotline, lin, tom)
    await each_dialog_has_a_key(hotline, lin)
    await a_conference_by_keys(hotline, lin, tom)
    await the_place_is_parked_and_taken_on(hotline, lin, tom)
    board.tell(error="REPLACED", message="another window has it")
    await lin.at("softphone").click()
    await lin.sees("softphone-on", "Use it here")
    await _picture(lin, "softphone-elsewhere")


async def named_in_two_keystrokes(lin: Desk) -> None:
    await lin.sees("offer-accept", "Answer")
    await lin.sees("caller-create")
    await _picture(lin, "caller-unknown")
    await lin.page.keyboard.press("Alt+u")
    await lin.page.keyboard.type("Bruno Bear")
    await lin.page.keyboard.press("Enter")
    await lin.sees("offer-customer", "Bruno Bear")


async def answered_where_the_headset_is(hotline: Hotline, lin: Desk, board: Switchboard, leg: str) -> None:
    await lin.page.keyboard.press("Alt+a")
    await board.hears("answer", leg=leg)
    board.tell(leg=leg, state="TALKING", caller="bear", auto=False)
    await hotline.fact("ANSWERED", leg)
    await lin.has("conversation", "CONNECTED")
    await lin.sees("call-state", "In the call")
    await expect(lin.at("call-levels").locator(".lit").first).to_be_visible(timeout=PATIENCE)
    board.tell(leg=leg, quality={"loss": 0.002, "jitter": 3, "rtt": 20, "mos": 4.2})
    await expect(lin.at("softphone-dot")).to_have_attribute("aria-label", "Quality: good", timeout=PATIENCE)


async def the_bar_stays_on_every_page(hotline: Hotline, lin: Desk) -> None:
    await lin.turn_to("/tickets", "tickets-page")
    await lin.sees("call-state", "In the call")
    await lin.page.keyboard.press("Alt+m")
    await expect(lin.at("call-mute")).to_have_attribute("aria-pressed", "true", timeout=PATIENCE)
    await expect(lin.at("announcer-polite")).to_contain_text("Microphone off")
    await lin.page.keyboard.press("Alt+h")
    await hotline.told("hold")
    await lin.has("call-bar", "held")
    await _picture(lin, "bar-on-tickets")
    await lin.page.keyboard.press("Alt+h")
    await hotline.told("resume")
    await lin.page.keyboard.press("Alt+o")
    await hotline.told("record")
    await lin.at("softphone").click()
    await lin.sees("softphone-quality", "4.2 of 4.5")
    await _picture(lin, "softphone-in-a-call")
    assert await faults(lin) == [], "the bar over another page, and the telephone's card"
    await lin.page.keyboard.press("Escape")
    await lin.at("call-open").click()
    await lin.has("conversation", "CONNECTED")


async def the_line_comes_back(lin: Desk, board: Switchboard) -> None:
    await board.cut()
    await board.hears("session", resume="a-token")


async def the_screen_goes_along(hotline: Hotline, lin: Desk, tom: Desk) -> None:
    await lin.at("create-ticket").click()
    await lin.at("ticket-subject").fill("Honey is missing")
    await tom.be("READY")
    await lin.page.keyboard.press("Alt+q")
    await lin.at("consult-dialog").get_by_test_id("transfer-user").click()
    await lin.page.get_by_text("Tom Becker").last.click()
    await lin.at("consult-confirm").click()
    second = await hotline.rings(user=2)
    await tom.sees("offer-forms", "Honey is missing")
    await _picture(tom, "offer-with-a-form")
    await tom.accept()
    await hotline.fact("ANSWERED", second)
    await expect(tom.at("ticket-subject")).to_have_value("Honey is missing", timeout=PATIENCE)
    await _picture(tom, "the-form-came-along")
    await lin.at("consult-back").click()
    await expect(lin.at("ticket-subject")).to_have_value("Honey is missing")
    await lin.at("ticket-form").get_by_role("button", name="Cancel").click()


async def each_dialog_has_a_key(hotline: Hotline, lin: Desk) -> None:
    keys = lin.page.keyboard
    await keys.press("Alt+k")
    await lin.sees("keypad")
    await keys.press("7")
    assert (await hotline.told("keys"))["keys"] == "7"
    await keys.press("Escape")
    for key, dialog in {"Alt+t": "transfer-dialog", "Alt+l": "callback-dialog"}.items():
        await keys.press(key)
        await lin.sees(dialog)
        await keys.press("Escape")
        await lin.sees_no(dialog)


async def a_conference_by_keys(hotline: Hotline, lin: Desk, tom: Desk) -> None:
    """With a number outside, and a colleague who is asked aside first."""
    keys = lin.page.keyboard
    await keys.press("Alt+j")
    await lin.at("invite-number").fill("fox")
    await keys.press("Enter")
    await hotline.fact("ANSWERED", (await hotline.told("invite"))["leg"])
    await lin.has("call-bar", "conference")
    await expect(lin.at("announcer-polite")).to_contain_text("Conference")
    await keys.press("Alt+q")
    await lin.at("consult-dialog").get_by_test_id("transfer-user").click()
    await lin.page.get_by_text("Tom Becker").last.click()
    await lin.at("consult-aside").click()
    await _picture(lin, "consult-aside")
    await lin.at("consult-confirm").click()
    toms = await hotline.rings(leg="offer:3")
    await tom.accept()
    await hotline.fact("ANSWERED", toms)
    await lin.sees("consult-state", "in private; the others talk on")
    await _picture(lin, "in-private")
    assert await faults(lin) == [], "a word in private"
    await lin.at("consult-join").press("Enter")
    await lin.has("call-bar", "conference")
    await tom.has("call-bar", "conference")


async def the_place_is_parked_and_taken_on(hotline: Hotline, lin: Desk, tom: Desk) -> None:
    await lin.page.keyboard.press("Alt+z")
    await lin.sees_no("call-strip")
    await tom.has("call-bar", "parked")
    await tom.sees("consult-take", "由我接手")
    await expect(tom.at("announcer-polite")).to_contain_text("已驻留")
    await _picture(tom, "without-an-agent")
    await tom.at("ticket-form").get_by_role("button", name="取消").click()
    await tom.at("consult-take").press("Enter")
    await tom.has("call-bar", "conference")
    await tom.page.keyboard.press("Alt+x")
    await hotline.told("end")
    await tom.sees_no("call-strip")
