"""A call of one node to a phone that is registered at another: two exchanges, and a phone with one connection."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sipmessage import Request

from hub.api import Cause, Ringing, Unreachable
from plugins.sip.phones.flow_token import FlowName, Tokens
from plugins.sip.tests.desk_phone import ANN, BO, PASSWORD
from plugins.sip.tests.party import ACCOUNT, Party, Site, described, site
from plugins.sip.wire.digest import Secret, credentials
from plugins.sip.wire.message import Message, encode, read

OTHER = "127.0.0.2"
"""The phone's node is no peer of its own: it knows phones by their log-in alone, and nodes by their tokens."""


class WiredPhone(Party):
    """A phone that keeps its connection."""

    def __enter__(self) -> WiredPhone:
        return self

    async def connect(self, port: int) -> None:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", port)

    def say(self, message: Message) -> None:
        self._writer.write(encode(message))

    async def hear(self) -> Message:
        head = await asyncio.wait_for(self._reader.readuntil(b"\r\n\r\n"), 5)
        size = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        return read(head + await self._reader.readexactly(size))

    async def registers(self, at: Site) -> None:
        """With its password."""
        await at.exchange.phones.set(ANN, Secret.of("ann", "hub", PASSWORD), "")
        self._to = self._from = "<sip:ann@hub>"
        asked = await self.ask("REGISTER", body=b"")
        given = credentials(asked.headers.getlist("WWW-Authenticate"), "REGISTER", self._target, "ann", PASSWORD)
        self._from = "<sip:ann@hub>;tag=r"
        assert (await self.ask("REGISTER", f"Authorization: {given}")).code == 200

    def second_call(self) -> WiredPhone:
        """On the same connection, to a colleague."""
        other = WiredPhone()
        other._reader, other._writer = self._reader, self._writer
        other._from, other._to, other._target = "<sip:ann@hub>;tag=2", "<sip:bo@hub>", "sip:bo@hub"
        return other

    def hang_up(self) -> None:
        self._writer.close()


@dataclass
class Nodes:
    """A call waits at `near`; the phone is registered at `far`."""

    near: Site
    far: Site
    caller: Party
    phone: WiredPhone

    async def rings(self) -> Request:
        """Ann's leg; the INVITE as her phone gets it."""
        await self.near.channel.ring(ACCOUNT, Ringing("offer:1", self.near.thread, ANN, None, 20))
        return await self.phone.asked("INVITE")

    async def answers(self) -> str:
        """The route of what comes next."""
        invite = await self.rings()
        route = f"Record-Route: {invite.headers['Record-Route']}"
        self.phone.reply(invite, 180, route)
        self.phone.reply(invite, 200, route, body=described())
        await self.phone.asked("ACK")
        self.phone._from, self.phone._to = f"{invite.headers['To']};tag=p", invite.headers["From"]
        self.phone._call_id = invite.call_id
        return f"Route: {invite.headers['Record-Route']}"

    def facts(self) -> list[tuple[str, str, str]]:
        """What became of Ann's leg."""
        return [(f["state"], f["leg"], f.get("cause", "")) for f in self.near.told("leg") if f["leg"]]


@pytest.fixture
async def nodes() -> AsyncIterator[Nodes]:
    with Party() as caller, WiredPhone() as phone:
        async with site() as near, site(peers=[OTHER]) as far:
            await phone.connect(far.port)
            await phone.registers(far)
            await near.exchange.phones.set(ANN, Secret.of("ann", "hub", PASSWORD), "")
            [binding] = await far.exchange.phones.bindings("ann", time.time())
            assert binding.edge == f"127.0.0.1:{far.port}"
            await near.exchange.phones.bind("ann", [binding], [], time.time())  # as the one database would
            await caller.call(near.port)
            yield Nodes(near, far, caller, phone)
            phone.hang_up()


async def test_it_rings_and_is_answered_by_its_own_connection_and_hangs_up(nodes: Nodes) -> None:
    route = await nodes.answers()
    await nodes.near.until(lambda: ("ANSWERED", "offer:1", "") in nodes.facts())
    assert [state for state, _, _ in nodes.facts()] == ["RINGING", "ANSWERED"]
    assert (await nodes.phone.ask("INFO", route, body=b"Signal=4", kind="application/dtmf-relay")).code == 200
    assert (await nodes.phone.ask("BYE", route)).code == 200
    await nodes.near.until(lambda: nodes.facts()[-1] == ("ENDED", "offer:1", "HUNG_UP"))
    assert nodes.far.exchange.agent.calls == 0, "the phone's node remembers nothing"


