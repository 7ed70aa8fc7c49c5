"""A site with a telephone, and its agents' phones: one socket that says 180 to every call, and is never answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import cast

from sqlalchemy import insert

from hub.store.database import Store
from hub.store.unit import Tx
from plugins.sip.phones.phones import BINDINGS, PHONES
from tests.bench.callers import DESK
from tests.bench.place import Place
from tests.support.hub_process import HubProcess

SITE = f"""
[site]
plugins = ["sip"]

[[queues]]
key = "service"
name = "Service"
offer_seconds = 300

[[connections]]
name = "Trunk"
channel = "sip"
settings = {{ listen_port = 0, registrar = true, peers = ["127.0.0.1"] }}

[[accounts]]
name = "Desk"
channel = "sip"
address = "tel:{DESK}"
connection = "Trunk"
queue = "service"

[[users]]
login = "admin"
name = "admin"
password = "a-password-for-tests"
roles = ["admin"]

[[users]]
login = "agent1"
name = "agent1"
password = "a-password-for-tests"
roles = ["agent"]
queues = ["service"]
"""
COPIED = ("Via", "From", "To", "Call-ID", "CSeq")
FOR_LONG = 86_400  # seconds


@asynccontextmanager
async def exchange(where: Place) -> AsyncIterator[HubProcess]:
    """`hub serve` of such a site."""
    (where.folder / "hub.toml").write_text(SITE, encoding="utf-8")
    async with HubProcess(where.folder, where.database) as process:
        yield process


class Phones(asyncio.DatagramProtocol):
    """All of them. `rang` counts the calls they have shown."""

    def __init__(self) -> None:
        self.rang: set[str] = set()
        self.port = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._socket = cast("asyncio.DatagramTransport", transport)  # asyncio's own is no subclass of it
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        first, *lines = data.decode().split("\r\n")
        headers = [line for line in lines if line.startswith(tuple(f"{name}:" for name in COPIED))]
        if first.startswith("INVITE"):
            self.rang.update(line for line in headers if line.startswith("Call-ID"))
            self._answer("180 Ringing", headers, addr)
        elif first.startswith(("CANCEL", "BYE")):
            self._answer("200 OK", headers, addr)

    def _answer(self, status: str, headers: list[str], where: tuple[str, int]) -> None:
        tagged = [f"{line};tag=phone" if line.startswith("To:") and "tag=" not in line else line for line in headers]
        here = f"Contact: <sip:phone@127.0.0.1:{self.port}>"
        text = "\r\n".join([f"SIP/2.0 {status}", *tagged, here, "Content-Length: 0", "", ""])
        self._socket.sendto(text.encode(), where)


@asynccontextmanager
async def phones(where: Place, users: Iterable[int]) -> AsyncIterator[Phones]:
    """Each of these users is registered with one."""
    loop = asyncio.get_running_loop()
    socket, all_of_them = await loop.create_datagram_endpoint(Phones, local_addr=("127.0.0.1", 0))
    store = await Store.open(where.database, key_file=where.folder / "site.key")
    try:
        await store.write(lambda tx: _register(tx, list(users), all_of_them.port))
        yield all_of_them
    finally:
        await store.close()
        socket.close()


def _register(tx: Tx, users: list[int], port: int) -> None:
    nobody = {"realm": "hub", "hash_sha256": "", "hash_md5": "", "outside": ""}
    tx.conn.execute(insert(PHONES), [{"user_id": user, "username": f"phone{user}", **nobody} for user in users])
    here = {"transport": "UDP", "host": "127.0.0.1", "port": port, "sequence": 1, "user_agent": "bench"}
    bound = {**here, "expires_at": round(time.time()) + FOR_LONG}
    contacts = [(f"phone{user}", f"sip:phone{user}@127.0.0.1:{port}") for user in users]
    rows = [{"username": name, "contact_key": at, "contact": at, "call_id": name, **bound} for name, at in contacts]
    tx.conn.execute(insert(BINDINGS), rows)
