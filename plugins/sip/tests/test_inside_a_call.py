"""What may come inside a dialog: keys by INFO, UPDATE, hold, and a transfer asked for by a phone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from hub.api import Address, Ringing
from plugins.sip.tests.party import ACCOUNT, Party, Site, described, site
from plugins.sip.wire.digest import Secret

OUTSIDE = "+8613800138000"
ONE_KEY = {"entry": {"kind": "DIGITS", "longest": 1, "terminator": "-"}}


async def entered(kind: str, body: bytes) -> tuple[int, list[dict[str, Any]]]:
    """A caller who is asked for one key sends this INFO and hangs up: its answer, and what the core was told."""
    async with site() as found:
        with Party() as caller:
            await caller.call(found.port)
            found.exchange.lines[found.thread].collecting.expect(ONE_KEY)
            code = (await caller.ask("INFO", body=body, kind=kind)).code
            await caller.ask("BYE")
            await found.until(lambda: [fact for fact in found.told("leg") if fact["state"] == "ENDED"])
            return code, found.told("keys")


@pytest.mark.parametrize(
    ("kind", "body", "key"),
    [
        ("application/dtmf-relay", b"Signal=5\r\nDuration=160\r\n", "5"),
        ("application/dtmf-relay", b"Signal= *\r\nDuration= 160\r\n", "*"),
        ("application/dtmf-relay;charset=utf-8", b"signal=#\r\n", "#"),
        ("application/dtmf-relay", b"Signal=11\r\n", "#"),
        ("application/dtmf", b"7", "7"),
        ("application/dtmf", b" d\r\n", "D"),
    ],
)
async def test_a_key_by_info_is_a_key(kind: str, body: bytes, key: str) -> None:
    assert await entered(kind, body) == (200, [{"keys": key}])


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("application/dtmf", b"99", 200),
        ("application/dtmf-relay", b"Signal=99", 200),
        ("text/plain", b"5", 415),
        ("application/media_control+xml", b"<media_control/>", 415),
        ("application/dtmf", b"", 200),
    ],
)
async def test_what_is_no_key_is_none(kind: str, body: bytes, code: int) -> None:
    assert await entered(kind, body) == (code, [])


async def test_update_moves_the_audio_and_without_a_body_only_the_contact() -> None:
    async with site() as found:
        with Party() as caller:
            await caller.call(found.port)
            held = await caller.ask("UPDATE", body=described(4002, "sendonly"))
            assert held.code == 200 and b"a=recvonly" in held.body
            await found.until(lambda: found.engine.did[-1][3:] == ("recvonly",))
            bare = await caller.ask("UPDATE")
            assert (bare.code, bare.body) == (200, b"")


async def test_update_with_an_offer_waits_for_the_answer_of_the_first() -> None:
    """RFC 3311 §5.2: an INVITE without an offer has ours in its 200, and its answer comes with the ACK."""
    async with site() as found:
        with Party() as caller:
            caller.where = ("127.0.0.1", found.port)
            offered = await caller.ask("INVITE")
            ack = caller.request("ACK", body=described())
            caller.into(offered)
            assert (await caller.ask("UPDATE", body=described(4002))).code == 491
            ack.headers.set("To", offered.headers["To"])
            caller.say(ack)
            await found.until(lambda: found.engine.did[:1])
            assert (await caller.ask("UPDATE", body=described(4002))).code == 200


async def test_an_offer_that_the_ack_does_not_answer_is_no_call() -> None:
    async with site() as found:
        with Party() as caller:
            await caller.call(found.port, body=b"")
            caller.reply(await caller.asked("BYE"), 200)
            await found.until(lambda: not found.exchange.lines and not found.engine.open_legs)


async def test_a_re_invite_without_an_offer_has_ours_and_its_answer_comes_with_the_ack() -> None:
    """So some exchanges resume, or hold."""
    async with site() as found:
        with Party() as caller:
            await caller.call(found.port)
            await found.until(lambda: found.engine.did[:1])
            offered = await caller.ask("INVITE")
            assert (offered.code, b"a=sendrecv" in offered.body) == (200, True)
            assert (await caller.ask("UPDATE", body=described(4002))).code == 491
            ack = caller.request("ACK", body=described(4004, "sendonly"))
            ack.headers.set("CSeq", "2 ACK")
            caller.say(ack)
            await found.until(lambda: ("recvonly",) in [did[3:] for did in found.engine.did])
            assert (await caller.ask("UPDATE", body=described(4002))).code == 200


async def test_update_with_what_we_cannot_speak_changes_nothing() -> None:
    async with site() as found:
        with Party() as caller:
            await caller.call(found.port)
            before = list(found.engine.did)
            assert (await caller.ask("UPDATE", body=described().replace(b" 8 101", b" 18"))).code == 488
            assert found.engine.did == before


async def in_conversation(found: Site, caller: Party, phone: Party) -> None:
    """The caller and an agent, reached at a number outside, hear each other."""
    await found.exchange.phones.set(3, Secret.of("ann", "hub", "secret"), "+8610011")
    await caller.call(found.port)
    await found.channel.ring(ACCOUNT, Ringing("offer:1", found.thread, 3, None, 20))
    await phone.picks_up()
    await found.channel.bridge(ACCOUNT, found.thread, ["offer:1"])


async def test_a_number_outside_is_an_agent_s_device_as_any_phone() -> None:
    with Party() as caller, Party() as phone:
        async with site(proxies=[f"127.0.0.1:{phone.port}"], prefixes=["+86"]) as found:
            await in_conversation(found, caller, phone)
            line = found.exchange.lines[found.thread]
            assert line.customer is not None and line.legs["offer:1"].call is not None
            pair = sorted((line.customer.media.name, line.legs["offer:1"].call.media.name))
            assert ("bridge", *pair) in found.engine.did
            assert (await phone.ask("BYE")).code == 200
            await found.until(lambda: {"ENDED", "ANSWERED"} <= {fact["state"] for fact in found.told("leg")})
            assert [(f["leg"], f["cause"]) for f in found.told("leg") if f["state"] == "ENDED"] == [
                ("offer:1", "HUNG_UP")
            ]


async def test_a_key_an_agent_s_phone_tells_by_info_is_pressed_for_the_customer_s_side() -> None:
    with Party() as caller, Party() as phone:
        async with site(proxies=[f"127.0.0.1:{phone.port}"], prefixes=["+86"]) as found:
            await in_conversation(found, caller, phone)
            customer = found.exchange.lines[found.thread].customer
            assert (await phone.ask("INFO", body=b"Signal=4", kind="application/dtmf-relay")).code == 200
            await found.until(lambda: customer and ("send_digits", customer.media.name, "4") in found.engine.did)


async def test_a_phone_passes_its_caller_on_to_an_allowed_number() -> None:
    with Party() as caller, Party() as phone:
        async with site(proxies=[f"127.0.0.1:{phone.port}"], prefixes=["+86"]) as found:
            await in_conversation(found, caller, phone)
            phone.say(phone.request("REFER", f"Refer-To: <sip:{OUTSIDE}@hub>"))
            assert (await phone.answer()).code == 202
            begun = await phone.asked("NOTIFY")
            assert begun.body == b"SIP/2.0 100 Trying\r\n"
            phone.reply(await phone.asked("INVITE"), 200, body=described())
            await phone.asked("ACK")
            ended = await phone.asked("NOTIFY")
            assert (ended.body, ended.headers["Subscription-State"]) == (
                b"SIP/2.0 200 OK\r\n",
                "terminated;reason=noresource",
            )
            await phone.asked("BYE")


@pytest.mark.parametrize("target", ["<sip:+15550100@hub>", "<sip:ann@hub>", "", "<sip:x"])
async def test_a_phone_passes_nobody_on_to_what_is_not_allowed(target: str) -> None:
    with Party() as caller, Party() as phone:
        async with site(proxies=[f"127.0.0.1:{phone.port}"], prefixes=["+86"]) as found:
            await in_conversation(found, caller, phone)
            assert (await phone.ask("REFER", f"Refer-To: {target}")).code == (603 if target else 400)
            assert found.exchange.lines[found.thread].legs["offer:1"].call is not None


async def test_a_caller_moves_nothing_by_refer() -> None:
    async with site(prefixes=["*"]) as found:
        with Party() as caller:
            await caller.call(found.port)
            assert (await caller.ask("REFER", f"Refer-To: <sip:{OUTSIDE}@hub>")).code == 603


@contextlib.asynccontextmanager
async def passed_on(caller: Party, outside: Party) -> AsyncIterator[Site]:
    """The caller and a number outside talk to each other through the site."""
    async with site(proxies=[f"127.0.0.1:{outside.port}"], prefixes=["+86"]) as found:
        await caller.call(found.port)
        await found.until(lambda: found.exchange.lines[found.thread].connected)
        taking = asyncio.create_task(found.channel.transfer_out(ACCOUNT, found.thread, Address("tel", OUTSIDE)))
        await outside.picks_up()
        await taking
        yield found


async def test_two_that_were_joined_end_together_when_one_is_heard_no_more() -> None:
    with Party() as caller, Party() as outside:
        async with passed_on(caller, outside) as found:
            [pair] = found.exchange.passed_on
            lost = next(iter(found.engine.open_legs))
            owner = found.exchange.owner_of(lost)
            assert owner is not None
            owner.lost(lost)
            for party in (caller, outside):
                party.reply(await party.asked("BYE"), 200)
            await found.until(lambda: not found.engine.open_legs)
            assert pair.over


async def test_two_that_were_joined_are_told_when_the_connection_ends() -> None:
    with Party() as caller, Party() as outside:
        async with passed_on(caller, outside) as found:
            assert found.exchange.passed_on
        for party in (caller, outside):
            await party.asked("BYE")


async def test_a_consultation_leaves_the_customer_with_music() -> None:
    with Party() as caller, Party() as phone:
        async with site(proxies=[f"127.0.0.1:{phone.port}"], prefixes=["+86"]) as found:
            await in_conversation(found, caller, phone)
            line = found.exchange.lines[found.thread]
            customer, agent = line.customer, line.legs["offer:1"].call
            assert customer is not None and agent is not None
            await found.exchange.phones.set(4, Secret.of("bo", "hub", "secret"), "+8610012")
            with Party() as other:
                found.exchange.trunks[7].settings.proxies = [f"127.0.0.1:{other.port}"]
                await found.channel.ring(ACCOUNT, Ringing("offer:2", found.thread, 4, None, 20))
                await other.picks_up()
                del found.engine.did[:]
                await found.channel.consult(ACCOUNT, found.thread, ["offer:1", "offer:2"], [])
                second = line.legs["offer:2"].call
                assert second is not None
                assert found.engine.did == [
                    ("part", customer.media.name), ("play", customer.media.name),
                    ("bridge", *sorted((agent.media.name, second.media.name))),
                ]  # fmt: skip
                await found.channel.bridge(ACCOUNT, found.thread, ["offer:1", "offer:2"])
                everybody = sorted((customer.media.name, agent.media.name, second.media.name))
                assert found.engine.did[-1] == ("mix", *everybody)
