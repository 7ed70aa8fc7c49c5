"""A caller at one node, the agent's phone registered at another: they hear each other, what an agent at one node has
begun goes with the call to one at the other, and whichever node dies, the call ends cleanly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from plugins.demo.hub_client import HubClient
from tests.chaos.report import rows
from tests.support.hub_process import HubProcess
from tests.support.starting import Start
from tests.voice.baresip import Baresip
from tests.voice.house import DESK

pytestmark = [pytest.mark.slow, pytest.mark.peer, pytest.mark.process]

AGENT, COLLEAGUE, CUSTOMER = 1250, 800, 500
BEGUN = {"kind": "NOTE", "text": "Wants the honey back", "forms": {"ticket": '{"subject": "Honey"}'}}
PASSWORD = "a-long-password-for-tests"
SITE = f"""
[site]
name = "Two"
plugins = ["sip"]
[plugins.sip]
digest = ["MD5"]
silence_seconds = 5

[[connections]]
name = "Trunk"
channel = "sip"
settings = {{ listen_port = 0, peers = ["127.0.0.1"] }}
[[connections]]
name = "Phones"
channel = "sip"
settings = {{ listen_port = 0, registrar = true, peers = ["127.0.0.9"] }}

[[queues]]
key = "desk"
name = "Desk"
wrap_up_seconds = 0
[[accounts]]
name = "Desk"
channel = "sip"
connection = "Trunk"
address = "tel:{DESK}"
queue = "desk"

[[users]]
login = "admin"
name = "Admin"
password = "{PASSWORD}"
roles = ["admin"]
[[users]]
login = "ann"
name = "Ann"
password = "{PASSWORD}"
roles = ["agent"]
queues = ["desk"]
[[users]]
login = "bo"
name = "Bo"
password = "{PASSWORD}"
roles = ["agent"]
queues = ["desk"]
"""
HAND_OVER = """
UPDATE leases SET until = now() + interval '10 seconds', holder = (
  SELECT substr(node.name, 6) FROM leases node WHERE node.name LIKE 'node:%' AND substr(node.name, 6) <> leases.holder)
WHERE name = 'connection:' || (SELECT id FROM connections WHERE name = 'Phones') RETURNING holder
"""
STATE = "SELECT state FROM interactions ORDER BY id DESC LIMIT 1"
BUSY = "SELECT 1 FROM work WHERE ended_at IS NULL UNION ALL SELECT 1 FROM offers WHERE ended_at IS NULL"


@dataclass
class Pair:
    """`trunk` is the node that has the number, `phones` the other."""

    trunk: HubProcess
    phones: HubProcess
    at_trunk: HubClient
    at_phones: HubClient

    async def listens(self, node: HubClient, connection: str) -> int:
        """The port of this connection, once it is at work at this node."""
        async with asyncio.timeout(30):
            while True:
                trunks = (await node.of_plugin("GET", "/sip/status"))["trunks"]
                if found := [each["listens"] for each in trunks if each["connection"] == connection]:
                    return int(found[0].partition(",")[0].rpartition(":")[2])
                await asyncio.sleep(0.1)

    async def becomes(self, state: str) -> None:
        """The call is in this state, by the record."""
        async with asyncio.timeout(30):
            while await rows(self.trunk.database, STATE) != [(state,)]:  # noqa: ASYNC110 - looked at from outside
                await asyncio.sleep(0.1)

    async def nothing_left(self, node: HubClient) -> None:
        """This node has no call, and no agent has anything in hand."""
        async with asyncio.timeout(30):
            while await rows(self.trunk.database, BUSY) or await self._calls(node):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.1)

    async def _calls(self, node: HubClient) -> int:
        return int((await node.of_plugin("GET", "/sip/status"))["calls"])


@pytest.fixture
async def pair(tmp_path: Path, postgresql_url: str, begin_hub: Start) -> AsyncIterator[Pair]:
    await asyncio.to_thread((tmp_path / "hub.toml").write_text, SITE, encoding="utf-8")
    async with AsyncExitStack() as stack:
        first, second = (
            HubProcess(tmp_path, postgresql_url, begin=begin_hub),
            HubProcess(tmp_path, postgresql_url, begin=begin_hub),
        )
        for hub in (first, second):
            await stack.enter_async_context(hub)
        clients = [await stack.enter_async_context(HubClient(hub.http)) for hub in (first, second)]
        for client in clients:
            await client.log_in("admin", PASSWORD)
        assert await rows(postgresql_url, HAND_OVER), "the node that came first had both"
        yield Pair(first, second, *clients)


async def talking(pair: Pair, stack: AsyncExitStack, folder: Path, transport: str) -> tuple[Baresip, Baresip]:
    """A caller and Ann, whose phone has registered at the other node, hear each other."""
    ann = await phone_of(pair, stack, folder / "ann", transport, AGENT)
    caller = await stack.enter_async_context(
        Baresip(folder / "caller", "<sip:+8613800138000@127.0.0.1:{sip}>;regint=0", CUSTOMER)
    )
    await at_work(stack, pair.phones, "ann")
    await caller.do("dial", f"sip:{DESK}@127.0.0.1:{await pair.listens(pair.at_trunk, 'Trunk')}")
    await ann.until("CALL_INCOMING")
    await ann.do("accept")
    await hears(ann, CUSTOMER)
    await hears(caller, AGENT)
    await pair.becomes("CONNECTED")
    return caller, ann


async def phone_of(pair: Pair, stack: AsyncExitStack, folder: Path, transport: str, tone: int) -> Baresip:
    """Of the agent of this name: it has registered."""
    login, there = folder.name, await pair.listens(pair.at_phones, "Phones")
    [user] = [each["id"] async for each in pair.at_phones.each("/users") if each["login"] == login]
    await pair.at_phones.of_plugin("PUT", f"/sip/phones/{user}", {"username": login, "password": PASSWORD})
    account = f"<sip:{login}@127.0.0.1:{there};transport={transport}>;auth_pass={PASSWORD};regint=60;answermode=manual"
    phone = await stack.enter_async_context(Baresip(folder, account, tone))
    await phone.registered()
    return phone


async def at_work(stack: AsyncExitStack, node: HubProcess, login: str) -> HubClient:
    """An agent's screen, who is ready."""
    screen = await stack.enter_async_context(HubClient(node.http))
    await screen.log_in(login, PASSWORD)
    await screen.put("/me/presence", {"state": "READY"})
    return screen


