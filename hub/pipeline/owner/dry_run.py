"""Asks a fresh routing engine, made from the store as it is: who would get this, and why has nobody that yet?

Any node may ask; nothing is offered and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from threading import Lock

from sqlalchemy import Connection

from hub.pipeline.owner import routing_feed
from hub.routing import documents
from hub.routing.decisions import Decision, MakeOffer
from hub.routing.engine import Engine
from hub.routing.events import OfferFailed
from hub.routing.explain import Preview, WhyWaiting
from hub.routing.policy import QueuePolicy, RoutingSettings
from hub.routing.snapshots import Snapshot, Work
from hub.store import routing_rows


def read(conn: Connection) -> tuple[Snapshot, RoutingSettings]:
    """The site as routing would find it now; the first thing done on this connection."""
    snapshot, _ = routing_feed.snapshot(conn)
    return snapshot, documents.settings(routing_rows.settings(conn))


def preview(snapshot: Snapshot, settings: RoutingSettings, proposed: QueuePolicy, work: Work, now: datetime) -> Preview:
    """Who would get work like this if nothing else waited and its queue were served as proposed."""
    others = [policy for policy in snapshot.queues if policy.id != proposed.id]
    engine = Engine(settings)
    engine.restore(replace(snapshot, queues=(*others, proposed), waiting=()), now)
    return engine.preview(work, now)


class Picture:
    """All that waits at one moment, for any thread to ask about."""

    def __init__(self, snapshot: Snapshot, settings: RoutingSettings, now: datetime) -> None:
        self._now = now
        self._engine = Engine(settings)
        self._asking = Lock()
        _leave_waiting(self._engine, self._engine.restore(snapshot, now), now)

    def why_waiting(self, work: int) -> WhyWaiting | None:
        """None if it does not wait."""
        with self._asking:
            return self._engine.explain(work, self._now)


def _leave_waiting(engine: Engine, decisions: Iterable[Decision], now: datetime) -> None:
    """Refuse every offer this engine would make: the router makes them, and here the work still waits."""
    due = [each for each in decisions if isinstance(each, MakeOffer)]
    while due:
        offer = due.pop()
        due += [each for each in engine.apply(OfferFailed(offer.work, offer.agent), now) if isinstance(each, MakeOffer)]
