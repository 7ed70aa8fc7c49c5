"""Calls that another plugin places."""

from __future__ import annotations

import asyncio

import pytest

from hub.api import (
    Address,
    Cause,
    Misconfigured,
    NotConnected,
    Rejected,
    StreamKind,
    Telephony,
)
from plugins.sip.lent.line import LentLine
from plugins.sip.tests.lent.machine import (
    MACHINE,
    NEAR,
    Machine,
    account,
    carrier,
)
from plugins.sip.tests.party import Site, described

OUTSIDE = Address("tel", "+8610012")


def placing(found: Site, key: str = "job:1", seconds: float = 20, caller: str = "") -> asyncio.Task[LentLine]:
    telephony = found.channel.telephony
    assert isinstance(telephony, Telephony)
    return asyncio.create_task(telephony.place(account(), OUTSIDE, caller=caller, seconds=seconds, key=key))


async def held(found: Site, lines: list[LentLine], over: asyncio.Event) -> None:
    """Somebody who places a call and keeps it."""
    lines.append(await found.channel.telephony.place(account(), OUTSIDE, key="job:1"))
    await over.wait()


async def test_a_call_that_is_placed_is_the_plugin_s_as_long_as_its_task_lasts() -> None:
    lines: list[LentLine] = []
    over = asyncio.Event()
    async with carrier(Machine()) as (found, outside):
        task = asyncio.create_task(held(found, lines, over))
        invite = await outside.picks_up(body=described())
        assert b"a=silenceSupp:off - - - -" in invite.body and b"a=ecan:fb off -" in invite.body
        assert invite.headers["P-Asserted-Identity"].startswith(f"<sip:{MACHINE}@")
        await found.until(lambda: lines)
        stream = await lines[0].answer(NEAR)
        assert (stream.kind, stream.codec, lines[0].called) == (StreamKind.AUDIO, "PCMA", OUTSIDE)
        with pytest.raises(Rejected):
            await placing(found)
        over.set()
        await task
        outside.reply(await outside.asked("BYE"), 200)
        await found.until(lambda: not found.engine.open_legs)


@pytest.mark.parametrize(
    ("code", "cause"),
    [(486, Cause.BUSY), (480, Cause.NO_ANSWER), (603, Cause.REJECTED), (404, Cause.UNREACHABLE), (500, Cause.FAILED)],
)
async def test_a_call_that_does_not_come_about_says_why(code: int, cause: Cause) -> None:
    async with carrier(Machine()) as (found, outside):
        for _ in range(2):  # the same attempt may be made again
            task = placing(found)
            outside.reply(await outside.asked("INVITE"), code)
            with pytest.raises(NotConnected) as refused:
                await task
            assert refused.value.cause is cause
            assert (await outside.asked("ACK")).method == "ACK"
        await found.until(lambda: not found.engine.open_legs and not list(found.exchange.lent))


async def test_who_rings_too_long_is_given_up() -> None:
    async with carrier(Machine()) as (found, outside):
        task = placing(found, seconds=0.3)
        outside.reply(await outside.asked("INVITE"), 180)
        with pytest.raises(NotConnected) as nobody:
            await task
        assert nobody.value.cause is Cause.NO_ANSWER
        await outside.asked("CANCEL")


async def test_the_rules_of_the_trunk_hold_for_the_plugin_s_calls() -> None:
    async with carrier(Machine(), prefixes=["+1"]) as (found, _):
        with pytest.raises(Rejected):
            await placing(found)
        with pytest.raises(Misconfigured):
            await placing(found, caller="+4912")
    async with carrier(Machine(), most_outbound=1) as (found, outside):
        first = placing(found)
        await outside.asked("INVITE")
        with pytest.raises(Exception, match="as many calls"):
            await placing(found, key="job:2")
        first.cancel()
