"""A toy site with queues served in all sorts of ways, and several agents."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, update

from hub.api import Event
from hub.model.actor import Actor
from hub.model.permissions import BUILT_IN_ROLES
from hub.pipeline import offer, presence
from hub.plugin.site_model import SiteFile
from hub.store.tables import offers, queues, site, users, work
from hub.store.tables import presence as presences
from hub.store.unit import Tx
from tests.toy.tests.house import House, Row

TEAMS = {"ann": "desk", "bob": "desk", "eve": "back"}


class Office(House):
    """`desk` is served as told; `back` is another queue. Ann and Bob take the desk's work, Eve the back's."""

    def serve(self, routing: dict[str, Any], hours: dict[str, Any] | None = None, **agents: dict[str, Any]) -> Office:
        """To be called before the site starts: how the desk is served, and what is special of an agent."""
        document = self.file.model_dump(mode="json", exclude={"path"})
        desk = {**document["queues"][0], "routing": routing, "hours": hours or {}, "dispositions": []}
        back = {"key": "back", "name": "Back office"}
        account = {**document["accounts"][0], "address": "toy:desk"}
        document |= {"queues": [desk, back], "accounts": [account]}
        document["users"] = [
            {"login": name, "name": name.title(), "queues": [team], **agents.get(name, {})}
            for name, team in TEAMS.items()
        ]
        self.file = SiteFile.model_validate(document)
        return self

    async def __aenter__(self) -> Office:
        await super().__aenter__()
        rows = await self.rows(users)
        self.people = {row["login"]: Actor(row["id"], row["name"], BUILT_IN_ROLES["agent"], None) for row in rows}
        return self

    async def are_ready(self, *names: str) -> None:
        """These agents take work from now on."""
        for name in names:
            user = self.people[name].user_id
            await self.store.write(lambda tx, user=user: presence.choose(tx, user, "READY"))  # type: ignore[misc]  # mypy does not infer a lambda with a default

    async def says(self, text: str = "Hello", who: str = "bear", session: str = "s1") -> None:
        """A customer writes."""
        await self.exchange.say("say", text=text, session=session, **{"from": who, "name": who.title()})

    async def offered_to(self, name: str) -> Event:
        """An offer is made to this agent."""
        user = self.people[name].user_id
        return await self.until("offer.created", lambda event: event.user_id == user)

    async def accepts(self, name: str) -> int | None:
        """This agent accepts what is offered to them."""
        made = await self.offered_to(name)
        number = int(str(made.data["offer"]))
        return await self.store.write(lambda tx: offer.accept(tx, self.people[name], number))

    async def rejects(self, name: str) -> None:
        made = await self.offered_to(name)
        number = int(str(made.data["offer"]))
        await self.store.write(lambda tx: offer.reject(tx, self.people[name], number))

    async def rules(self, **settings: Any) -> None:
        """The site's routing rules are these."""
        row = {"key": "routing", "value": settings}
        await self.store.write(lambda tx: tx.conn.execute(insert(site).values(row)))

    async def works(self) -> list[Row]:
        return await self.rows(work)

    async def offers(self) -> list[Row]:
        return await self.rows(offers)

    async def has_limits(self, name: str, **limits: int) -> None:
        """The agent's own limits, as the screens set them."""
        user = self.people[name].user_id

        def save(tx: Tx) -> None:
            tx.conn.execute(update(presences).where(presences.c.user_id == user).values(limits=limits))
            tx.event("presence.changed", user=user)

        await self.store.write(save)

    async def queues(self) -> dict[str, int]:
        """The queues' ids by key."""
        return {row["key"]: row["id"] for row in await self.rows(queues)}

    def agents(self, *names: str) -> list[Actor]:
        return [self.people[name] for name in names]
