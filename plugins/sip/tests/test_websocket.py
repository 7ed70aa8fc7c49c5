"""SIP over WebSocket (RFC 7118): who may connect, what a message is, and a phone that registers, is rung and calls."""

from __future__ import annotations

import asyncio
import ssl

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.typing import Subprotocol

from hub.api import Ringing
from plugins.sip.tests.party import ACCOUNT, NUMBER, Party, Site, site
from plugins.sip.tests.web_phone import HOST, PASSWORD, web_phone
from plugins.sip.wire.digest import Secret
from plugins.sip.wire.message import LONGEST, encode

ANN = 3
PAGE = "https://desk.example"


async def give_phone(found: Site) -> None:
    await found.exchange.phones.set(ANN, Secret.of("ann", "hub", PASSWORD), "")


def port_of(found: Site, transport: str = "ws") -> int:
    """Where it listens for them."""
    listener = getattr(found.exchange.trunks[7].port, transport)
    return int(listener.local[1])


async def test_a_phone_registers_is_rung_on_its_connection_and_calls() -> None:
    async with site(ws_port=0) as found, web_phone(port_of(found)) as phone:
        await give_phone(found)
        assert (await phone.registers()).code == 200
        with Party() as caller:
            await caller.call(found.port)
            await found.channel.ring(ACCOUNT, Ringing("offer:1", found.thread, ANN, None, 20))
            invite = await phone.picks_up()
            assert str(invite.uri) == f"sip:ann@{HOST};transport=ws"
            assert invite.headers["Via"].startswith(f"SIP/2.0/WS 127.0.0.1:{port_of(found)};")
            assert invite.headers["Contact"] == f"<sip:hub@127.0.0.1:{port_of(found)};transport=ws>"
            await found.until(lambda: any(fact["state"] == "ANSWERED" for fact in found.told("leg")))
            await caller.ask("BYE")
        assert (await phone.asked("BYE")).uri.host == HOST
        assert (await phone.calls(NUMBER)).code == 200


async def test_over_tls_it_is_the_same(certificate: str) -> None:
    trusting = ssl.create_default_context(cafile=certificate)
    async with site(wss_port=0, tls_certificate=certificate) as found:
        await give_phone(found)
        async with web_phone(port_of(found, "wss"), trusting) as phone:
            assert (await phone.registers()).code == 200
            [device] = await found.channel.devices(ANN)
            assert device.reachable
            assert f"wss://127.0.0.1:{port_of(found, 'wss')}" in found.exchange.trunks[7].port.where


async def test_who_does_not_say_that_it_speaks_sip_is_refused() -> None:
    async with site(ws_port=0) as found:
        for protocols in (None, [Subprotocol("chat")]):
            with pytest.raises(InvalidStatus) as refused:
                await connect(f"ws://127.0.0.1:{port_of(found)}", subprotocols=protocols)
            assert refused.value.response.status_code == 400


@pytest.mark.parametrize(("named", "page"), [([], PAGE), ([PAGE], "https://evil.example")])
async def test_a_page_that_is_not_named_may_not_connect(named: list[str], page: str) -> None:
    async with site(ws_port=0, ws_origins=named) as found:
        with pytest.raises(InvalidStatus) as refused:
            async with web_phone(port_of(found), origin=page):
                raise AssertionError("it may")
        assert refused.value.response.status_code == 403


async def test_a_named_page_may() -> None:
    async with site(ws_port=0, ws_origins=[PAGE]) as found, web_phone(port_of(found), origin=PAGE) as phone:
        assert (await phone.ask(phone.request("OPTIONS", "sip:hub"))).code == 200


async def test_both_ways_of_asking_whether_we_are_there_are_answered() -> None:
    async with site(ws_port=0) as found, web_phone(port_of(found)) as phone:
        await (await phone.web.ping())
        await phone.web.send("\r\n\r\n")
        assert await phone.web.recv() == "\r\n"


async def test_a_message_in_pieces_is_one_and_bytes_are_as_good_as_text() -> None:
    async with site(ws_port=0) as found, web_phone(port_of(found)) as phone:
        options = encode(phone.request("OPTIONS", "sip:hub"))
        await phone.web.send([options[:20], options[20:]])
        answer = await phone.hear()
        assert answer.headers["CSeq"] == "1 OPTIONS"


async def test_what_no_message_can_be_as_long_as_ends_the_connection() -> None:
    async with site(ws_port=0) as found, web_phone(port_of(found)) as phone:
        await phone.web.send("x" * (LONGEST + 1))
        with pytest.raises(ConnectionClosedError, match="1009"):
            await phone.web.recv()


async def test_who_never_shakes_hands_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugins.sip.transport.websocket.OPENS_WITHIN", 0.05)
    async with site(ws_port=0) as found:
        reader, writer = await asyncio.open_connection("127.0.0.1", port_of(found))
        assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()
