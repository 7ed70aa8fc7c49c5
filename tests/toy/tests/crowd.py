"""A house with more people: a third agent, Cy, and a supervisor, Eve, who takes no work."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

from sqlalchemy import select

from hub.model.actor import Actor
from hub.model.permissions import BUILT_IN_ROLES
from hub.pipeline.colleagues import consult
from hub.pipeline.colleagues.consult import Whom
from hub.plugin.site_model import UserTable
from hub.store import listing
from hub.store.tables import events, interactions
from tests.toy.tests.exchange import Exchange
from tests.toy.tests.phones import NO_WAIT, Phones


class Crowd(Phones):
    """A house with toy phones and four people."""

    def __init__(self, url: str, folder: Path, exchange: Exchange) -> None:
        super().__init__(url, folder, exchange, channel="toy_phone")
        more = [
            UserTable(login="cy", name="Cy", queues=["desk"]),
            UserTable(login="eve", name="Eve", roles=["supervisor"]),
        ]
        self.file = self.file.model_copy(update={"users": [*self.file.users, *more]})

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self.cy = Actor(self.bo.user_id + 1, "Cy", BUILT_IN_ROLES["agent"], None)
        self.eve = Actor(self.bo.user_id + 2, "Eve", BUILT_IN_ROLES["supervisor"], None)
        return self

    async def brings_in(self, call: int, who: Actor) -> str:
        """Ann asks for them, and they pick up: their leg."""
        await self.ready(who)
        await self.store.write(lambda tx: consult.ask(tx, self.ann, call, Whom(user=who.user_id)))
        leg = str((await self.told("ring", user=who.user_id))["leg"])
        await self.fact("ANSWERED", leg)
        await self.until("consult.began", lambda event: event.data["with_user"] == who.user_id)
        return leg

    async def there(self, call: int, seen_by: Actor | None = None) -> list[tuple[str, str, str]]:
        """Who is in it: role, name, state."""
        item = await self.store.read(lambda conn: listing.get_interaction(conn, seen_by or self.ann, call))
        return [(party.role.value, party.name, party.state) for party in item.parties]

    async def told_screens(self) -> set[str]:
        """Every kind of event so far."""
        return set(await self.store.read(lambda conn: conn.execute(select(events.c.type)).scalars().all()))

    async def compares(self) -> None:
        """Both sides say what is alive, and end what only one of them knows."""
        [account] = self.site.directory.calling()
        await self.site.switchboard.compare(account, NO_WAIT)

    async def row(self) -> dict[str, Any]:
        """The last call's."""
        return (await self.rows(interactions))[-1]
