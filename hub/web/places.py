"""Remembers where things of the event log belong, so that a thousand screens cost no look-up."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from hub.api import Event
from hub.store import places as stored
from hub.store.database import Store
from hub.store.places import NOWHERE, Place

MOST = 100_000


class Places:
    """Kept true by the events themselves; what is not known is read once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._interactions: OrderedDict[int, Place] = OrderedDict()
        self._queues: dict[int, Place] = {}
        self._users: dict[int, Place] = {}

    async def learn(self, events: Sequence[Event]) -> None:
        """Read what is needed for these events and not known yet."""
        wanted = {event.interaction_id for event in events if event.interaction_id is not None}
        await self.learn_interactions(wanted)
        if not self._queues or any(event.type == "queue.changed" for event in events):
            self._queues = await self._store.read(stored.queue_places)
        if not self._users or any(event.type == "user.changed" for event in events):
            self._users = await self._store.read(stored.user_places)

    async def learn_interactions(self, ids: set[int]) -> None:
        """Read the places of these interactions, unless they are known."""
        if ids := ids - self._interactions.keys():
            self._remember(await self._store.read(lambda conn: stored.interaction_places(conn, ids)))

    def knows(self, interaction_id: int) -> bool:
        """Whether it exists, once it was learned."""
        return interaction_id in self._interactions

    def of_interaction(self, interaction_id: int) -> Place:
        """Its department and agent, as last heard."""
        return self._interactions.get(interaction_id, NOWHERE)

    def of(self, event: Event) -> Place:
        """Whose the subject of an event is."""
        if event.interaction_id is not None:
            return self.of_interaction(event.interaction_id)
        if event.department_id is not None:
            return Place(event.department_id, event.user_id)
        if event.queue_id is not None:
            return self._queues.get(event.queue_id, NOWHERE)
        if event.user_id is not None:
            return self._users.get(event.user_id, NOWHERE)
        return NOWHERE

    def follow(self, event: Event) -> None:
        """Take over what an event says of its interaction; call after `of`, which tells where it was before."""
        if event.interaction_id is not None and event.type.startswith("interaction."):
            self._remember({event.interaction_id: Place(event.department_id, event.user_id)})

    def _remember(self, found: dict[int, Place]) -> None:
        self._interactions.update(found)
        while len(self._interactions) > MOST:
            self._interactions.popitem(last=False)
