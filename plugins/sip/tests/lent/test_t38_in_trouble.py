"""The switch to T.38, when both ask at once, somebody wants a log-in, or an end goes away."""

from __future__ import annotations

import asyncio

import pytest

from hub.api import Cause, LineEnded, NotConnected, StreamKind
from plugins.sip.calls import reoffering
from plugins.sip.tests.lent.machine import NEAR, Machine, answered, dials, fax, house, on_the_line, speech
from plugins.sip.tests.party import Party

THERE = ("127.0.0.1", 45_100)


async def test_when_both_offer_at_once_theirs_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """RFC 3261 §14.1: each refuses the other's with 491, and one of them asks again first."""
    waited = asyncio.Event()

    def pause(*, ours: bool) -> float:
        waited.set()
        return 0.2

    monkeypatch.setattr(reoffering, "pause", pause)
    machine = Machine()
    async with house(machine) as found:
        with Party() as caller:
            line = await on_the_line(caller, found, machine)
            switching = asyncio.create_task(line.switch_t38(THERE))
            ours = await caller.asked("INVITE")
            caller.say(caller.request("INVITE", body=fax()))
            assert (await caller.answer()).code == 491
            caller.acknowledge()
            caller.reply(ours, 491)
            await caller.asked("ACK")
            await waited.wait()
            caller.say(caller.request("INVITE", body=fax()))
            assert b"m=image" in await answered(caller)
            assert (await switching).kind is StreamKind.T38
            assert machine.told == []


async def test_when_both_offer_at_once_and_theirs_does_not_come_ours_goes_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reoffering, "pause", lambda *, ours: 0.0)
    machine = Machine()
    async with house(machine) as found:
        with Party() as caller:
            line = await on_the_line(caller, found, machine)
            switching = asyncio.create_task(line.switch_t38(THERE))
            caller.reply(await caller.asked("INVITE"), 491)
            await caller.asked("ACK")
            caller.reply(await caller.asked("INVITE"), 200, body=fax())
            await caller.asked("ACK")
            assert (await switching).kind is StreamKind.T38


async def test_a_proxy_that_wants_a_log_in_for_t38_too_is_given_it() -> None:
    machine = Machine()
    challenge = 'Proxy-Authenticate: Digest realm="carrier", nonce="1", algorithm=SHA-256, qop="auth"'
    async with house(machine, username="site42", password="correct horse") as found:
        with Party() as caller:
            line = await on_the_line(caller, found, machine)
            switching = asyncio.create_task(line.switch_t38(THERE))
            caller.reply(await caller.asked("INVITE"), 407, challenge)
            await caller.asked("ACK")
            again = await caller.asked("INVITE")
            assert 'username="site42"' in again.headers["Proxy-Authorization"]
            caller.reply(again, 200, body=fax())
            await caller.asked("ACK")
            assert (await switching).kind is StreamKind.T38


async def test_a_session_that_expires_is_kept_going_by_our_offer() -> None:
    machine = Machine()
    async with house(machine) as found:
        with Party() as caller:
            dials(caller, found, body=speech(), headers=("Supported: timer", "Session-Expires: 600;refresher=uac"))
            await found.until(lambda: machine.lines)
            answering = asyncio.create_task(machine.lines[0].answer(NEAR))
            await answered(caller)
            await answering
            switching = asyncio.create_task(machine.lines[0].switch_t38(THERE))
            offered = await caller.asked("INVITE")
            assert offered.headers["Session-Expires"] == "600;refresher=uas"
            caller.reply(offered, 200, "Session-Expires: 600;refresher=uas", "Require: timer", body=fax())
            await caller.asked("ACK")
            await switching


async def test_a_far_side_that_knows_of_no_call_ends_it() -> None:
    machine = Machine()
    async with house(machine) as found:
        with Party() as caller:
            line = await on_the_line(caller, found, machine)
            switching = asyncio.create_task(line.switch_t38(THERE))
            caller.reply(await caller.asked("INVITE"), 481)
            with pytest.raises(NotConnected):
                await switching
            await found.until(lambda: machine.ended and not found.engine.open_legs)


async def test_a_call_whose_t38_is_lost_with_its_process_ends() -> None:
    machine = Machine()
    async with house(machine) as found:
        with Party() as caller:
            line = await on_the_line(caller, found, machine)
            sound = set(found.engine.open_legs)
            switching = asyncio.create_task(line.switch_t38(THERE))
            caller.reply(await caller.asked("INVITE"), 200, body=fax())
            await caller.asked("ACK")
            await switching
            [image] = found.engine.open_legs - sound
            owner = found.exchange.owner_of(image)
            assert owner is not None
            owner.lost(image)
            caller.reply(await caller.asked("BYE"), 200)
            await found.until(lambda: machine.ended and not found.engine.open_legs)
            assert machine.told == [LineEnded(Cause.FAILED)]
