"""What gateways and carriers say besides the call itself, over UDP and TCP: who calls, by whom it was diverted, why it
ended; believed of trunks alone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import cast

import pytest

from hub.api import Inbound
from plugins.sip.tests.party import ACCOUNT, NUMBER, Party, Site, described, site
from plugins.sip.tests.test_tls import Stream, spoken, to_of

ASSERTED = 'P-Asserted-Identity: "Wang" <sip:+8613800138000@carrier>'
DIVERTED = "Diversion: <sip:+864008001234@carrier>;reason=unconditional"


def stored(found: Site) -> Inbound:
    """The call, as the core reads it from what was stored."""
    [raw] = [raw for _, raw in found.context.emitted if raw.meta["what"] == "call"]
    [meant] = found.channel.normalise(ACCOUNT, raw)
    return cast("Inbound", meant)


def ended(found: Site) -> list[str]:
    """Why legs did."""
    return [fact["cause"] for fact in found.told("leg") if fact["state"] == "ENDED"]


async def calls_by_udp(found: Site) -> None:
    with Party() as caller:
        await caller.call(found.port, ASSERTED, DIVERTED)
        await caller.ask("BYE", "Reason: Q.850;cause=34")


async def calls_by_tcp(found: Site) -> None:
    far = Stream(*await asyncio.open_connection("127.0.0.1", found.port))
    more = f"{ASSERTED}\r\n{DIVERTED}\r\nCSeq".encode()
    far.writer.write(spoken("INVITE", f"sip:{NUMBER}@hub", described()).replace(b"TLS", b"TCP").replace(b"CSeq", more))
    while not (answer := await far.hear()).startswith(b"SIP/2.0 200"):
        assert answer.startswith(b"SIP/2.0 1")
    [to] = to_of(answer)
    far.writer.write(spoken("ACK", f"sip:{NUMBER}@hub", b"", to).replace(b"TLS", b"TCP"))
    bye = spoken("BYE", f"sip:{NUMBER}@hub", b"", to).replace(b"TLS", b"TCP").replace(b"CSeq: 1", b"CSeq: 2")
    far.writer.write(bye.replace(b"CSeq", b"Reason: Q.850;cause=34\r\nCSeq"))
    assert (await far.hear()).startswith(b"SIP/2.0 200")
    far.writer.close()


@pytest.mark.parametrize("calls", [calls_by_udp, calls_by_tcp])
async def test_a_trunk_says_who_calls_who_sent_them_and_that_the_network_ended_it(
    calls: Callable[[Site], Awaitable[None]],
) -> None:
    async with site() as found:
        await calls(found)
        await found.until(lambda: ended(found))
        call = stored(found)
        assert call.sender is not None
        assert (call.sender.value, call.sender.name) == ("+8613800138000", "Wang")
        assert call.fields["diverted_by"] == "+864008001234"
        assert ended(found) == ["FAILED"]


async def test_a_stranger_asserts_nothing() -> None:
    async with site(peers=["192.0.2.0/24"]) as found:
        with Party() as caller:
            caller.where = ("127.0.0.1", found.port)
            assert (await caller.ask("INVITE", ASSERTED, body=described())).code == 403
            assert found.context.emitted == []


async def test_who_is_called_is_told_who_we_assert_to_be_calling_and_may_say_why_not() -> None:
    with Party() as phone:
        async with site(proxies=[f"127.0.0.1:{phone.port}"], prefixes=["+86"]) as found:
            await found.rings_outside()
            invite = await phone.asked("INVITE")
            assert invite.headers["P-Asserted-Identity"].startswith(f"<sip:{NUMBER}@")
            phone.reply(invite, 480, "Reason: Q.850;cause=17")
            await found.until(lambda: ended(found))
            assert ended(found)[0] == "BUSY"


async def test_we_say_why_we_hang_up() -> None:
    async with site() as found:
        with Party() as caller:
            await caller.call(found.port)
            await found.until(lambda: found.told("leg"))
            found.exchange.lines[found.thread].leave()
            assert (await caller.asked("BYE")).headers["Reason"] == "Q.850;cause=16"
