"""The toy and kill -9: what was acknowledged is there once, and what was said was said once.

Two of the named points, the worst one in and the worst one out; the long runs on our own channels take all of them.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.store.database import Store
from hub.store.tables import messages
from tests.support.fixtures import StartHub
from tests.toy.tests.exchange import Exchange

ROOT = Path(__file__).parents[3]
SESSIONS = ("s1", "s2", "s3", "s4")
IDS = {session: f"toy-in-{number}" for number, session in enumerate(SESSIONS, 1)}
SITE = """
[site]
plugins = ["toy"]
[[queues]]
key = "desk"
name = "Desk"
[[connections]]
name = "Exchange"
channel = "toy"
settings = {{ port = {port} }}
[[accounts]]
name = "Desk"
channel = "toy"
address = "toy:desk"
connection = "Exchange"
queue = "desk"
flow = "toy_menu"
settings = {{ secret = "squeak" }}
[[users]]
login = "ann"
name = "Ann"
"""


def installed(folder: Path) -> str:
    """A path on which the toy is an installed plugin, as a stranger's would be."""
    metadata = folder / "site-packages" / "hub_toy-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: hub-toy\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[hub.plugins]\ntoy = tests.toy\n")
    return f"{ROOT}:{metadata.parent}"


@pytest.mark.slow
@pytest.mark.parametrize("point", ["after_commit_before_ack", "sent_before_marked"])
async def test_nothing_acknowledged_is_lost_and_nothing_is_said_twice(
    hub_process: StartHub, exchange: Exchange, database_url: str, tmp_path: Path, point: str
) -> None:
    (tmp_path / "hub.toml").write_text(SITE.format(port=exchange.port))
    hub = await hub_process(HUB_CRASH_AT=f"{point}:2", PYTHONPATH=installed(tmp_path))
    for session in SESSIONS:
        await exchange.say("say", session=session, text=f"Hello from {session}", **{"from": f"bear-{session}"})
    assert await hub.ended() == -9, f"it never came to {point}"
    del hub.environment["HUB_CRASH_AT"]
    await hub.start()
    for session in SESSIONS:
        await settled(exchange, session)
    await hub.stop()
    said = Counter(entry["session"] for entry in exchange.entries("delivery") if not entry["known"])
    assert said == dict.fromkeys(SESSIONS, 1)
    assert await heard(database_url, tmp_path) == {f"Hello from {session}": 1 for session in SESSIONS}


async def settled(exchange: Exchange, session: str) -> None:
    """The session's input is acknowledged, and the menu's first words have reached it."""
    await exchange.until("acked", lambda entry: entry["id"] == IDS[session])
    await exchange.until("delivery", lambda entry: entry["session"] == session)


async def heard(url: str, folder: Path) -> dict[str, int]:
    """How often each customer's words stand in the database."""
    store = await Store.open(url, key_file=folder / "site.key", node="test")
    inbound = select(messages.c.text).where(messages.c.direction == "INBOUND")
    found = await store.read(lambda conn: Counter(conn.scalars(inbound).all()))
    await store.close()
    return dict(found)