async def test_a_phone_consults_a_colleague_about_a_call_of_another_node(nodes: Nodes) -> None:
    route = await nodes.answers()
    await nodes.near.until(lambda: ("ANSWERED", "offer:1", "") in nodes.facts())
    await nodes.near.exchange.phones.set(BO, Secret.of("bo", "hub", PASSWORD), "+8610012")
    with nodes.phone.second_call() as second:
        asked = await second.ask("INVITE", body=described())
        assert asked.code == 407, "by the call's node, whose answers come by the phone's"
        second.acknowledge()
        given = credentials(asked.headers.getlist("Proxy-Authenticate"), "INVITE", "sip:bo@hub", "ann", PASSWORD)
        second.say(second.request("INVITE", f"Proxy-Authorization: {given}", body=described()))
        await nodes.near.until(lambda: ("CONSULTING", "offer:1", "") in nodes.facts())
        [leg] = nodes.near.exchange.lines[nodes.near.thread].legs.values()
        assert leg.aside is not None
        leg.aside.answered()
        ok = await second.answer()
        assert (ok.code, ok.headers["Record-Route"]) == (200, route.partition(": ")[2])
        second.into(ok)
        second.say(second.request("ACK", f"Route: {ok.headers['Record-Route']}"))
        await nodes.near.until(lambda: leg.aside is not None and leg.aside.call.state == "CONFIRMED")
        leg.aside.left(Cause.HUNG_UP)
        await second.asked("BYE")


async def test_what_the_call_s_node_says_comes_to_the_phone(nodes: Nodes) -> None:
    await nodes.answers()
    await nodes.near.until(lambda: ("ANSWERED", "offer:1", "") in nodes.facts())
    await nodes.near.channel.release(ACCOUNT, nodes.near.thread, "offer:1", "released")
    bye = await nodes.phone.asked("BYE")
    assert bye.headers["Max-Forwards"] == "69"
    nodes.phone.reply(bye, 200)


async def test_a_caller_who_gives_up_stops_it(nodes: Nodes) -> None:
    invite = await nodes.rings()
    nodes.phone.reply(invite, 180)
    await nodes.near.until(nodes.facts)
    await nodes.caller.ask("BYE")
    cancel = await nodes.phone.asked("CANCEL")
    assert cancel.headers["Via"].partition("branch=")[2] == invite.headers["Via"].partition("branch=")[2]
    nodes.phone.reply(cancel, 200)
    nodes.phone.reply(invite, 487)
    await nodes.phone.asked("ACK")


async def test_a_phone_whose_connection_is_gone_is_not_reached(nodes: Nodes) -> None:
    nodes.phone.hang_up()
    await nodes.far.until(lambda: not nodes.far.exchange.trunks[7].port.tcp.peers)
    await nodes.near.channel.ring(ACCOUNT, Ringing("offer:1", nodes.near.thread, ANN, None, 20))
    await nodes.near.until(lambda: nodes.facts() and nodes.facts()[-1][0] == "ENDED")


async def test_a_node_that_is_gone_reaches_none_of_its_phones(nodes: Nodes) -> None:
    [binding] = await nodes.near.exchange.phones.bindings("ann", time.time())
    await nodes.near.exchange.phones.bind("ann", [replace(binding, edge="127.0.0.1:1")], [], time.time())
    with pytest.raises(Unreachable):
        await nodes.near.channel.ring(ACCOUNT, Ringing("offer:1", nodes.near.thread, ANN, None, 20))


async def test_the_phone_is_told_when_the_call_s_node_is_gone(nodes: Nodes) -> None:
    route = await nodes.answers()
    await nodes.near.until(lambda: ("ANSWERED", "offer:1", "") in nodes.facts())
    for peer in list(nodes.near.exchange.trunks[7].port.tcp.peers):
        peer.close()
    await nodes.far.until(lambda: len(nodes.far.exchange.trunks[7].port.tcp.peers) == 1)
    assert (await nodes.phone.ask("BYE", route)).code == 430


async def test_a_node_that_listens_everywhere_is_where_its_phones_reach_it() -> None:
    with WiredPhone() as phone:
        async with site(listen_host="0.0.0.0", peers=[OTHER]) as far:
            await phone.connect(far.port)
            await phone.registers(far)
            [binding] = await far.exchange.phones.bindings("ann", time.time())
            assert binding.edge == f"127.0.0.1:{far.port}"
            edge = far.exchange.edge
            assert edge.here(binding)
            assert not edge.here(replace(binding, edge=f"192.0.2.1:{far.port}")), "no address of this machine"
            assert not edge.here(replace(binding, edge=f"127.0.0.1:{far.port + 1}"))
            phone.hang_up()


@pytest.mark.parametrize("token", ["", "x", "x.y", "VENQfDEyNy4wLjAuMXwx.00000000000000000000000000000000", "é.1"])
async def test_a_forged_token_leads_nowhere(nodes: Nodes, token: str) -> None:
    with Party() as stranger:
        stranger.where = ("127.0.0.1", nodes.far.port)
        stranger.say(stranger.request("INVITE", f"Route: <sip:{token}@127.0.0.1:{nodes.far.port};lr>"))
        answer = await stranger.answer()
        assert answer.code in {403, 404, 407}, "refused as anybody"


def test_a_token_says_again_what_was_sealed_and_to_nobody_without_the_key() -> None:
    names = (FlowName("TCP", "192.0.2.1", 5060), FlowName("WSS", "2001:db8::1", 443))
    token = Tokens(b"one").seal(*names)
    assert Tokens(b"one").unseal(token) == names
    assert Tokens(b"other").unseal(token) == ()
    assert Tokens(b"one").unseal(token[:-1]) == ()


@given(st.text(max_size=60))
def test_whatever_claims_to_be_a_token_is_none(text: str) -> None:
    assert Tokens(b"one").unseal(text) == ()
