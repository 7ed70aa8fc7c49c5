"""RFC 4028: who confirms a call how often, and what becomes of one that nobody confirms."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from unittest.mock import Mock

import pytest
from sipmessage import Response

from plugins.sip.calls.call import Call
from plugins.sip.tests.party import Party, Site, described, site
from plugins.sip.tests.test_rules import invite
from plugins.sip.tests.test_transactions import answer
from plugins.sip.wire.session import Session, agreed, asked, least

FROM = "From: <sip:1@h>;tag=1"


class Clock:
    """What is to be done when; nothing is done by itself."""

    def __init__(self) -> None:
        self.wound: dict[float, Callable[[], None]] = {}

    def later(self, seconds: float, do: Callable[[], None]) -> asyncio.TimerHandle:
        self.wound[seconds] = do
        handle = Mock(asyncio.TimerHandle)
        handle.cancel = lambda: self.wound.pop(seconds, None)
        return handle


def says(code: int, *headers: tuple[str, str]) -> Response:
    made = answer(code)
    for name, value in headers:
        made.headers.add(name, value)
    return made


@pytest.mark.parametrize(
    ("headers", "session"),
    [
        (("Session-Expires: 1800", "Supported: timer"), Session(1800, ours=False)),
        (("x: 1800;refresher=uac", "k: 100rel, timer"), Session(1800, ours=False)),
        (("Session-Expires: 1800 ; refresher=UAS", "Supported: timer"), Session(1800, ours=True)),
        (("Session-Expires: 1800;refresher=uac",), Session(1800, ours=True)),  # a proxy's: its sender knows no timer
        (("Session-Expires: 1",), None),  # nor is half a second's refreshing asked of us
        (("Session-Expires: soon", "Supported: timer"), None),
        (("Supported: timer",), None),
    ],
)
def test_who_refreshes_is_agreed_by_the_request(headers: tuple[str, ...], session: Session | None) -> None:
    assert asked(invite(FROM, *headers)) == session


def test_who_refreshes_is_agreed_by_the_answer() -> None:
    assert agreed(says(200, ("Session-Expires", "600;refresher=uas"))) == Session(600, ours=False)
    assert agreed(says(200, ("Session-Expires", "600"))) == Session(600, ours=True)
    assert agreed(says(200)) is None and least(says(422, ("Min-SE", "300"))) == 300 and least(says(422)) == 0


@pytest.mark.parametrize(("expires", "refresh", "end"), [(1800, 900, 1768), (90, 45, 60)])
def test_it_is_refreshed_at_half_and_ended_a_little_before(expires: int, refresh: float, end: float) -> None:
    session = Session(expires, ours=True)
    assert (session.refresh_after, session.ends_after) == (refresh, end)


async def test_too_short_a_session_is_asked_for_again() -> None:
    async with site() as found:
        with Party() as caller:
            caller.where = ("127.0.0.1", found.port)
            refused = await caller.ask("INVITE", "Session-Expires: 60", "Supported: timer", body=described())
            assert (refused.code, refused.headers["Min-SE"]) == (422, "90")
            assert not found.exchange.lines


async def test_what_is_agreed_is_said_in_the_answer() -> None:
    async with site() as found:
        with Party() as caller:
            taken = await caller.call(found.port, "Session-Expires: 120", "Supported: timer")
            assert (taken.headers["Session-Expires"], taken.headers["Require"]) == ("120;refresher=uac", "timer")


async def with_timer(found: Site, caller: Party, *headers: str, who: str = "uas") -> tuple[Clock, Call]:
    """A call whose timer runs by a clock of the test's."""
    await caller.call(found.port, *headers)
    call = found.exchange.lines[found.thread].customer
    assert call is not None
    await found.until(lambda: call.state == "CONFIRMED")
    clock = Clock()
    call.refreshing.later = clock.later
    taken = await caller.ask("UPDATE", f"Session-Expires: 100;refresher={who}", "Supported: timer")
    assert taken.headers["Session-Expires"] == f"100;refresher={who}"
    return clock, call


async def test_a_session_the_other_side_stops_refreshing_ends() -> None:
    async with site() as found:
        with Party() as caller:
            clock, _ = await with_timer(found, caller, who="uac")
            assert set(clock.wound) == {68.0}
            clock.wound[68.0]()
            caller.reply(await caller.asked("BYE"), 200)
            await found.until(lambda: [fact for fact in found.told("leg") if fact["cause"] == "FAILED"])
            assert not clock.wound


async def test_we_refresh_by_update_where_it_is_understood_and_go_on() -> None:
    async with site() as found:
        with Party() as caller:
            clock, call = await with_timer(found, caller, "Allow: INVITE, UPDATE, BYE")
            assert set(clock.wound) == {50.0, 68.0}
            clock.wound[50.0]()
            update = await caller.asked("UPDATE")
            assert update.headers["Session-Expires"] == "100;refresher=uac" and not update.body
            caller.reply(update, 200, "Session-Expires: 200;refresher=uac")
            await found.until(lambda: set(clock.wound) == {100.0, 168.0})
            assert not call.over


async def test_we_refresh_by_an_offer_where_there_is_no_update_and_try_again_after_glare() -> None:
    async with site() as found:
        with Party() as caller:
            clock, call = await with_timer(found, caller)
            clock.wound[50.0]()
            first = await caller.asked("INVITE")
            assert (await caller.ask("INVITE", body=described())).code == 491
            caller.reply(first, 491)
            await caller.asked("ACK")
            await found.until(lambda: 2.5 in clock.wound)
            clock.wound[2.5]()
            again = await caller.asked("INVITE")
            caller.reply(again, 200, "Session-Expires: 100;refresher=uas", body=described())
            ack = await caller.asked("ACK")
            assert ack.cseq.sequence == again.cseq.sequence > first.cseq.sequence
            await found.until(lambda: set(clock.wound) == {68.0})
            assert not call.over


async def test_a_refresh_that_is_too_short_is_made_longer() -> None:
    async with site() as found:
        with Party() as caller:
            clock, _ = await with_timer(found, caller, "Allow: UPDATE")
            clock.wound[50.0]()
            caller.reply(await caller.asked("UPDATE"), 422, "Min-SE: 400")
            assert (await caller.asked("UPDATE")).headers["Session-Expires"] == "400;refresher=uac"


@pytest.mark.parametrize(("code", "over"), [(481, True), (408, True), (500, False)])
async def test_a_refresh_into_nothing_ends_the_call(code: int, over: bool) -> None:
    async with site() as found:
        with Party() as caller:
            clock, call = await with_timer(found, caller, "Allow: UPDATE")
            clock.wound[50.0]()
            caller.reply(await caller.asked("UPDATE"), code)
            await caller.ask("OPTIONS") if not over else await caller.asked("BYE")
            assert call.over is over


async def test_calls_out_keep_to_what_the_answer_says() -> None:
    with Party() as phone:
        async with site(proxies=[f"127.0.0.1:{phone.port}"], prefixes=["+86"]) as found:
            await found.rings_outside()
            clock = Clock()
            [device] = found.exchange.trunks[7].outbound
            device.refreshing.later = clock.later
            made = await phone.picks_up("Session-Expires: 90;refresher=uas")
            assert "timer" in made.headers["Supported"]
            assert set(clock.wound) == {60.0}
            await phone.asked("INVITE")  # the agent is there: now the customer is called
