"""An agent's browser rings, answers, holds, presses keys and hangs up as a phone does; when it drops, calls wait."""

from __future__ import annotations

import asyncio
import json

import pytest

from hub.api import Address, Ringing, Unreachable
from plugins import sip
from plugins.sip.phones.softphones import Rings
from plugins.sip.softphone import agent
from plugins.sip.tests.desk_phone import DeskPhone
from plugins.sip.tests.party import ACCOUNT, Party, Site, site
from plugins.sip.tests.softphone.pages import ANN, BO, OFFER, Office, Page, office
from plugins.sip.wire.digest import Secret

CALLER = Address("tel", "+8613800138000", "王 Wang")


async def rings(found: Site, leg: str = "offer:1", *, auto: bool = False) -> None:
    await found.channel.ring(ACCOUNT, Ringing(leg, found.thread, ANN, CALLER, 20, auto))


async def talks(found: Site, rooms: Office, caller: Party) -> Page:
    """The caller and Ann's browser."""
    page = await rooms.opens()
    await caller.call(found.port)
    await rings(found)
    assert await page.becomes("RINGING") == {
        "leg": "offer:1", "state": "RINGING", "caller": "王 Wang", "auto": False, "cause": "",
    }  # fmt: skip
    page.say("answer", leg="offer:1")
    await page.becomes("TALKING")
    await found.channel.bridge(ACCOUNT, found.thread, ["offer:1"])
    return page


def legs(found: Site) -> list[tuple[str, str, str]]:
    return [(fact["state"], fact["leg"], fact["cause"]) for fact in found.told("leg")]


async def test_it_rings_is_answered_and_hung_up() -> None:
    async with site() as found, office(found) as rooms:
        with Party() as caller:
            page = await talks(found, rooms, caller)
            await found.until(lambda: ("ANSWERED", "offer:1", "") in legs(found))
            page.say("hang_up", leg="offer:1")
            assert (await page.becomes("ENDED"))["cause"] == "HUNG_UP"
            await found.until(lambda: ("ENDED", "offer:1", "HUNG_UP") in legs(found))
            await found.until(lambda: rooms.gateway.phones == {page.session: set()})
            await caller.ask("BYE")


async def test_what_is_refused_is_rejected_and_who_gives_up_ends_it() -> None:
    async with site() as found, office(found) as rooms:
        with Party() as caller:
            page = await rooms.opens()
            await caller.call(found.port)
            await rings(found)
            await page.becomes("RINGING")
            page.say("reject", leg="offer:1")
            await page.becomes("ENDED")
            await found.until(lambda: ("ENDED", "offer:1", "REJECTED") in legs(found))
            await rings(found, "offer:2")
            await page.becomes("RINGING")
            await found.channel.release(ACCOUNT, found.thread, "offer:2", "taken")
            assert (await page.becomes("ENDED"))["leg"] == "offer:2"
            await caller.ask("BYE")


async def test_it_answers_by_itself_where_it_is_asked_to() -> None:
    async with site() as found, office(found) as rooms:
        with Party() as caller:
            page = await rooms.opens()
            await caller.call(found.port)
            await rings(found, auto=True)
            assert (await page.becomes("RINGING"))["auto"]
            await page.becomes("TALKING")
            await caller.ask("BYE")


async def test_who_is_held_hears_music_and_keys_are_pressed_for_the_customer() -> None:
    async with site() as found, office(found) as rooms:
        with Party() as caller:
            page = await talks(found, rooms, caller)
            [line] = found.exchange.lines.values()
            assert line.customer is not None
            customers = line.customer.media.name
            page.say("keys", leg="offer:1", keys="4#")
            await found.until(lambda: ("send_digits", customers, "#") in found.engine.did)
            assert ("send_digits", customers, "4") in found.engine.did
            page.say("hold", leg="offer:1", on=True)
            await page.becomes("HELD")
            await found.until(lambda: ("HELD", "offer:1", "") in legs(found))
            await found.until(lambda: ("play", customers) in found.engine.did)
            page.say("hold", leg="offer:1", on=False)
            await page.becomes("TALKING")
            await found.until(lambda: ("RESUMED", "offer:1", "") in legs(found))
            assert [direction for _, direction in rooms.gateway.did] == ["sendrecv", "sendonly", "sendrecv"]
            await caller.ask("BYE")


