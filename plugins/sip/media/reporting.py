"""Reports to all far sides in their turn (RFC 3550 §6.2), by the ticker: never a task a leg."""

from __future__ import annotations

import heapq
import itertools

from plugins.sip.media.incoming import Incoming
from plugins.sip.media.leg import Leg
from plugins.sip.media.outgoing import Outgoing
from plugins.sip.media.reporter import Reporter


class Reporting:
    """Times are of the monotonic clock, in seconds; `incoming` and `outgoing` have the legs' rows as they are now."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Leg]] = []  # a heap
        self._places = itertools.count()

    def begin(self, leg: Leg, now: float) -> None:
        """From now on; the first after half a pause."""
        if not leg.reports:
            leg.reports = True
            self._later(leg, now + Reporter.pause() / 2)

    def tell(self, incoming: Incoming, outgoing: Outgoing, now: float) -> None:
        """Those whose turn it is."""
        while self._due and self._due[0][0] <= now:
            leg = heapq.heappop(self._due)[-1]
            if leg.reports:
                leg.control.report(now, outgoing.so_far(leg.row), incoming.so_far(leg.row))
                self._later(leg, now + Reporter.pause())

    def end(self, leg: Leg, incoming: Incoming, outgoing: Outgoing, now: float) -> None:
        """The last report of a leg that is about to go."""
        if leg.reports:
            leg.reports = False
            leg.control.report(now, outgoing.so_far(leg.row), incoming.so_far(leg.row), bye=True)

    def _later(self, leg: Leg, when: float) -> None:
        heapq.heappush(self._due, (when, next(self._places), leg))
