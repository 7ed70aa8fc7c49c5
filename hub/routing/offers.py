"""Offers under way: each a reservation with a deadline, so that none is ever stuck. Work may ring at several agents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from hub.routing.decisions import ExpireOffer, RescindOffer
from hub.routing.lines import Agenda
from hub.routing.snapshots import Work

Closing = ExpireOffer | RescindOffer


@dataclass(eq=False, slots=True)
class Reservation:
    """`offer` is the store's id, once known; `closing` is what was asked of the store to end it.

    `accepted`: they said yes, and the others ring on until their media is up. `due`: when it is ended, or asked again.
    """

    number: int
    work: Work
    agent: int
    offer: int | None = None
    accepted: bool = False
    closing: type[Closing] | None = None
    due: datetime | None = None


class Offers:
    def __init__(self, retry: timedelta) -> None:
        self._retry = retry
        self._numbers = 0
        self._by_work: dict[int, dict[int, Reservation]] = {}
        self._deadlines: Agenda[Reservation] = Agenda()

    def __contains__(self, work: int) -> bool:
        return work in self._by_work

    def __iter__(self) -> Iterator[Reservation]:
        """The oldest first."""
        standing = (each for ringing in self._by_work.values() for each in ringing.values())
        return iter(sorted(standing, key=attrgetter("number")))

    def of(self, work: int) -> list[Reservation]:
        """All the agents it rings at."""
        return list(self._by_work.get(work, {}).values())

    def between(self, work: int, agent: int) -> Reservation | None:
        """The reservation of this work for this agent: reports about any other come too late."""
        return self._by_work.get(work, {}).get(agent)

    def open(self, work: Work, agent: int, until: datetime, offer: int | None = None, accepted: bool = False) -> None:
        self._numbers += 1
        reservation = Reservation(self._numbers, work, agent, offer, accepted)
        others = self._by_work.get(work.id)
        if others is None:
            self._by_work[work.id] = {agent: reservation}
        else:
            others[agent] = reservation
        self._deadlines.put(reservation, until)

    def drop(self, reservation: Reservation) -> None:
        self._deadlines.drop(reservation)
        others = self._by_work[reservation.work.id]
        del others[reservation.agent]
        if not others:
            del self._by_work[reservation.work.id]

    def close(self, reservation: Reservation, closing: type[Closing], now: datetime) -> Closing:
        """Ask the store to end it; it stays reserved until the store answers, and is asked again."""
        reservation.closing = closing
        self._deadlines.put(reservation, now + self._retry)
        return closing(reservation.work.id, reservation.agent, reservation.offer)

    def close_due(self, now: datetime) -> Iterator[Closing]:
        for reservation in self._deadlines.due_by(now):
            yield self.close(reservation, reservation.closing or ExpireOffer, now)

    def extend(self, reservation: Reservation, until: datetime) -> None:
        self._deadlines.put(reservation, until)

    def next_deadline(self) -> datetime | None:
        return self._deadlines.next()
