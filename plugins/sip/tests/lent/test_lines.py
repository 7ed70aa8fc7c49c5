"""Calls that are another plugin's: it has them alone, and nothing is left of them."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from hub.api import (
    Address,
    Cause,
    Line,
    LineEnded,
    NotConnected,
    Stream,
    StreamKind,
    TakesCalls,
)
from plugins.sip.tests.carrier import carrier, settings
from plugins.sip.tests.lent.machine import (
    MACHINE,
    NEAR,
    Machine,
    dials,
    house,
    on_the_line,
    speech,
)
from plugins.sip.tests.party import NUMBER, Party


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


@pytest.mark.parametrize(("to", "whose"), [(MACHINE, "machine"), (NUMBER, "voice"), ("site42", "voice")])
async def test_over_a_registration_it_is_whose_number_is_named_and_a_voice_s_where_none_is(to: str, whose: str) -> None:
    machine = Machine()
    async with carrier() as there, house(machine, **cast("dict[str, Any]", settings(there))) as found:
        registration = found.exchange.trunks[7].registration
        await found.until(lambda: registration and registration.held)
        there.party.where = ("127.0.0.1", found.port)
        there.party.to(f"<sip:{to}@carrier>", f"sip:site42@127.0.0.1:{found.port}")
        there.party.say(there.party.request("INVITE", body=speech()))
        await found.until(lambda: machine.lines or found.exchange.lines)
        assert ("machine" if machine.lines else "voice") == whose
        assert [line.called for line in machine.lines] == [Address("tel", MACHINE)] * (whose == "machine")
