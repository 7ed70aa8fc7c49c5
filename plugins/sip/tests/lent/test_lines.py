"""Calls that are another plugin's: whose they are to be, what it may do with them, and that nothing is left of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from hub.api import (
    Address,
    Cause,
    FaxTone,
    Json,
    Line,
    LineEnded,
    Misconfigured,
    NotConnected,
    Outbound,
    Rejected,
    Stream,
    StreamKind,
    TakesCalls,
    Telephony,
    ToneHeard,
)
from plugins.sip.lent.line import LentLine
from plugins.sip.media.engine import ToneKind
from plugins.sip.tests.lent.machine import (
    MACHINE,
    NEAR,
    Machine,
    account,
    dials,
    fax,
    house,
    on_the_line,
    speech,
)
from plugins.sip.tests.party import ACCOUNT, NUMBER, Party, Site, described

OUTSIDE = Address("tel", "+8610012")


async def test_a_call_to_the_machine_s_number_is_the_machine_s_and_no_voice_s() -> None:
    machine = Machine()
    async with house(machine) as found:
        with Party() as caller:
            line = await on_the_line(caller, found, machine)
            assert isinstance(line, Line) and isinstance(machine, TakesCalls)
            assert (line.caller, line.called) == (Address("tel", "10086"), Address("tel", MACHINE))
            stream = await line.answer(NEAR)
            assert stream == Stream(StreamKind.AUDIO, ("127.0.0.1", 50_000), "PCMU")
            assert not found.exchange.lines and not found.context.emitted
            await caller.ask("BYE")
            await found.until(lambda: machine.ended and not found.engine.open_legs)
            assert machine.told == [LineEnded(Cause.HUNG_UP)] and not list(found.exchange.lent)
            with pytest.raises(NotConnected):
                await line.answer(NEAR)


async def test_what_is_asked_for_may_come_from_another_worker_and_by_another_codec_than_before() -> None:
    machine = Machine()
    async with house(machine) as found:
        with Party() as caller:
            line = await on_the_line(caller, found, machine)
            await line.answer(("127.0.0.1", 45_006))
            assert found.engine.did[-1][2] == "45006"
            lent = [did for did in found.engine.did if did[0] == "lend"]
            assert (await caller.ask("INVITE", body=speech())).code == 200
            caller.acknowledge()
            assert [did for did in found.engine.did if did[0] == "lend"] == lent  # its port is not another then


async def test_a_plugin_that_fails_leaves_no_call_behind() -> None:
    machine = Machine()
    machine.fails = RuntimeError("a bug")
    async with house(machine) as found:
        with Party() as caller:
            await on_the_line(caller, found, machine)
            machine.done.set()
            caller.reply(await caller.asked("BYE"), 200)
            await found.until(lambda: not found.engine.open_legs and not list(found.exchange.lent))
            assert [what for what, _ in found.context.faults] == ["on_call"]


async def test_a_call_nobody_wants_is_refused_by_its_cause() -> None:
    machine = Machine()
    async with house(machine) as found:
        with Party() as caller:
            dials(caller, found, body=speech())
            await found.until(lambda: machine.lines)
            await machine.lines[0].end(Cause.BUSY)
            assert (await caller.answer()).code == 486


async def test_a_connection_that_ends_takes_the_machine_s_calls_with_it() -> None:
    machine = Machine()
    with Party() as caller:
        async with house(machine) as found:
            await on_the_line(caller, found, machine)
            asyncio.get_running_loop().call_soon(machine.done.set)
        await caller.asked("BYE")
        assert not found.engine.open_legs and machine.ended


# --- a number that is a voice's, too -------------------------------------------------------------------------------


async def test_a_shared_number_is_answered_as_a_voice_and_handed_over_when_a_machine_is_heard() -> None:
    machine = Machine(shared=True)
    async with house(machine, number=NUMBER) as found:
        with Party() as caller:
            await caller.call(found.port, body=speech())
            await found.until(lambda: found.exchange.lines and found.exchange.lines[found.thread].connected)
            thread = found.thread
            heard(found, ToneKind.BUSY)
            assert not machine.lines
            heard(found, ToneKind.CNG)
            heard(found, ToneKind.CNG)  # it goes on: it is handed over once
            await found.until(lambda: machine.lines and not found.exchange.lines)
            [line] = machine.lines
            assert (line.thread, line.about, line.called) == (thread, {}, Address("tel", NUMBER))
            assert (await line.answer(NEAR)).codec == "PCMU"
            await found.until(lambda: [fact["cause"] for fact in found.told("leg") if fact["state"] == "ENDED"])
            assert [fact["cause"] for fact in found.told("leg") if fact["state"] == "ENDED"] == ["TRANSFERRED"]
            heard(found, ToneKind.CED)
            await found.until(lambda: machine.told)
            assert machine.told == [ToneHeard(FaxTone.CED)]
            assert (await caller.ask("BYE")).code == 200  # the same call all along
            await found.until(lambda: not found.engine.open_legs)


async def test_a_shared_number_that_is_called_in_t38_is_the_machine_s_at_once() -> None:
    machine = Machine(shared=True)
    async with house(machine, number=NUMBER) as found:
        with Party() as caller:
            dials(caller, found, NUMBER, fax())
            await found.until(lambda: machine.lines)
            assert machine.lines[0].t38_offered and not found.exchange.lines


async def test_a_number_of_both_that_is_not_shared_is_the_machine_s() -> None:
    machine = Machine()
    async with house(machine, number=NUMBER) as found:
        with Party() as caller:
            dials(caller, found, NUMBER, speech())
            await found.until(lambda: machine.lines)
            assert not found.exchange.lines


async def test_a_flow_passes_its_caller_on_to_the_machine_on_the_same_call() -> None:
    machine = Machine()
    async with house(machine) as found:
        with Party() as caller:
            await caller.call(found.port, body=speech())
            await found.until(lambda: found.exchange.lines[found.thread].connected)
            transfer: dict[str, Json] = {"scheme": "tel", "value": MACHINE, "name": "send"}
            said = Outbound(1, 1, 1, OUTSIDE, fields={"transfer": transfer, "final": True}, thread=(found.thread,))
            thread = found.thread
            await found.channel.send(None, ACCOUNT, said)
            await found.channel.end(ACCOUNT, thread, "self-service was enough")  # as the core says after a last prompt
            await found.until(lambda: machine.lines and not found.exchange.lines)
            assert (machine.lines[0].about, machine.lines[0].thread) == (transfer, thread)
            assert (await machine.lines[0].answer(NEAR)).kind is StreamKind.AUDIO
            assert (await caller.ask("BYE")).code == 200  # nobody has hung up on them
            await found.until(lambda: machine.ended and not found.engine.open_legs)


async def test_the_machine_gives_a_call_to_a_voice_that_then_has_it_as_if_it_had_come_there() -> None:
    machine = Machine()
    async with house(machine) as found:
        with Party() as caller:
            line = await on_the_line(caller, found, machine)
            await line.hand_over(ACCOUNT)
            machine.done.set()
            await found.until(lambda: found.exchange.lines and found.exchange.lines[found.thread].connected)
            await found.until(lambda: [fact for fact in found.told("leg") if fact["state"] == "ANSWERED"])
            [(_, raw)] = [each for each in found.context.emitted if each[1].meta["what"] == "call"]
            assert raw.meta["thread"] == found.thread
            assert ("lend", next(iter(found.engine.open_legs)), "None") in found.engine.did
            assert LineEnded(Cause.TRANSFERRED) in machine.told or machine.ended
            assert (await caller.ask("BYE")).code == 200
            await found.until(lambda: not found.exchange.lines and not found.engine.open_legs)


def heard(found: Site, tone: ToneKind) -> None:
    """In what comes from the only far side there is."""
    leg = next(iter(found.engine.open_legs))
    owner = found.exchange.owner_of(leg)
    assert owner is not None
    owner.heard(leg, tone)


# --- calls it places -----------------------------------------------------------------------------------------------


@asynccontextmanager
async def carrier(machine: Machine, **more: Any) -> AsyncIterator[tuple[Site, Party]]:
    """The house, with a way out to a party."""
    with Party() as outside:
        way: dict[str, Any] = {"proxies": [f"127.0.0.1:{outside.port}"], "prefixes": ["+86"], **more}
        async with house(machine, **way) as found:
            yield found, outside


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
