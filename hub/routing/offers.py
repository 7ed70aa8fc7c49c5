"""Offers under way: each a reservation with a deadline, so that none is ever stuck. Work may ring at several agents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from hub.routing.decisions import ExpireOffer, RescindOffer
from hub.routing.heap import Agenda
from hub.routing.roster import Member
from hub.routing.snapshots import Slot, Work

Closing = ExpireOffer | RescindOffer
_NONE: list[Reservation] = []


@dataclass(eq=False, slots=True)
class Reservation:
    """`offer` is the store's id, once known; `closing` is what was asked of the store to end it.

    `accepted`: they said yes, and the others ring on until their media is up. `slot`: what it reserves of the agent's.
    `number`: the older one's is lower. `due`: when it is ended, or asked again.
    """

    work: Work
    member: Member
    slot: Slot
    offer: int | None = None
    accepted: bool = False
    closing: type[Closing] | None = None
    number: int = 0
    due: datetime | None = None

    @property
    def agent(self) -> int:
        return self.member.agent.id


class Offers:
    def __init__(self, retry: timedelta) -> None:
        self._retry = retry
        self._numbers = 0
        self._by_work: dict[int, list[Reservation]] = {}
        self._deadlines: Agenda[Reservation] = Agenda()

    def __contains__(self, work: int) -> bool:
        return work in self._by_work

    def __iter__(self) -> Iterator[Reservation]:
        """The oldest first."""
        standing = (each for ringing in self._by_work.values() for each in ringing)
        return iter(sorted(standing, key=attrgetter("number")))

    def of(self, work: int) -> list[Reservation]:
        """All the agents it rings at."""
        return self._by_work.get(work, _NONE).copy()

    def between(self, work: int, agent: int) -> Reservation | None:
        """The reservation of this work for this agent: reports about any other come too late."""
        for reservation in self._by_work.get(work, _NONE):
            if reservation.member.agent.id == agent:
                return reservation
        return None

    def open(self, reservation: Reservation, until: datetime) -> bool:
        """It stands from now on; whether the work rang elsewhere already."""
        reservation.number = self._numbers = self._numbers + 1
        ringing = self._by_work.setdefault(reservation.work.id, [])
        ringing.append(reservation)
        self._deadlines.put(reservation, until)
        return len(ringing) > 1

    def drop(self, reservation: Reservation) -> None:
        self._deadlines.drop(reservation)
        ringing = self._by_work[reservation.work.id]
        ringing.remove(reservation)
        if not ringing:
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
