"""Keeps the metrics: counts what happens as the event log tells it, reads how much there is when somebody looks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from prometheus_client import Gauge

from hub.api import Event
from hub.store.database import Store
from hub.store.numbers import Numbers
from hub.web import metrics

LAG_EVERY = 0.5


async def count_events(store: Store) -> None:
    """Count what happens, until cancelled."""
    async for batch in store.tail.batches(store.tail.last):
        for event in batch:
            count(event)


def count(event: Event) -> None:
    """One event more."""
    metrics.EVENTS.labels(event.type).inc()
    if event.type == "delivery.state":
        metrics.DELIVERY_STATES.labels(str(event.data.get("state"))).inc()
    elif event.type == "offer.ended":
        metrics.OFFER_ENDS.labels(str(event.data.get("state"))).inc()
    elif event.type == "interaction.message":
        metrics.MESSAGES.labels(str(event.data.get("direction"))).inc()


async def measure_lag() -> None:
    """Note how late the event loop is, until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + LAG_EVERY
        await asyncio.sleep(LAG_EVERY)
        metrics.LOOP_LAG.set(max(0.0, loop.time() - due))


def show(numbers: Numbers) -> None:
    """Take over a reading of how much there is."""
    metrics.RAWS_ACCEPTED.set(numbers.raws_accepted)
    metrics.RAWS_WAITING.set(numbers.raws_waiting)
    metrics.RAWS_QUARANTINED.set(numbers.raws_quarantined)
    metrics.OFFERS_OPEN.set(numbers.offers_open)
    _set(metrics.DELIVERIES_WAITING, numbers.deliveries_waiting)
    _set(metrics.INTERACTIONS_OPEN, numbers.interactions_open)
    _set(metrics.QUEUE_DEPTH, numbers.work_waiting)
    _set(metrics.AGENTS, numbers.agents)


def _set(gauge: Gauge, values: Mapping[str, int]) -> None:
    gauge.clear()
    for label, value in values.items():
        gauge.labels(label).set(value)
