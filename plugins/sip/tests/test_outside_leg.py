"""A number outside that was called into a call: it talks with all, asks for nothing, and may have the customer."""

from __future__ import annotations

import asyncio

import pytest

from hub.api import Address, Inviting, Monitoring, Rejected
from plugins.sip.tests.party import ACCOUNT, Party, Site, site
from plugins.sip.tests.test_inside_a_call import OUTSIDE, in_conversation

FOX = "party:1"
TO = Address("tel", OUTSIDE)


async def invited(found: Site, other: Party) -> tuple[str, str, str]:
    """It has picked up, and talks with both: the audio of customer, agent and number."""
    found.exchange.trunks[7].settings.proxies = [f"127.0.0.1:{other.port}"]
    await found.channel.invite(ACCOUNT, Inviting(FOX, found.thread, TO, "", 20))
    await other.picks_up()
    await found.until(lambda: found.exchange.lines[found.thread].up_legs([FOX]))
    await found.channel.bridge(ACCOUNT, found.thread, ["offer:1", FOX])
    line = found.exchange.lines[found.thread]
    calls = [line.customer, line.legs["offer:1"].call, line.legs[FOX].call]
    customer, agent, fox = (call.media.name for call in calls if call is not None)
    return customer, agent, fox


async def test_a_number_outside_talks_with_all_and_moves_nobody() -> None:
    with Party() as caller, Party() as phone, Party() as other:
        async with site(proxies=[f"127.0.0.1:{phone.port}"], prefixes=["+86"]) as found:
            await in_conversation(found, caller, phone)
            everybody = await invited(found, other)
            assert found.engine.did[-1] == ("mix", *sorted(everybody))
            assert (await other.ask("REFER", f"Refer-To: <sip:{OUTSIDE}@hub>")).code == 603
            await found.channel.monitor(ACCOUNT, found.thread, "party:2", "offer:1", Monitoring.LISTEN)
            await found.channel.mute(ACCOUNT, found.thread, FOX, True)
            assert found.engine.did[-1] == ("mix", *sorted(everybody))
            assert (await other.ask("BYE")).code == 200
            await found.until(lambda: found.engine.did[-1] == ("bridge", *sorted(everybody[:2])))


async def test_a_customer_who_is_passed_on_to_them_stays_with_them_and_nobody_is_called_again() -> None:
    with Party() as caller, Party() as phone, Party() as other:
        async with site(proxies=[f"127.0.0.1:{phone.port}"], prefixes=["+86"]) as found:
            await in_conversation(found, caller, phone)
            customer, _, fox = await invited(found, other)
            await found.channel.transfer_out(ACCOUNT, found.thread, TO)
            phone.reply(await phone.asked("BYE"), 200)
            assert found.engine.did[-1] == ("bridge", *sorted((customer, fox)))
            await found.until(lambda: not found.exchange.lines)
            [pair] = found.exchange.passed_on
            assert not pair.over
            assert (await other.ask("BYE")).code == 200
            caller.reply(await caller.asked("BYE"), 200)
            await found.until(lambda: pair.over)


async def test_a_number_no_prefix_allows_is_not_called_in() -> None:
    with Party() as caller, Party() as phone:
        async with site(proxies=[f"127.0.0.1:{phone.port}"], prefixes=["+86"]) as found:
            await in_conversation(found, caller, phone)
            with pytest.raises(Rejected):
                await found.channel.invite(ACCOUNT, Inviting(FOX, found.thread, Address("tel", "+15550100"), "", 20))
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(phone.listen(), 0.1)
