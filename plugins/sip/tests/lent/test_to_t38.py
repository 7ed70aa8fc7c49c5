"""A lent call goes on in T.38: offered by them or by us, taken or refused."""

from __future__ import annotations

import asyncio

import pytest

from hub.api import AudioAsked, NotConnected, Stream, StreamKind, T38Asked, Unsupported
from plugins.sip.tests.lent.machine import NEAR, Machine, answered, dials, fax, house, on_the_line, speech
from plugins.sip.tests.party import ACCOUNT, NUMBER, Party

THERE = ("127.0.0.1", 45_100)


async def test_a_call_that_begins_with_t38_is_answered_in_it() -> None:
    machine = Machine()
    async with house(machine) as found:
        with Party() as caller:
            dials(caller, found)
            await found.until(lambda: machine.lines)
            [line] = machine.lines
            answering = asyncio.create_task(line.answer(NEAR))
            body = await answered(caller)
            stream = await answering
            assert b"m=image" in body and b"udptl t38" in body and b"a=T38MaxBitRate:9600" in body
            assert (stream.kind, stream.far) == (StreamKind.T38, ("127.0.0.1", 50_002))
            assert stream.t38 is not None and stream.t38.max_bit_rate == 9600
            assert found.engine.did[-1][2:] == ("4002", str(NEAR[1]))
            await caller.ask("BYE")
            await found.until(lambda: not found.engine.open_legs)


async def test_they_offer_t38_and_the_plugin_takes_it_and_later_they_are_back_with_sound() -> None:
    machine = Machine()
    async with house(machine) as found:
        with Party() as caller:
            line = await on_the_line(caller, found, machine)
            caller.say(caller.request("INVITE", body=fax()))
            await found.until(lambda: machine.told)
            assert isinstance(machine.told[0], T38Asked) and machine.told[0].t38.max_bit_rate == 9600
            accepting = asyncio.create_task(line.accept_t38(THERE))
            assert b"m=image" in await answered(caller)
            assert (await accepting).kind is StreamKind.T38
            with pytest.raises(NotConnected):
                await line.accept_t38(THERE)
            caller.say(caller.request("INVITE", body=speech()))
            assert b"m=audio" in await answered(caller)
            await found.until(lambda: machine.told[1:])
            assert machine.told[1] == AudioAsked(Stream(StreamKind.AUDIO, ("127.0.0.1", 50_000), "PCMU"))
            assert len(found.engine.open_legs) == 1


async def test_they_offer_t38_and_the_plugin_does_not_want_it() -> None:
    machine = Machine()
    async with house(machine) as found:
        with Party() as caller:
            line = await on_the_line(caller, found, machine)
            caller.say(caller.request("INVITE", body=fax()))
            await found.until(lambda: machine.told)
            await line.refuse_t38()
            assert (await caller.answer()).code == 488
            caller.acknowledge()
            assert (await line.answer(NEAR)).kind is StreamKind.AUDIO
            assert len(found.engine.open_legs) == 1


async def test_we_offer_t38_and_they_take_it() -> None:
    machine = Machine()
    async with house(machine) as found:
        with Party() as caller:
            line = await on_the_line(caller, found, machine)
            switching = asyncio.create_task(line.switch_t38(THERE))
            offered = await caller.asked("INVITE")
            assert b"m=image" in offered.body and b"m=audio" not in offered.body
            caller.reply(offered, 200, body=fax(4_010, "a=T38FaxMaxDatagram:320", "a=T38FaxUdpEC:t38UDPFEC"))
            await caller.asked("ACK")
            stream = await switching
            assert stream.t38 is not None
            assert (stream.t38.max_datagram, stream.t38.error_correction) == (320, "t38UDPFEC")
            silent = [did for did in found.engine.did if did[0] == "connect"][-1]
            assert silent[3] == "inactive"  # nobody minds that no audio comes any more
            assert (await caller.ask("BYE")).code == 200
            await found.until(lambda: not found.engine.open_legs)


@pytest.mark.parametrize("code", [488, 606, 415, 500])
async def test_we_offer_t38_and_they_refuse_it(code: int) -> None:
    machine = Machine()
    async with house(machine) as found:
        with Party() as caller:
            line = await on_the_line(caller, found, machine)
            switching = asyncio.create_task(line.switch_t38(THERE))
            caller.reply(await caller.asked("INVITE"), code)
            with pytest.raises(Unsupported):
                await switching
            assert (await line.answer(NEAR)).kind is StreamKind.AUDIO
            assert len(found.engine.open_legs) == 1


async def test_who_says_yes_to_t38_and_takes_none_has_its_sound_back() -> None:
    machine = Machine()
    async with house(machine) as found:
        with Party() as caller:
            line = await on_the_line(caller, found, machine)
            switching = asyncio.create_task(line.switch_t38(THERE))
            caller.reply(await caller.asked("INVITE"), 200, body=fax(0))
            await caller.asked("ACK")
            again = await caller.asked("INVITE")
            assert b"m=audio" in again.body
            caller.reply(again, 200, body=speech())
            await caller.asked("ACK")
            with pytest.raises(Unsupported):
                await switching
            assert (await line.answer(NEAR)).kind is StreamKind.AUDIO


async def test_what_must_be_secret_does_not_go_by_t38() -> None:
    machine = Machine()
    async with house(machine, srtp="required") as found:
        with Party() as caller:
            dials(caller, found)
            await found.until(lambda: machine.lines)
            answering = asyncio.create_task(machine.lines[0].answer(NEAR))
            assert (await caller.answer()).code == 488
            with pytest.raises(NotConnected):
                await answering


async def test_a_voice_s_call_takes_no_t38() -> None:
    async with house(Machine()) as found:
        with Party() as caller:
            await caller.call(found.port, body=speech())
            assert (await caller.ask("INVITE", body=fax())).code == 488


async def test_a_voice_that_shares_its_number_leaves_it_to_the_machine_when_t38_is_offered() -> None:
    machine = Machine(shared=True)
    async with house(machine, number=NUMBER) as found:
        with Party() as caller:
            await caller.call(found.port, body=speech())
            await found.until(lambda: found.exchange.lines and found.exchange.lines[found.thread].connected)
            caller.say(caller.request("INVITE", body=fax()))
            await found.until(lambda: machine.lines and machine.told)
            accepting = asyncio.create_task(machine.lines[0].accept_t38(THERE))
            assert b"m=image" in await answered(caller)
            assert (await accepting).kind is StreamKind.T38
            await found.until(lambda: not found.exchange.lines)


async def test_a_machine_s_call_in_t38_goes_to_a_voice_by_way_of_its_sound() -> None:
    machine = Machine()
    async with house(machine) as found:
        with Party() as caller:
            line = await on_the_line(caller, found, machine)
            caller.say(caller.request("INVITE", body=fax()))
            await found.until(lambda: machine.told)
            accepting = asyncio.create_task(line.accept_t38(THERE))
            await answered(caller)
            await accepting
            handing = asyncio.create_task(line.hand_over(ACCOUNT))
            back = await caller.asked("INVITE")
            assert b"m=audio" in back.body
            caller.reply(back, 200, body=speech())
            await caller.asked("ACK")
            await handing
            assert len(found.exchange.lines) == 1 and len(found.engine.open_legs) == 1
