"""Connections that phones open and keep (RFC 5626): whose flow it is, and what is left when it breaks."""

from __future__ import annotations

import time

import pytest

from plugins.sip.phones.phones import Binding
from plugins.sip.tests.party import Party, Site, site
from plugins.sip.tests.test_registrar import log_in
from plugins.sip.tests.web_phone import PASSWORD, web_phone
from plugins.sip.tests.wire import Exchange
from plugins.sip.wire.digest import Secret

ANN = 3
INSTANCE = "<urn:uuid:00000000-0000-1000-8000-000A95A0E128>"
OUTBOUND = "Supported: path, outbound"


def contact(port: int, flow: int = 1) -> str:
    return f'Contact: <sip:ann@192.0.2.9:{port}>;reg-id={flow};+sip.instance="{INSTANCE}"'


async def test_a_flow_that_comes_from_elsewhere_takes_the_place_of_the_old_one() -> None:
    exchange = Exchange()
    async with exchange.open() as far:
        await log_in(far, contact(5062), OUTBOUND)
        await log_in(far, contact(5064, flow=2), OUTBOUND)
        answer = await log_in(far, contact(5066), OUTBOUND)
        assert (answer.headers["Require"], answer.headers["Supported"]) == ("outbound", "outbound")
        told = [value.rpartition(";")[0] for value in answer.headers.getlist("Contact")]
        assert sorted(told) == [
            f'<sip:ann@192.0.2.9:{port}>;+sip.instance="{INSTANCE}";reg-id={flow}'
            for port, flow in ((5064, 2), (5066, 1))
        ]


async def test_who_does_not_say_that_it_keeps_flows_apart_has_none() -> None:
    exchange = Exchange()
    async with exchange.open() as far:
        await log_in(far, contact(5062))
        answer = await log_in(far, contact(5064))
        assert len(answer.headers.getlist("Contact")) == 2 and not answer.headers.getlist("Require")


async def test_two_flows_at_once_are_none() -> None:
    async with Exchange().open() as far:
        assert (await log_in(far, contact(5062), contact(5064, flow=2), OUTBOUND)).code == 400


async def give_phone(found: Site) -> None:
    await found.exchange.phones.set(ANN, Secret.of("ann", "hub", PASSWORD), "")


async def reachable(found: Site) -> bool:
    return any(device.reachable for device in await found.channel.devices(ANN))


@pytest.mark.parametrize("again", [False, True])
async def test_when_its_connection_breaks_a_phone_is_not_there_unless_it_came_again(again: bool) -> None:
    async with site(ws_port=0) as found:
        await give_phone(found)
        port = found.exchange.trunks[7].port.ws.local[1]
        async with web_phone(port) as newer:
            async with web_phone(port) as older:
                await older.registers()
                assert await reachable(found)
                if again:
                    newer._sequence = older._sequence
                    await newer.registers()
            await found.until(lambda: len(found.exchange.trunks[7].port.ws.peers) == 1)
            await found.exchange.registrar._soon.done()
            assert await reachable(found) is again


async def test_a_phone_with_two_flows_rings_once_by_the_newest_that_stands() -> None:
    async with site() as found:
        await give_phone(found)
        with Party() as older, Party() as newer, Party() as caller:
            await caller.call(found.port)
            places = [(older, "UDP", 100), (newer, "UDP", 200), (newer, "TCP", 300)]  # nobody is there by TCP
            bindings = [
                Binding(
                    "ann", f"sip:ann@127.0.0.1:{party.port};flow={reg_id}", name, "127.0.0.1", party.port, "c", 1,
                    "", int(time.time()) + seconds, INSTANCE, reg_id,
                )
                for reg_id, (party, name, seconds) in enumerate(places, 1)
            ]  # fmt: skip
            await found.exchange.phones.bind("ann", bindings, [], time.time())
            line = found.exchange.lines[found.thread]
            legs = await found.channel._outward.to_agent(line, ANN, None, auto_answer=False)
            assert [leg.flow.remote[1] for leg in legs] == [newer.port]
            await caller.ask("BYE")
