"""A whole site with a fax number, in this process: real store, pipeline, telephony and fax processes; the far side is a
fax machine of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, Self

from hub.api import Address, Json
from hub.pipeline import converse, start
from hub.plugin import settings
from hub.plugin.discovery import GROUP, Plugins, discover
from hub.plugin.site_model import SiteFile
from hub.store import blobs
from plugins.fax.broadcast import rows
from plugins.fax.broadcast.numbers import Recipient
from plugins.fax.machine.machine import Entry, Machine, Takes
from plugins.fax.tests.terminal import charts
from tests.toy.tests.house import TOY, Row
from tests.voice.house import VoiceHouse

FAX, SPARES, DEALER = "+861058880001", "+861058880002", "+8613800138000"


class FaxHouse(VoiceHouse):
    """One trunk, the number +861058880001 for fax, one agent. `customer` is the machine calls go out to."""

    def __init__(
        self, url: str, folder: Path, customer: Machine, flow: str = "", lines: Sequence[float] = (0.2, 0.2), **fax: Any
    ) -> None:
        proxy = f"127.0.0.1:{customer.telephone.port}"
        super().__init__(
            url,
            folder,
            flow,
            ("tts", "self_service") if flow else (),
            connection={"proxies": [proxy], "prefixes": ["*"]},
        )
        number = {"name": "Orders", "channel": "fax", "address": f"tel:{FAX}", "connection": "Trunk", "queue": "desk"}
        self.customer = customer
        known = self.file.model_dump(mode="json")
        other = {"name": "Spares", "address": f"tel:{SPARES}"}
        known["accounts"] += [{**number, "settings": fax}, {**number, **other}]
        known["queues"].append({"key": "parts", "name": "Parts"})
        known["plugins"]["fax"] = {"busy_seconds": [0.2], "line_seconds": lines, "no_answer_seconds": []}
        self.file = SiteFile.model_validate(known)

    def plugins(self) -> Plugins:
        entries = [EntryPoint(name, f"plugins.{name}", GROUP) for name in ("sip", "fax", "tts", "self_service")]
        found = discover(["sip", "fax", *self._others], [*entries, TOY])
        settings.configure(found, self.file.plugins, {})
        return found

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        return self

    async def fax(self, text: str, *files: bytes, to: str = DEALER, **fields: Json) -> int:
        """Ann writes a fax to a number; the interaction's id."""
        account = self.site.directory.find("fax", Address("tel", FAX))
        assert account is not None
        row, can = self.site.directory.row(account.id), self.site.directory.channel_of(account).capabilities
        said = converse.Reply(text, kind="FAX", fields=fields)
        return await self.store.write(
            lambda tx: start.contact(tx, self.ann, account, row, can, Address("tel", to), said)
        )

    async def broadcast(self, title: str, numbers: Sequence[str]) -> int:
        """Page and numbers, as a supervisor hands them in; its id."""
        account = self.site.directory.find("fax", Address("tel", FAX))
        assert account is not None
        to = [Recipient(number) for number in numbers]
        return await self.store.write(lambda tx: rows.create(tx.conn, account.id, title, "Su", [], "Page", to))

    async def broadcast_is_done(self, broadcast: int) -> list[Row]:
        """Each number has its result; they are told."""
        account = self.site.directory.find("fax", Address("tel", FAX))
        assert account is not None
        async with asyncio.timeout(60):
            while True:
                found = await self.store.read(lambda conn: rows.all_of(conn, [account.id]))
                if [each.state for each in found if each.id == broadcast] == ["DONE"]:
                    return await self.store.read(lambda conn: rows.recipients_of(conn, broadcast))
                await asyncio.sleep(0.2)  # the far sides are real: nothing here tells of their end

    async def files_of(self, message: Row) -> list[Any]:
        """Of a message."""
        return list(await self.store.read(lambda conn: blobs.load(conn, message["id"])))


@asynccontextmanager
async def machine(folder: Path, takes: Takes = Takes.ASKED) -> AsyncIterator[Machine]:
    """A dealer's."""
    async with Machine(DEALER, folder / "machine", takes=takes) as customer:
        await customer.telephone.open()
        yield customer


def document(folder: Path, pages: Sequence[Any]) -> bytes:
    """A TIFF of these pages."""
    return charts.save(folder / "document.tiff", list(pages)).read_bytes()


async def delivered(house: FaxHouse) -> None:
    """A fax is through, as the hub has it; it takes its time."""
    await house.until("delivery.state", lambda event: event.data["state"] == "DELIVERED", 120)


async def ended(customer: Machine, entry: Entry) -> Entry:
    """The fax in the machine's ledger is over."""
    async with asyncio.timeout(120):
        return await customer.ended(entry)


async def through(customer: Machine, begin: Callable[[], Entry]) -> Entry:
    """The fax that this begins, once it is through: a machine that is busy with other things may cost one a line, and
    then one dials again, as anybody would."""
    entry = await ended(customer, begin())
    for _ in range(2):
        if entry.code != "OK":
            entry = await ended(customer, begin())
    return entry
