"""Whose turn it is at a modem, which takes some seconds for every short message, one after the other.

The hub has many deliveries under way at once, and gives each a minute for all its parts. Who would wait longer for the
modem is sent away before anything of it is noted as handed over, and told when to come again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from hub.api import Throttled
from plugins.sms.pace import Pace
from plugins.sms.provider import Outgoing

AT_ONCE: Final = 2
"""One is being sent, one waits to be the next."""
EACH: Final = 8.0
"""Seconds a short message is expected to take when others are ahead."""
LONGEST: Final = 30.0
"""Seconds after which a long text begins no further part in this minute."""


class Turns:
    """Of one modem."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._pace = Pace(1 / EACH)
        self._begun: dict[int, float] = {}
        self._inside = 0

    @contextmanager
    def taken(self, outgoing: Outgoing) -> Iterator[None]:
        """Send this part now. Raises Throttled; a text that has begun goes on before others begin."""
        delivery, segment, now = outgoing.delivery_id, outgoing.segment, self._clock()
        if segment.index == 0 and self._inside >= AT_ONCE:
            seconds = self._pace.wait(delivery, segment.total, now)
            raise Throttled("the modem sends other texts first", retry_after=seconds + EACH)
        if now - self._begun.setdefault(delivery, now) > LONGEST:
            del self._begun[delivery]
            raise Throttled("the rest of this long text follows", retry_after=1)
        self._inside += 1
        goes_on = False
        try:
            yield
            goes_on = segment.index + 1 < segment.total
        finally:
            self._inside -= 1
            if not goes_on:
                self._begun.pop(delivery, None)