async def test_a_phone_on_a_connection_rings_through_its_node_and_survives_that(pair: Pair, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        caller, ann = await talking(pair, stack, tmp_path, "tcp")
        await pair.phones.kill()
        await hears(caller, AGENT)
        await hears(ann, CUSTOMER)
        await caller.do("hangup")
        await pair.becomes("CLOSED")
        await pair.nothing_left(pair.at_trunk)


async def test_a_phone_by_datagrams_hangs_up_and_the_call_s_node_dies_with_its_next(pair: Pair, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        caller, ann = await talking(pair, stack, tmp_path, "udp")
        await what_was_begun_goes_along(pair, stack, await phone_of(pair, stack, tmp_path / "bo", "udp", COLLEAGUE))
        await hears(caller, AGENT)
        await ann.do("hangup")
        await caller.until("CALL_CLOSED")
        await pair.becomes("CLOSED")
        await pair.nothing_left(pair.at_trunk)
        await caller.do("dial", f"sip:{DESK}@127.0.0.1:{await pair.listens(pair.at_trunk, 'Trunk')}")
        await ann.until("CALL_INCOMING", 2)
        await ann.do("accept")
        await pair.becomes("CONNECTED")
        await pair.trunk.kill()
        await pair.becomes("FAILED")
        await pair.nothing_left(pair.at_phones)
        await ann.do("hangup")
        await ann.until("CALL_CLOSED", 2)


async def what_was_begun_goes_along(pair: Pair, stack: AsyncExitStack, bos_phone: Baresip) -> None:
    """Ann at the one node asks Bo at the other: he sees her note and her form before he answers, and has them then; she
    has the call, and hers, when he goes."""
    ann, bo = await at_work(stack, pair.trunk, "ann"), await at_work(stack, pair.phones, "bo")
    [call] = [each["id"] for each in (await ann.get("/interactions"))["items"]]
    await ann.put(f"/interactions/{call}/draft", BEGUN)
    await ann.post(f"/interactions/{call}/consult", {"user": (await bo.get("/me"))["user"]["id"]})
    await bos_phone.until("CALL_INCOMING")
    [offer] = (await bo.get("/offers"))["items"]
    assert offer["carried"] == {"text": BEGUN["text"], "forms": BEGUN["forms"]}
    assert not (await bo.get(f"/interactions/{call}/draft"))["forms"], "not his yet"
    await bos_phone.do("accept")
    await hears(bos_phone, AGENT)
    await pair.becomes("CONSULTING")
    assert _begun(await bo.get(f"/interactions/{call}/draft")) == BEGUN
    await bo.put("/me/presence", {"state": "NOT_READY", "reason": "BREAK"})
    await bos_phone.do("hangup")
    await pair.becomes("CONNECTED")
    assert _begun(await ann.get(f"/interactions/{call}/draft")) == BEGUN


def _begun(draft: dict[str, Any]) -> dict[str, Any]:
    return {part: draft[part] for part in BEGUN}


async def hears(phone: Baresip, frequency: float) -> None:
    """This phone hears this tone now."""
    heard = 0.0
    for _ in range(120):
        await asyncio.sleep(0.25)  # sound takes its time
        heard = phone.loudness(frequency)
        if heard >= 0.8:
            return
    raise AssertionError(f"{phone.folder.name} hears {heard:.2f} of {frequency} Hz")
