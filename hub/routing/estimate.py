"""How long somebody will wait: from the place in the line, who serves it, and how soon people give up."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

_MEMORY = 100  # contacts: what lies so many back counts e⁻¹ as much
_PRIOR_CONTACTS = 5.0  # what a site expects counts as much as so many contacts
_PRIOR_WAIT = 3_600.0  # seconds waited that nobody gave up in, where nobody is expected to
_OUTLIER = 10.0  # times the mean: longer is a contact that somebody forgot to end
_SHORTEST = 1.0  # seconds
_SUMMED = 32  # terms that are added one by one
_MINUTES = (0, 1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120)


@dataclass(frozen=True, slots=True)
class Handled:
    """A contact that began at `since` is over, its wrap-up too."""

    since: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """Somebody's wait since `enqueued_at` has ended well."""

    enqueued_at: datetime


@dataclass(frozen=True, slots=True)
class Abandoned:
    """Somebody gave up who waited since `enqueued_at`."""

    enqueued_at: datetime


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a queue is served and given up, as sums over its contacts in which older ones fade.

    Patience is told by all who wait, also those answered first: how many gave up in all the time waited.
    """

    contacts: float
    handled_seconds: float
    abandoned: float
    waited_seconds: float

    @classmethod
    def expecting(cls, handle_seconds: float = 300.0, patience_seconds: float | None = None) -> Pace:
        """Before anything was seen; a patience of None: nobody gives up."""
        handled = _PRIOR_CONTACTS * handle_seconds
        if patience_seconds is None:
            return cls(_PRIOR_CONTACTS, handled, 0.0, _PRIOR_WAIT)
        return cls(_PRIOR_CONTACTS, handled, 1.0, patience_seconds)

    @property
    def handle_seconds(self) -> float:
        return self.handled_seconds / self.contacts

    @property
    def impatience(self) -> float:
        """How many of those who wait give up, each second: 1 / mean patience in seconds."""
        return self.abandoned / self.waited_seconds

    def after(self, event: Handled | Answered | Abandoned, now: datetime) -> Pace:
        if isinstance(event, Handled):
            return self._handled((now - event.since).total_seconds())
        return self._waited((now - event.enqueued_at).total_seconds(), isinstance(event, Abandoned))

    def wait(self, position: int, servers: float) -> float:
        """Seconds until it is this place's turn; see `expected_wait`."""
        return expected_wait(position, servers, self.handle_seconds, self.impatience)

    def _handled(self, seconds: float) -> Pace:
        counted = min(max(seconds, _SHORTEST), _OUTLIER * self.handle_seconds)
        return replace(self, contacts=_fade(self.contacts) + 1, handled_seconds=_fade(self.handled_seconds) + counted)

    def _waited(self, seconds: float, gave_up: bool) -> Pace:
        """Who was served at once says nothing of patience."""
        if seconds <= 0:
            return self
        return replace(
            self, abandoned=_fade(self.abandoned) + gave_up, waited_seconds=_fade(self.waited_seconds) + seconds
        )


@dataclass(frozen=True, slots=True)
class WaitRange:
    """What is announced: from `low_seconds` up to `high_seconds`, None for longer than anybody wants to hear."""

    low_seconds: int
    high_seconds: int | None


_RANGES = (*(WaitRange(60 * low, 60 * high) for low, high in pairwise(_MINUTES)), WaitRange(60 * _MINUTES[-1], None))


def expected_wait(position: int, servers: float, handle_seconds: float, impatience: float = 0.0) -> float:
    """Seconds until the turn of the place `position` (from 1), if all `servers` are busy; infinite without any.

    `servers` are the agents who may take it, times their slots; `impatience` is how many of those in line give up,
    each second. Σ 1/(nμ + iθ) for i from 0: while i are ahead, one of the n is free or one of the i gives up.
    """
    if position < 1:
        return 0.0
    if servers <= 0:
        return math.inf
    rate = servers / handle_seconds
    if impatience * position < 1e-9 * rate:
        return position / rate
    summed = min(position, _SUMMED)
    return sum(1 / (rate + ahead * impatience) for ahead in range(summed)) + _rest(rate, impatience, summed, position)


def announce(previous: WaitRange | None, estimate: float) -> WaitRange:
    """The range the estimate (in seconds) lies in, but none longer than what the same person heard before."""
    found = next(each for each in reversed(_RANGES) if each.low_seconds <= max(estimate, 0))
    return previous if previous and previous.low_seconds < found.low_seconds else found


def _rest(rate: float, impatience: float, begin: int, end: int) -> float:
    """The sum from `begin` up to before `end`, by Euler and Maclaurin: a line of 100,000 costs what one of 32 does."""
    first, last = 1 / (rate + begin * impatience), 1 / (rate + end * impatience)
    area = math.log1p((end - begin) * impatience * first) / impatience
    return area + (first - last) / 2 + impatience * (first**2 - last**2) / 12


def _fade(weight: float) -> float:
    return weight * (1 - 1 / _MEMORY)
