"""A house with toy phones."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hub.api import Address
from hub.model.actor import Actor
from hub.pipeline import offer, thread
from hub.pipeline.calls import calls
from hub.store.tables import interactions
from tests.toy.tests.house import House

BEAR = {"from": "bear", "name": "Bear"}
NO_WAIT = timedelta(seconds=-5)


class Phones(House):
    """A house with toy phones."""

    async def call(self) -> None:
        """A bear rings."""
        await self.exchange.say("say", text="Ring", **BEAR)

    async def told(self, do: str, **wanted: Any) -> dict[str, Any]:
        """The exchange is told this."""
        return await self.exchange.until(
            "commanded", lambda entry: entry["do"] == do and all(entry.get(k) == v for k, v in wanted.items())
        )

    async def fact(self, state: str, leg: str = "", **more: Any) -> None:
        """Something happened to a leg."""
        await self.exchange.say("leg", state=state, leg=leg, **more)

    async def talking(self) -> tuple[int, str]:
        """A bear has rung and Ann has picked up: the interaction and her leg."""
        await self.ready()
        await self.call()
        leg = (await self.told("ring", user=self.ann.user_id))["leg"]
        await self.fact("ANSWERED", leg)
        event = await self.becomes("CONNECTED")
        await self.told("bridge", legs=[leg])
        assert event.interaction_id is not None
        return event.interaction_id, leg

    async def places(self, to: str) -> int:
        """Ann calls somebody by a click."""
        directory = self.site.directory
        [account] = directory.calling()
        row, can = directory.row(account.id), directory.channel_of(account).capabilities
        scope = thread.scope_of(row, can.dedup_scope)
        wanted = calls.Wanted(Address("toy", to), "desk")
        return await self.store.write(lambda tx: calls.place(tx, self.ann, account, row, can, scope, wanted))

    def commands(self, do: str, **wanted: Any) -> list[dict[str, Any]]:
        """What it was told so far."""
        found = [entry for entry in self.exchange.entries("commanded") if entry["do"] == do]
        return [entry for entry in found if all(entry.get(k) == v for k, v in wanted.items())]

    async def accept_as(self, who: Actor, leg: str) -> None:
        """They click."""
        await self.store.write(lambda tx: offer.accept(tx, who, int(leg.removeprefix("offer:"))))

    async def state(self) -> str:
        """Of the last call."""
        return str((await self.rows(interactions))[-1]["state"])