@pytest.mark.parametrize("held", [False, True])
async def test_a_browser_that_drops_comes_back_to_its_call_and_whoever_was_held_stays_so(held: bool) -> None:
    async with site() as found, office(found) as rooms:
        with Party() as caller:
            page = await talks(found, rooms, caller)
            line = found.exchange.lines[found.thread]
            if held:
                await found.channel.hold(ACCOUNT, found.thread)
            page.leave()
            await found.until(lambda: line.legs["offer:1"].away)
            await rooms.here(False)
            again = rooms.page()
            again.say("session", sdp=OFFER)
            assert (await again.hear())["session"] == page.session
            assert (await again.becomes("TALKING"))["leg"] == "offer:1"
            await rooms.heard(page.session)
            await found.until(lambda: not line.legs["offer:1"].away)
            assert line.arrangement.held is held and not {"HELD", "RESUMED"} & {state for state, _, _ in legs(found)}
            again.say("hang_up", leg="offer:1")
            await again.becomes("ENDED")
            await caller.ask("BYE")


async def test_one_that_does_not_come_back_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent, "COMES_BACK_WITHIN", 0.05)
    async with site() as found, office(found) as rooms:
        with Party() as caller:
            page = await talks(found, rooms, caller)
            page.leave()
            await found.until(lambda: ("ENDED", "offer:1", "FAILED") in legs(found))
            await found.until(lambda: rooms.gateway.phones == {})
            await caller.ask("BYE")


@pytest.mark.parametrize("legs_too", [False, True])
async def test_a_browser_whose_audio_is_lost_is_sent_away_and_comes_back_to_its_call(legs_too: bool) -> None:
    async with site() as found, office(found) as rooms:
        with Party() as caller:
            page = await talks(found, rooms, caller)
            rooms.lost(page.session, legs_too=legs_too)
            assert (await page.hear())["error"] == "NOT_HEARD"
            await found.until(lambda: page.closed == 4410)
            await rooms.here(False)
            again = rooms.page()
            again.say("session", sdp=OFFER)
            assert (await again.hear())["session"] == page.session
            await again.becomes("TALKING")
            await rooms.heard(page.session)
            directions = ["sendrecv", "sendrecv"] if legs_too else ["sendrecv", "sendonly", "sendrecv"]
            await found.until(lambda: [how for _, how in rooms.gateway.did] == directions)
            assert len(rooms.gateway.phones[page.session]) == 1
            again.say("hang_up", leg="offer:1")
            await again.becomes("ENDED")
            await caller.ask("BYE")


async def test_the_newest_window_has_it_and_the_older_one_is_told() -> None:
    async with site() as found, office(found) as rooms:
        with Party() as caller:
            older = await talks(found, rooms, caller)
            newer = rooms.page()
            newer.say("session", sdp=OFFER)
            assert (await older.hear())["error"] == "REPLACED"
            await found.until(lambda: older.closed == 4409)
            await newer.hear()
            assert (await newer.becomes("TALKING"))["leg"] == "offer:1"
            await caller.ask("BYE")


async def test_when_it_is_opened_at_another_node_the_older_one_is_told() -> None:
    async with site() as found, office(found) as rooms:
        older = await rooms.opens()
        await found.context.publish("softphone", {"user": ANN, "token": "another"})
        assert (await older.hear())["error"] == "REPLACED"


async def test_agents_choose_what_rings_and_phones_take_turns_as_ever() -> None:
    async with site() as found, office(found) as rooms:
        with DeskPhone("ann") as phone, Party() as caller:
            await phone.registered(found, ANN)
            page = await rooms.opens(language="zh-CN")
            assert await rooms.names() == ["浏览器", "ann"]
            await found.exchange.softphones.choose(ANN, Rings.PHONE)
            assert await rooms.names() == ["ann"]
            await found.exchange.softphones.choose(ANN, Rings.BROWSER)
            assert await rooms.names() == ["浏览器"]
            await caller.call(found.port)
            await rings(found)
            await page.becomes("RINGING")
            page.leave()
            await rooms.here(False)
            with pytest.raises(Unreachable):
                await rings(found, "offer:2")
            await caller.ask("BYE")


