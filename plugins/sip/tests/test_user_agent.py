"""What a far side meets at the port: trunks are served, strangers are not, and neither leaves anything behind."""

from __future__ import annotations

import asyncio
import math
import socket

import pytest

from plugins.sip.guard import Turned
from plugins.sip.ports import both
from plugins.sip.tests.wire import Exchange, FarSide
from plugins.sip.transport.flow import contact
from plugins.sip.transport.udp import UdpListener


async def test_a_trunk_s_call_is_taken_once_however_often_it_comes() -> None:
    exchange = Exchange("127.0.0.1")
    async with exchange.open() as far:
        invite = far.text("INVITE")
        for _ in range(3):
            far.say(invite)
            assert (await far.hear()).code == 486
        assert len(exchange.calls) == 1


async def test_a_stranger_s_call_is_refused_without_a_transaction() -> None:
    exchange = Exchange("192.0.2.0/24")
    async with exchange.open() as far:
        assert (await far.ask("INVITE")).code == 403
        assert len(exchange.agent.transactions) == 0 and exchange.calls == []
        assert exchange.guard.turned[Turned.STRANGER] == 1


async def test_a_phone_s_word_in_a_call_that_died_with_us_is_answered_and_makes_nobody_suspicious() -> None:
    exchange = Exchange("192.0.2.0/24")
    exchange.guard.phones["127.0.0.1"] = math.inf
    async with exchange.open() as far:
        far.say(far.text("BYE").replace(b"To: <sip:ann@hub>", b"To: <sip:ann@hub>;tag=ours"))
        assert (await far.hear()).code == 481
        assert exchange.guard.turned[Turned.STRANGER] == 0


async def test_a_stranger_s_options_get_no_answer_at_all() -> None:
    async with Exchange("192.0.2.0/24").open() as far:
        far.say(far.text("OPTIONS"))
        assert await far.silent()


@pytest.mark.parametrize(
    ("method", "headers", "to", "code"),
    [
        ("OPTIONS", (), "sip:desk@hub", 200),
        ("PUBLISH", (), "sip:desk@hub", 405),
        ("DANCE", (), "sip:desk@hub", 501),
        ("INVITE", (), "http://desk", 416),
        ("INVITE", ("Require: 100rel, nothing",), "sip:desk@hub", 420),
        ("INVITE", ("Accept: text/plain",), "sip:desk@hub", 406),
        ("BYE", (), "sip:desk@hub", 481),
        ("CANCEL", (), "sip:desk@hub", 481),
    ],
)
async def test_a_trunk_is_told_what_is_not_served(method: str, headers: tuple[str, ...], to: str, code: int) -> None:
    async with Exchange("127.0.0.1").open() as far:
        assert (await far.ask(method, *headers, to=to)).code == code


@pytest.mark.parametrize("method", ["PUBLISH", "SUBSCRIBE", "DANCE"])
async def test_what_a_phone_asks_in_vain_costs_it_nothing_and_us_no_memory(method: str) -> None:
    exchange = Exchange("192.0.2.0/24")
    async with exchange.open() as far:
        exchange.guard.registered("127.0.0.1", exchange.agent.now() + 60)
        for _ in range(4):  # one more than failures ban for
            assert (await far.ask(method)).code in (405, 501)
        assert (await far.ask("OPTIONS")).code == 200
        assert len(exchange.agent.transactions) == 1 and exchange.guard.turned[Turned.METHOD] == 4


async def test_what_cannot_be_read_is_answered_400_where_it_can_be_answered() -> None:
    async with Exchange("127.0.0.1").open() as far:
        far.say(far.text("OPTIONS").replace(b"Max-Forwards: 70", b"Max-Forwards: 300"))
        assert (await far.hear()).code == 400
        far.say(b"\x00\x01 no message at all")
        assert await far.silent()


async def test_the_same_port_serves_streams_and_answers_pings() -> None:
    async with Exchange("127.0.0.1").open() as far:
        reader, writer = await asyncio.open_connection("127.0.0.1", far.port)
        writer.write(b"\r\n\r\n" + far.text("OPTIONS").replace(b"UDP", b"TCP"))
        assert await reader.readexactly(2) == b"\r\n"
        assert (await reader.readuntil(b"\r\n")).startswith(b"SIP/2.0 200")
        writer.close()
        await writer.wait_closed()


async def test_who_is_bound_everywhere_says_the_address_that_faces_who_asks() -> None:
    told: asyncio.Queue[str] = asyncio.Queue()
    udp, tcp = await both("0.0.0.0", 0, lambda data, flow: told.put_nowait(contact(flow)))
    port = udp.local[1]
    far = FarSide(port)
    far.say(far.text("OPTIONS"))
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(far.text("OPTIONS"))
    heard = {await asyncio.wait_for(told.get(), 5) for _ in range(2)}
    assert heard == {f"<sip:hub@127.0.0.1:{port}>", f"<sip:hub@127.0.0.1:{port};transport=tcp>"}
    writer.close()
    far.socket.close()
    udp.close()
    tcp.close()


async def test_who_is_shut_out_cannot_even_connect() -> None:
    udp, tcp = await both("127.0.0.1", 0, lambda data, flow: None, "", lambda host: False)
    reader, writer = await asyncio.open_connection("127.0.0.1", tcp.local[1])
    assert await asyncio.wait_for(reader.read(), 5) == b"" and not tcp.peers
    writer.close()
    udp.close()
    tcp.close()


async def test_a_number_that_is_free_for_datagrams_only_is_not_the_last_word(monkeypatch: pytest.MonkeyPatch) -> None:
    bind, wanted = UdpListener.bind, [0]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        wanted.append(taken.getsockname()[1])
        monkeypatch.setattr(UdpListener, "bind", lambda host, _, *more: bind(host, wanted.pop(), *more))
        udp, tcp = await both("127.0.0.1", 0, lambda data, flow: None)
        assert udp.local == tcp.local != taken.getsockname() and wanted == []
        udp.close()
        tcp.close()
