"""Topics: small wake-ups between the parts of a plugin, on this node and, on PostgreSQL, on all others.

A topic is a wake-up and never the truth: queues are bounded, the oldest is dropped first, and a subscriber who fell
behind reads the store. So what is published is ids, in less than 8 kB (PostgreSQL's limit for NOTIFY).
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from typing import Protocol

from hub.api import Json

LARGEST = 7900
QUEUE = 256


class Relay(Protocol):
    """How other nodes hear. The composition root feeds what they said to `Topics.heard`."""

    async def send(self, payload: str) -> None: ...


class Topics:
    """In-process publish and subscribe, relayed when there is a relay."""

    def __init__(self, node: str, relay: Relay | None = None) -> None:
        self._node = node
        self._relay = relay
        self._queues: defaultdict[str, set[asyncio.Queue[Mapping[str, Json]]]] = defaultdict(set)

    async def publish(self, topic: str, data: Mapping[str, Json]) -> None:
        """Wake every node's subscribers; raises ValueError when `data` is too large for that."""
        payload = json.dumps({"node": self._node, "topic": topic, "data": dict(data)})
        if len(payload.encode()) > LARGEST:
            raise ValueError(f"topic {topic}: a wake-up carries ids, in less than {LARGEST} bytes")
        self._deliver(topic, data)
        if self._relay is not None:
            await self._relay.send(payload)

    def heard(self, payload: str) -> None:
        """Another node said something (or this one, whose echo is passed over)."""
        said = json.loads(payload)
        if said["node"] != self._node:
            self._deliver(said["topic"], said["data"])

    def subscribe(self, topic: str) -> "Listening":
        """A subscription that starts when entered."""
        return Listening(self, topic)

    def join(self, topic: str, queue: asyncio.Queue[Mapping[str, Json]]) -> None:
        """Deliver the topic into this queue from now on."""
        self._queues[topic].add(queue)

    def leave(self, topic: str, queue: asyncio.Queue[Mapping[str, Json]]) -> None:
        """No more of it."""
        self._queues[topic].discard(queue)
        if not self._queues[topic]:
            del self._queues[topic]

    def _deliver(self, topic: str, data: Mapping[str, Json]) -> None:
        for queue in self._queues.get(topic, ()):
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(data)


class Listening:
    """One subscription: `async with topics.subscribe("x") as wakeups: async for data in wakeups: …`"""

    def __init__(self, topics: Topics, topic: str) -> None:
        self._topics = topics
        self._topic = topic
        self._queue: asyncio.Queue[Mapping[str, Json]] = asyncio.Queue(QUEUE)

    async def __aenter__(self) -> AsyncIterator[Mapping[str, Json]]:
        self._topics.join(self._topic, self._queue)
        return self._wakeups()

    async def __aexit__(self, *exc: object) -> None:
        self._topics.leave(self._topic, self._queue)

    async def _wakeups(self) -> AsyncIterator[Mapping[str, Json]]:
        while True:
            yield await self._queue.get()