async def test_a_colleague_whose_browser_is_open_can_be_asked_by_keys() -> None:
    async with site() as found, office(found) as rooms:
        await found.exchange.phones.set(BO, Secret.of("bo", "hub", "secret"), "")
        phone = await found.exchange.phones.of_user(BO)
        assert phone is not None and not await found.exchange.phones.has_device(phone)
        await rooms.opens(BO)
        assert await found.exchange.phones.has_device(phone)


async def test_what_is_heard_is_judged() -> None:
    async with site() as found, office(found) as rooms:
        with Party() as caller:
            page = await talks(found, rooms, caller)
            for loss in (0, 0.2):
                page.say("quality", leg="offer:1", loss=loss, jitter=2, rtt=40)
            good, bad = (await page.hear())["quality"], (await page.hear())["quality"]
            assert 4.3 < good["mos"] < 4.5 and bad["mos"] < 3 and (bad["loss"], bad["rtt"]) == (0.2, 40)
            line = found.exchange.lines[found.thread].legs["offer:1"]
            await found.until(lambda: line.call and line.call.reported and line.call.reported.loss == 0.1)
            await caller.ask("BYE")
            await found.until(lambda: [fact for fact in found.told("leg") if fact.get("quality")])
            [ended] = [fact for fact in found.told("leg") if fact.get("quality")]
            assert (ended["leg"], ended["quality"]["loss"], ended["quality"]["round_trip"]) == ("offer:1", 0.1, 40)


@pytest.mark.parametrize(
    "said", [{"do": "dance"}, {"do": "answer"}, {"do": "keys", "leg": "x", "keys": "abc"}, {"do": "session", "sdp": 7}]
)
async def test_what_is_no_word_is_told_so(said: dict[str, object]) -> None:
    async with site() as found, office(found) as rooms:
        page = rooms.page()
        page._said.put_nowait(json.dumps(said))
        assert (await page.hear())["error"] == "NOT_UNDERSTOOD"
        page.say("session", sdp="")
        assert (await page.hear())["error"] == "NO_SESSION"


@pytest.mark.parametrize(("text", "code"), [("x" * 50_000, 1009), ("{}", 4429)])
async def test_too_much_ends_it(text: str, code: int) -> None:
    async with site() as found, office(found) as rooms:
        page = rooms.page()
        for _ in range(30):
            page._said.put_nowait(text)
        await found.until(lambda: page.closed == code)


async def test_a_stranger_at_the_ringer_s_port_is_turned_away() -> None:
    async with site() as found, office(found) as rooms:
        page = await rooms.opens()
        place = await found.exchange.softphones.of_user(ANN)
        assert place is not None and page.session == place.token
        with Party() as stranger:
            stranger.to("<sip:ann@hub>", f"sip:ann@127.0.0.1:{place.port}")
            assert (await stranger.call(place.port)).code == 403


async def test_two_windows_of_an_agent_that_come_at_once_share_one_telephone() -> None:
    async with site() as found, office(found) as rooms:
        begins = rooms.gateway.gate = asyncio.Event()
        first, second = rooms.page(), rooms.page()
        for page in (first, second):
            page.say("session", sdp=OFFER)
        await found.until(lambda: rooms.gateway.starting)
        begins.set()
        session = (await first.hear())["session"]
        assert (await first.hear())["error"] == "REPLACED"
        assert (await second.hear())["session"] == session and len(rooms.gateway.phones) == 1


async def test_a_site_that_ends_lets_browsers_go(monkeypatch: pytest.MonkeyPatch) -> None:
    async with site() as found, office(found) as rooms:
        monkeypatch.setattr(sip, "_channels", [(found.context, found.channel)])
        found.channel.softphone = rooms.desk
        working = asyncio.create_task(sip.hub_start(found.context))
        page = await rooms.opens()
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        assert await found.exchange.softphones.of_user(ANN) is None and not rooms.gateway.phones
        page.say("session", sdp=OFFER)
        assert (await page.hear())["error"] == "NO_SESSION"
