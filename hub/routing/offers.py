"""Offers under way: each a reservation with a deadline, so that none is ever stuck."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.routing.decisions import ExpireOffer, RescindOffer
from hub.routing.heap import LazyHeap
from hub.routing.snapshots import OpenOffer, Work

Closing = ExpireOffer | RescindOffer


@dataclass(eq=False, slots=True)
class Reservation:
    """`offer` is the store's id, once known; `closing` is what was asked of the store to end it."""

    work: Work
    agent: int
    offer: int | None = None
    closing: type[Closing] | None = None


class Offers:
    def __init__(self, retry: timedelta) -> None:
        self._retry = retry
        self._by_work: dict[int, Reservation] = {}
        self._deadlines: LazyHeap[tuple[datetime]] = LazyHeap()

    def __contains__(self, work: int) -> bool:
        return work in self._by_work

    def __iter__(self) -> Iterator[Reservation]:
        return iter(self._by_work.values())

    def get(self, work: int) -> Reservation | None:
        return self._by_work.get(work)

    def between(self, work: int, agent: int) -> Reservation | None:
        """The reservation of this work if it is this agent's: reports about any other come too late."""
        found = self._by_work.get(work)
        return found if found and found.agent == agent else None

    def open(self, offer: OpenOffer) -> None:
        self._by_work[offer.work.id] = Reservation(offer.work, offer.agent, offer.offer)
        self._deadlines.put(offer.work.id, (offer.expires_at,))

    def pop(self, work: int) -> Reservation | None:
        self._deadlines.drop(work)
        return self._by_work.pop(work, None)

    def close(self, reservation: Reservation, closing: type[Closing], now: datetime) -> Closing:
        """Ask the store to end it; it stays reserved until the store answers, and is asked again."""
        reservation.closing = closing
        self._deadlines.put(reservation.work.id, (now + self._retry,))
        return closing(reservation.work.id, reservation.agent, reservation.offer)

    def close_due(self, now: datetime) -> Iterator[Closing]:
        while (work := self._deadlines.first()) is not None and self._deadlines.key(work)[0] <= now:
            reservation = self._by_work[work]
            yield self.close(reservation, reservation.closing or ExpireOffer, now)

    def next_deadline(self) -> datetime | None:
        first = self._deadlines.first()
        return None if first is None else self._deadlines.key(first)[0]
