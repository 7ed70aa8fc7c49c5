"""An agent with nothing but a browser, at one node, takes the call of another: both hear each other; the browser drops
and is back, and so it is when what carries its audio dies; each side hangs up."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.async_api import Browser

from plugins.demo.hub_client import HubClient
from tests.support.hub_process import HubProcess
from tests.voice import test_two_nodes
from tests.voice.baresip import Baresip
from tests.voice.browser_phone import BrowserPhone
from tests.voice.house import DESK, LOOKS
from tests.voice.sounds import loudest, stereo
from tests.voice.test_two_nodes import AGENT, CUSTOMER, PASSWORD, Pair, hears

pytestmark = [pytest.mark.slow, pytest.mark.peer, pytest.mark.process]
pair = test_two_nodes.pair


async def test_a_browser_is_a_phone(pair: Pair, browser: Browser, tmp_path: Path) -> None:
    page = await browser.new_page(bypass_csp=True)
    ann = BrowserPhone(page, pair.phones.http, AGENT)
    await ann.opens("ann", PASSWORD)
    async with (
        HubClient(pair.phones.http) as screen,
        Baresip(tmp_path / "caller", "<sip:+8613800138000@127.0.0.1:{sip}>;regint=0", CUSTOMER) as caller,
    ):
        await screen.log_in("ann", PASSWORD)
        await screen.put("/me/presence", {"state": "READY"})
        number = f"sip:{DESK}@127.0.0.1:{await pair.listens(pair.at_trunk, 'Trunk')}"
        await caller.do("dial", number)
        leg = (await ann.becomes("RINGING"))["leg"]
        await ann.says("answer", leg)
        await ann.becomes("TALKING")
        await talk(pair, ann, caller)
        [call] = (await screen.get("/interactions"))["items"]
        await screen.post(f"/interactions/{call['id']}/record", {"on": True})
        await measured(ann, leg)
        await ann.drops()
        await music(caller)
        await ann.comes_back()
        await pair.becomes("CONNECTED")
        await talk(pair, ann, caller)
        psutil.Process(gateway_of(pair.phones)).kill()
        await ann.sent_away()
        await ann.comes_back()
        await talk(pair, ann, caller)
        await ann.says("hang_up", leg)
        await ann.becomes("ENDED")
        await caller.until("CALL_CLOSED")
        await pair.becomes("CLOSED")
        await pair.nothing_left(pair.at_trunk)
        await kept(pair, call["id"])
        await caller.do("dial", number)
        leg = (await ann.becomes("RINGING"))["leg"]
        await ann.says("answer", leg)
        await talk(pair, ann, caller)
        await caller.do("hangup")
        assert (await ann.becomes("ENDED"))["leg"] == leg
        await pair.nothing_left(pair.at_trunk)


def gateway_of(hub: HubProcess) -> int:
    """The process that carries its softphones' audio."""
    children = psutil.Process(hub.pid).children()
    return next(each.pid for each in children if any(word.endswith("softphone/start.py") for word in each.cmdline()))


async def talk(pair: Pair, ann: BrowserPhone, caller: Baresip) -> None:
    """They hear each other."""
    await pair.becomes("CONNECTED")
    await hears(caller, AGENT)
    await ann.hears(CUSTOMER)


async def music(caller: Baresip) -> None:
    """The caller hears something, and not the agent."""
    for _ in range(LOOKS):
        await asyncio.sleep(0.25)  # sound takes its time
        if caller.level() > 100 and caller.loudness(AGENT) < 0.1:
            return
    raise AssertionError(f"{caller.level():.0f}, of which {caller.loudness(AGENT):.2f} is the agent")


async def kept(pair: Pair, call: int) -> None:
    """With the call: a recording of both, and how well its agent was heard, as their browser reported it."""
    screen = pair.at_phones
    found = await recordings(screen, call)
    for _ in range(100):
        if found:
            break
        await asyncio.sleep(0.1)  # it is stored after the call
        found = await recordings(screen, call)
    file = await screen._http.get(f"/attachments/{found[0]['attachments'][0]['id']}")
    said, heard = stereo(file.content)
    middle = len(heard) // 2
    assert loudest(said, CUSTOMER) > 0.8
    assert loudest(heard[:middle], AGENT) > 0.8 and loudest(heard[middle:], AGENT) > 0.8, "before and after"
    [agents] = [each for each in (await screen.get(f"/interactions/{call}"))["heard"] if each["user"]]
    assert agents["mos"] is not None and agents["round_trip"] is not None, agents


async def recordings(screen: HubClient, call: int) -> list[dict[str, Any]]:
    """In the call's conversation."""
    messages = (await screen.get(f"/interactions/{call}/messages"))["items"]
    return [each for each in messages if each["kind"] == "RECORDING"]


async def measured(ann: BrowserPhone, leg: str) -> None:
    """Reports go all the way: the browser knows how long it takes to the lines' media and back."""
    found = await ann.measures()
    for _ in range(60):
        if found["trip"] is not None:
            break
        await asyncio.sleep(0.25)  # one in five seconds
        found = await ann.measures()
    assert found["received"] > 50 and found["trip"] is not None, found
    await ann.says("quality", leg, loss=0, jitter=1, rtt=10)
    assert (await ann.told("quality"))["mos"] > 4
