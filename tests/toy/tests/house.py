"""A whole site around the toy, in this process: real store, real pipeline, a far side in a process of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, Self

from sqlalchemy import select

from hub.api import Event
from hub.model.actor import Actor
from hub.model.permissions import BUILT_IN_ROLES
from hub.pipeline import converse, offer, presence
from hub.pipeline.converse import Reply
from hub.pipeline.site import Site
from hub.plugin.discovery import GROUP, Plugins, discover
from hub.plugin.site_model import SiteFile
from hub.store.database import Store
from hub.store.tables import deliveries, users
from tests.toy.tests.exchange import Exchange

TOY = EntryPoint("toy", "tests.toy", GROUP)
Row = dict[str, Any]


def site_file(port: int, flow: str, channel: str = "toy") -> SiteFile:
    return SiteFile.model_validate(
        {
            "queues": [{"key": "desk", "name": "Desk"}],
            "connections": [{"name": "Exchange", "channel": channel, "settings": {"port": port}}],
            "accounts": [
                {
                    "name": "Desk",
                    "channel": channel,
                    "address": "toy:desk",
                    "connection": "Exchange",
                    "queue": "desk",
                    "flow": flow,
                    "settings": {"secret": "squeak"},
                }
            ],
            "users": [
                {"login": "ann", "name": "Ann", "queues": ["desk"]},
                {"login": "bo", "name": "Bo", "queues": ["desk"]},
            ],
        }
    )


class House:
    """A site with one toy account and the agents Ann and Bo. `async with` starts and stops it; it can be restarted."""

    def __init__(self, url: str, folder: Path, exchange: Exchange, flow: str = "", channel: str = "toy") -> None:
        self._url = url
        self._folder = folder
        self._key = folder / "site.key"
        self.file = site_file(exchange.port, flow, channel)
        self.exchange = exchange

    async def __aenter__(self) -> Self:
        self.store = await Store.open(self._url, key_file=self._key, node="test")
        self.site = Site(self.file.model_copy(update={"path": self._folder / "hub.toml"}), self.store, self.plugins())
        await self.site.set_up({user.login: "not a hash" for user in self.file.users})
        await self.site.start()
        await self.site.open("http://127.0.0.1:8080")
        ann, bo, *_ = await self.rows(users)
        self.ann = Actor(ann["id"], "Ann", BUILT_IN_ROLES["agent"], None)
        self.bo = Actor(bo["id"], "Bo", BUILT_IN_ROLES["agent"], None)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.site.stop()
        await self.store.close()

    def plugins(self) -> Plugins:
        """The toy alone."""
        return discover(["toy"], [TOY])

    async def ready(self, who: Actor | None = None) -> None:
        """Ann, or who is named, takes work from now on."""
        await self.store.write(lambda tx: presence.choose(tx, (who or self.ann).user_id, "READY"))

    async def accept(self) -> int:
        """Ann accepts the next offer; the interaction's id."""
        event = await self.until("offer.created")
        found = await self.store.write(lambda tx: offer.accept(tx, self.ann, int(str(event.data["offer"]))))
        assert found is not None
        return found

    async def reply(self, interaction: int, text: str) -> int:
        """Ann answers; the message's id."""
        can = self.site.registry.channels["toy"].capabilities
        return await self.store.write(lambda tx: converse.reply(tx, self.ann, interaction, Reply(text), can))

    async def talk(self) -> int:
        """A bear has written, and Ann has accepted."""
        await self.ready()
        await self.exchange.say("say", text="My ear is loose", **{"from": "bear", "name": "Bear"})
        return await self.accept()

    async def until(self, kind: str, wanted: Callable[[Event], bool] = lambda event: True, within: float = 30) -> Event:
        """The first event of this kind that is wanted, in the log already or to come."""
        async with asyncio.timeout(within):
            async for event in self.store.tail.follow(since=0):
                if event.type == kind and wanted(event):
                    return event
        raise AssertionError

    async def heard(self, count: int) -> None:
        """So many messages of customers have come in."""
        seen = 0

        def counted(event: Event) -> bool:
            nonlocal seen
            seen += event.data["direction"] == "INBOUND"
            return seen == count

        await self.until("interaction.message", counted)

    async def becomes(self, state: str) -> Event:
        """An interaction enters this state."""
        return await self.until("interaction.state", lambda event: event.data["state"] == state)

    async def delivery(self, state: str) -> Row:
        """A delivery enters this state; its row."""
        await self.until("delivery.state", lambda event: event.data["state"] == state)
        return (await self.rows(deliveries))[-1]

    async def rows(self, table: Any) -> list[Row]:
        """All of a small table."""
        ordered = select(table).order_by(table.c.id)
        return await self.store.read(lambda conn: [dict(row) for row in conn.execute(ordered).mappings()])
