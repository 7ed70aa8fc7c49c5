"""Brings every event to the screens that may see it: filtered once an audience, encoded once for all."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from hub.api import Event, Json
from hub.model.actor import Actor
from hub.store.database import Store
from hub.web import metrics
from hub.web.json import dump
from hub.web.places import Places
from hub.web.sessions import RIGHTS, Login, Sessions
from hub.web.visibility import Audience, Reach, reach_of, reach_of_place

QUEUE = 200  # frames a slow client may be behind
PACE_PER_CLIENT = 0.00005  # seconds: a thousand clients get at most twenty frames a second
SLOWEST_PACE = 0.1
MOST_REPLAYED = 5_000


class Subscriber:
    """One open stream: what waits to be sent, and who listens."""

    def __init__(self, login: Login, token: str) -> None:
        self.login = login
        self.token = token
        self.audience = Audience.of(login.actor)
        self.frames: asyncio.Queue[str] = asyncio.Queue(QUEUE)
        self.ended = asyncio.Event()
        self.viewing: int | None = None

    @property
    def actor(self) -> Actor:
        """Whoever listens."""
        return self.login.actor

    def put(self, frame: str, seq: int) -> None:
        """Queue a frame; who is too far behind loses all of them and is told to load anew."""
        if self.frames.full():
            self.drop(seq)
        else:
            self.frames.put_nowait(frame)

    def drop(self, seq: int) -> None:
        """Forget what waits, and say so."""
        while not self.frames.empty():
            self.frames.get_nowait()
        self.frames.put_nowait(resync(seq))
        metrics.STREAM_DROPS.inc()

    def hears(self, reach: Reach) -> bool:
        """Whether an event of this reach is for this stream."""
        return self.audience.hears(reach) or self.actor.user_id in reach.users


class Fanout:
    """Follows the event log once for all streams of this node."""

    def __init__(self, store: Store, sessions: Sessions) -> None:
        self._store = store
        self._sessions = sessions
        self._subscribers: dict[Audience, set[Subscriber]] = defaultdict(set)
        self.places = Places(store)
        self.position = store.tail.last

    @property
    def subscribers(self) -> list[Subscriber]:
        """All open streams."""
        return [one for group in self._subscribers.values() for one in group]

    def connected(self, user_id: int) -> bool:
        """Whether the user has an open stream here."""
        return any(subscriber.actor.user_id == user_id for subscriber in self.subscribers)

    def join(self, subscriber: Subscriber) -> int:
        """Bring it everything from now on; returns the number of the last event it will not get."""
        self._subscribers[subscriber.audience].add(subscriber)
        metrics.STREAM_CLIENTS.inc()
        return self.position

    def leave(self, subscriber: Subscriber) -> None:
        """No more of it."""
        group = self._subscribers.get(subscriber.audience, set())
        group.discard(subscriber)
        if not group:
            self._subscribers.pop(subscriber.audience, None)
        metrics.STREAM_CLIENTS.dec()

    async def run(self) -> None:
        """Follow the log until cancelled."""
        async for batch in self._store.tail.batches(self.position):
            await self.places.learn(batch)
            self._spread(batch)
            self.position = batch[-1].seq
            if any(event.type in RIGHTS for event in batch):
                self._sessions.forget()
                await self.recheck()
            await asyncio.sleep(min(SLOWEST_PACE, PACE_PER_CLIENT * len(self.subscribers)))

    async def missed(self, subscriber: Subscriber, since: int, until: int) -> list[str]:
        """Frames with what happened after `since` up to `until`, for one stream."""
        if since > until or until - since > MOST_REPLAYED:
            return [resync(until)]
        frames: list[str] = []
        while since < until:
            batch = await anext(aiter(self._store.tail.batches(since)))
            since = batch[-1].seq
            wanted = [event for event in batch if event.seq <= until]
            await self.places.learn(wanted)
            heard = [encoded(event) for event in wanted if subscriber.hears(reach_of(event, self.places))]
            frames += [events_frame(heard)] if heard else []
        return frames

    async def signal(self, interaction_id: int, kind: str, data: Json) -> None:
        """Bring a signal to the streams that see its interaction."""
        await self.places.learn_interactions({interaction_id})
        reach = reach_of_place(self.places.of_interaction(interaction_id))
        frame = dump({"type": "signal", "kind": kind, "interaction": interaction_id, "data": data}).decode()
        for subscriber in self.subscribers:
            if subscriber.hears(reach) and not subscriber.frames.full():  # a signal is worth no resync
                subscriber.frames.put_nowait(frame)

    async def sees(self, subscriber: Subscriber, interaction_id: int) -> bool:
        """Whether a stream's user may see an interaction."""
        await self.places.learn_interactions({interaction_id})
        place = self.places.of_interaction(interaction_id)
        return self.places.knows(interaction_id) and subscriber.hears(reach_of_place(place))

    async def recheck(self) -> None:
        """End the streams whose session has ended; give the others their new rights."""
        for subscriber in self.subscribers:
            login = await self._sessions.find(subscriber.token)
            if login is None:
                subscriber.ended.set()
            elif login.actor != subscriber.actor:
                self.leave(subscriber)
                subscriber.login, subscriber.audience = login, Audience.of(login.actor)
                self.join(subscriber)

    def _spread(self, batch: Sequence[Event]) -> None:
        reaches = [self._reach(event) for event in batch]
        texts = [encoded(event) for event in batch]
        seq = batch[-1].seq
        frames: dict[tuple[int, ...], str] = {}
        for audience, group in self._subscribers.items():
            common = {index for index, reach in enumerate(reaches) if audience.hears(reach)}
            for subscriber in group:
                heard = common | {i for i, reach in enumerate(reaches) if subscriber.actor.user_id in reach.users}
                if heard:
                    key = tuple(sorted(heard))
                    if key not in frames:
                        frames[key] = events_frame([texts[index] for index in key])
                    subscriber.put(frames[key], seq)

    def _reach(self, event: Event) -> Reach:
        reach = reach_of(event, self.places)
        self.places.follow(event)
        return reach


def encoded(event: Event) -> str:
    """An event as screens read it."""
    return dump(
        {
            "seq": event.seq,
            "at": event.at,
            "type": event.type,
            "interaction": event.interaction_id,
            "ticket": event.ticket_id,
            "customer": event.customer_id,
            "user": event.user_id,
            "queue": event.queue_id,
            "department": event.department_id,
            "data": event.data,
        }
    ).decode()


def events_frame(texts: Sequence[str]) -> str:
    """Several events in one frame."""
    return f'{{"type":"events","items":[{",".join(texts)}]}}'


def resync(seq: int) -> str:
    """The frame that tells a client to load everything anew and go on from `seq`."""
    return dump({"type": "resync", "seq": seq}).decode()
