"""Signals: typing and looking, straight to the screens of all nodes, stored nowhere."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from hub.api import Json, Signal, UnknownAccount
from hub.model.actor import Actor
from hub.model.named import Named
from hub.pipeline.core import SIGNALS
from hub.store import interactions
from hub.web.services import Services
from hub.web.viewers import Viewers

Deliver: TypeAlias = Callable[[int, str, Json], Awaitable[None]]


class Signals:
    """Sends what agents do to colleagues and to the customer, and hears what others' nodes and channels say."""

    def __init__(self, services: Services, viewers: Viewers) -> None:
        self._services = services
        self._viewers = viewers
        self._tasks: set[asyncio.Task[None]] = set()

    async def typing(self, actor: Actor, interaction_id: int, typing: bool) -> None:
        """An agent types, or no longer."""
        await self._publish(interaction_id, "typing", {"user": actor.user_id, "name": actor.name, "typing": typing})
        task = asyncio.create_task(self._tell_customer(interaction_id, {"typing": typing, "name": actor.name}))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def viewing(self, actor: Actor, interaction_id: int, viewing: bool) -> None:
        """An agent looks at a conversation, or no longer."""
        await self._publish(interaction_id, "viewing", {"user": actor.user_id, "name": actor.name, "viewing": viewing})

    async def run(self, deliver: Deliver) -> None:
        """Hand every signal to `deliver(interaction, kind, data)` until cancelled."""
        async with self._services.topics.subscribe(SIGNALS) as heard:
            async for signal in heard:
                await self._take(signal, deliver)

    async def _take(self, signal: Mapping[str, Json], deliver: Deliver) -> None:
        interaction_id, kind, data = signal.get("interaction"), signal.get("kind"), signal.get("data")
        if not isinstance(interaction_id, int) or not isinstance(kind, str):
            return
        if kind == "viewing" and isinstance(data, dict):
            viewer = Named(int(str(data["user"])), str(data["name"]))
            self._viewers.note(interaction_id, viewer, viewing=bool(data["viewing"]))
        await deliver(interaction_id, kind, data)

    async def _publish(self, interaction_id: int, kind: str, data: dict[str, Json]) -> None:
        await self._services.topics.publish(SIGNALS, {"interaction": interaction_id, "kind": kind, "data": data})

    async def _tell_customer(self, interaction_id: int, data: Mapping[str, Json]) -> None:
        """Best effort: a channel that carries no signals, or is not there, is no error."""
        directory = self._services.directory
        row = await self._services.store.read(lambda conn: interactions.get(conn, interaction_id))
        account = directory.account(row["account_id"]) if row else None
        if row is None or account is None:
            return
        try:
            channel = directory.channel_of(account)
        except UnknownAccount:
            return
        await channel.signal(account, Signal(row["thread"], "typing", data))
