"""The hub is killed amid faxes: pages it has said it took are there, and whether others arrived is not guessed."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from plugins.demo.hub_client import HubClient
from plugins.fax.machine.machine import Takes
from plugins.fax.tests.terminal import charts
from tests.support.fixtures import StartHub
from tests.voice.fax_house import DEALER, FAX, document, machine

PASSWORD = "correct-horse-battery"
SITE = """
[site]
plugins = ["sip", "fax"]

[[queues]]
key = "orders"
name = "Orders"

[[connections]]
name = "Trunk"
channel = "sip"
settings = {{ listen_port = 0, peers = ["127.0.0.1"], proxies = ["127.0.0.1:{proxy}"], prefixes = ["*"] }}

[[accounts]]
name = "Orders"
channel = "fax"
connection = "Trunk"
address = "tel:{number}"
queue = "orders"

[[users]]
login = "ann"
name = "Ann"
password = "{password}"
queues = ["orders"]
"""
PATIENCE = 90.0

pytestmark = [pytest.mark.slow, pytest.mark.peer, pytest.mark.timeout(300)]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The files are the point, and the lease, which is the same on both."""
    return sqlite_url


async def test_killed_between_two_pages_the_first_is_handed_in_and_the_one_that_went_is_unknown(
    tmp_path: Path, hub_process: StartHub
) -> None:
    async with (
        machine(tmp_path / "dealer", Takes.SOUND) as dealer,
        machine(tmp_path / "sender", Takes.SOUND) as sender,
    ):
        text = SITE.format(proxy=dealer.telephone.port, number=FAX, password=PASSWORD)
        (tmp_path / "hub.toml").write_text(text, encoding="utf-8")
        hub = await hub_process()
        sender.telephone.hub = ("127.0.0.1", hub.port_of("Trunk"))
        pages = [charts.strip(200, 1), charts.strip(2376, 2)]
        async with HubClient(hub.http) as ann:
            await ann.log_in("ann", PASSWORD)
            await send(ann)
        async with asyncio.timeout(PATIENCE):
            await dealer.until(lambda: bool(dealer.entries))
            coming = sender.send(FAX, document(tmp_path, pages))
            await sender.until(lambda: coming.pages == 1)

        await hub.kill()
        await hub.start()
        async with HubClient(hub.http) as ann:
            await ann.log_in("ann", PASSWORD)
            came, went = await both(ann)
    assert (came["fields"]["partial"], came["fields"]["cause"], came["fields"]["pages"]) == (True, "INTERRUPTED", 1)
    assert went["delivery"]["state"] == "UNKNOWN", went


async def send(ann: HubClient) -> None:
    """A fax of hers to the dealer."""
    [account] = (await ann.get("/accounts?channel=fax"))["items"]
    to = {"scheme": "tel", "value": DEALER}
    await ann.post("/interactions", {"account": account["id"], "to": to, "text": "On its way.\n" * 300})


async def both(ann: HubClient) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fax that came, and the one that was going, once it is known what of it."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found = [message async for each in ann.each("/interactions") for message in await messages(ann, each["id"])]
            came = [each for each in found if each["direction"] == "INBOUND"]
            went = [each for each in found if each["direction"] == "OUTBOUND" and each["delivery"]["state"] != "SENT"]
            if came and went:
                return came[0], went[0]
            await asyncio.sleep(0.5)


async def messages(ann: HubClient, interaction: int) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await ann.get(f"/interactions/{interaction}/messages"))["items"]
    return items
