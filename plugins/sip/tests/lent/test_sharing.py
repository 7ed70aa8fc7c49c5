"""Whose a call is to be: a number of two, a caller passed on to the machine, and the machine's given to a voice."""

from __future__ import annotations

from hub.api import (
    Address,
    Cause,
    FaxTone,
    Json,
    LineEnded,
    Outbound,
    Ringing,
    StreamKind,
    ToneHeard,
)
from plugins.sip.media.engine import ToneKind
from plugins.sip.tests.lent.machine import (
    MACHINE,
    NEAR,
    Machine,
    carrier,
    dials,
    fax,
    house,
    on_the_line,
    speech,
)
from plugins.sip.tests.party import ACCOUNT, NUMBER, Party, Site, described
from plugins.sip.wire.digest import Secret

OUTSIDE = Address("tel", "+8610012")


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


async def test_an_agent_passes_a_caller_on_to_the_machine_and_is_free() -> None:
    machine = Machine()
    with Party() as caller:
        async with carrier(machine) as (found, phone):
            await found.exchange.phones.set(3, Secret.of("ann", "hub", "secret"), "+8610011")
            await caller.call(found.port, body=speech())
            thread = found.thread
            await found.channel.ring(ACCOUNT, Ringing("offer:1", thread, 3, None, 20))
            await phone.picks_up(body=described())
            await found.channel.bridge(ACCOUNT, thread, ["offer:1"])
            await found.channel.transfer_out(ACCOUNT, thread, Address("tel", MACHINE))
            phone.reply(await phone.asked("BYE"), 200)
            await found.until(lambda: machine.lines and not found.exchange.lines)
            assert (await machine.lines[0].answer(NEAR)).kind is StreamKind.AUDIO
            assert (await caller.ask("BYE")).code == 200
            await found.until(lambda: machine.ended and not found.engine.open_legs)


async def test_a_machine_is_not_looked_for_while_an_agent_talks() -> None:
    machine = Machine(shared=True)
    with Party() as caller:
        async with carrier(machine, number=NUMBER) as (found, phone):
            await found.exchange.phones.set(3, Secret.of("ann", "hub", "secret"), "+8610011")
            await caller.call(found.port, body=speech())
            thread = found.thread
            await found.channel.ring(ACCOUNT, Ringing("offer:1", thread, 3, None, 20))
            await phone.picks_up(body=described())
            await found.channel.bridge(ACCOUNT, thread, ["offer:1"])
            customer = found.exchange.lines[thread].customer
            assert customer is not None
            found.exchange.lines[thread].heard(customer.media.name, ToneKind.CNG)
            assert (await caller.ask("INVITE", body=fax())).code == 488
            assert not machine.lines and found.exchange.lines


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
