"""Whoever holds us may be silent, and is asked whether they are there; whoever is silent and does not has gone."""

from __future__ import annotations

import pytest

from plugins.sip.calls.call import Call
from plugins.sip.calls.held import ANSWERS_WITHIN, ASK_EVERY
from plugins.sip.tests.party import Party, Site, described, site
from plugins.sip.tests.test_session_timers import Clock


async def held(found: Site, caller: Party, direction: str = "sendonly") -> tuple[Clock, Call]:
    """A caller who holds us, and the clock by which they are asked."""
    await caller.call(found.port)
    call = found.exchange.lines[found.thread].customer
    assert call is not None
    clock = Clock()
    call.held.later = clock.later
    await caller.ask("UPDATE", body=described(4000, direction))
    return clock, call


@pytest.mark.parametrize("direction", ["sendonly", "inactive"])
async def test_who_holds_us_is_asked_and_stays_as_long_as_they_answer(direction: str) -> None:
    async with site() as found:
        with Party() as caller:
            clock, call = await held(found, caller, direction)
            call.fell_silent()
            for _ in range(2):
                clock.wound.pop(ASK_EVERY)()
                assert set(clock.wound) == {ANSWERS_WITHIN}
                await caller.ask("INFO")  # it answers what it was asked before on its way to this
                await found.until(lambda: set(clock.wound) == {ASK_EVERY})
            assert not call.over


async def test_who_holds_us_and_does_not_answer_has_gone() -> None:
    async with site() as found:
        with Party() as caller:
            clock, call = await held(found, caller)
            clock.wound.pop(ASK_EVERY)()
            clock.wound.pop(ANSWERS_WITHIN)()
            await found.until(lambda: [fact for fact in found.told("leg") if fact["cause"] == "UNREACHABLE"])
            assert call.over and not clock.wound


async def test_nobody_is_asked_who_holds_us_no_longer() -> None:
    async with site() as found:
        with Party() as caller:
            clock, call = await held(found, caller)
            await caller.ask("UPDATE", body=described(4000))
            assert not clock.wound
            call.fell_silent()
            await found.until(lambda: [fact for fact in found.told("leg") if fact["cause"] == "UNREACHABLE"])


async def test_who_is_called_and_never_answers_rings_no_longer_than_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugins.sip.lines.placing.LONGEST_RING", 0.05)
    with Party() as world:
        async with site(proxies=[f"127.0.0.1:{world.port}"], prefixes=["+86"]) as found:
            await found.rings_outside()
            await world.picks_up()
            invite = await world.asked("INVITE")
            world.reply(invite, 180)
            world.reply(await world.asked("CANCEL"), 200)
            await found.until(lambda: [fact for fact in found.told("leg") if fact["cause"] == "NO_ANSWER"])
