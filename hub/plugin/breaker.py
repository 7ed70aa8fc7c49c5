"""A connection's breaker: after some failures in a row nothing is tried for a while, then one probe decides.

`Breaker` is pure: values in, values out; the time (seconds, monotonic) is passed in.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from hub.api import Misconfigured, OutcomeUnknown, SendError, Unreachable
from hub.plugin.faults import BreakerOpen, ChannelFailed
from hub.plugin.metrics import BREAKER_OPENED

FAILURES = 5
REST = 5.0
LONGEST_REST = 60.0
WHILE_PROBING = 1.0


class BreakerState(StrEnum):
    """CLOSED: all pass. OPEN: none until the rest is over. HALF_OPEN: one probe is under way."""

    CLOSED = "CLOSED"
    OPEN = "OPEN"
    HALF_OPEN = "HALF_OPEN"


@dataclass(frozen=True, slots=True)
class Breaker:
    """`failures` in a row so far; `until` is when an OPEN one rests no more, a HALF_OPEN one gives its probe up."""

    state: BreakerState = BreakerState.CLOSED
    failures: int = 0
    until: float = 0.0
    rest: float = REST

    def ask(self, now: float) -> tuple["Breaker", float]:
        """May one attempt pass? The breaker afterwards, and for how many seconds not (0: it may)."""
        if self.state is BreakerState.CLOSED:
            return self, 0.0
        if now < self.until:
            wait = self.until - now
            # the probe will soon tell; who asks meanwhile need not wait as long as it may take
            return self, min(wait, WHILE_PROBING) if self.state is BreakerState.HALF_OPEN else wait
        return replace(self, state=BreakerState.HALF_OPEN, until=now + self.rest), 0.0

    def succeeded(self) -> "Breaker":
        """An attempt reached the far side, whatever it thought of the message."""
        return Breaker()

    def failed(self, now: float) -> "Breaker":
        """An attempt found the way shut. A failed probe doubles the rest."""
        failures = self.failures + 1
        if self.state is BreakerState.HALF_OPEN:
            return Breaker(BreakerState.OPEN, failures, now + self._longer(), self._longer())
        if self.state is BreakerState.CLOSED and failures >= FAILURES:
            return Breaker(BreakerState.OPEN, failures, now + self.rest, self.rest)
        return replace(self, failures=failures)

    def unclear(self, now: float) -> "Breaker":
        """An attempt ended without saying anything of the way: proof of nothing, and not what a probe was for."""
        return self.failed(now) if self.state is BreakerState.HALF_OPEN else self

    def _longer(self) -> float:
        return min(self.rest * 2, LONGEST_REST)


class Breakers:
    """The breakers of one channel's connections, by connection id. What has no connection has no breaker."""

    def __init__(self, channel: str, clock: Callable[[], float]) -> None:
        self._channel = channel
        self._clock = clock
        self._by_connection: dict[int, Breaker] = {}

    def state(self, connection: int) -> BreakerState:
        """How this connection's breaker stands."""
        return self._by_connection.get(connection, Breaker()).state

    def reset(self, connection: int) -> None:
        """Forget past failures: the connection's settings have changed."""
        self._by_connection.pop(connection, None)

    def ask(self, connection: int | None) -> None:
        """Raises BreakerOpen, with the seconds to wait, when nothing may be tried now."""
        if connection is None or connection not in self._by_connection:
            return
        self._by_connection[connection], wait = self._by_connection[connection].ask(self._clock())
        if wait:
            raise BreakerOpen(retry_after=wait)

    def note(self, connection: int | None, error: SendError | None) -> None:
        """Learn from an attempt; `error` is None when it went."""
        if connection is None:
            return
        before = self._by_connection.get(connection, Breaker())
        after = self._by_connection[connection] = learn(before, error, self._clock())
        if after.state is BreakerState.OPEN and before.state is BreakerState.CLOSED:
            BREAKER_OPENED.labels(self._channel).inc()


def learn(breaker: Breaker, error: SendError | None, now: float) -> Breaker:
    """What an attempt's end says of the way to the far side; a refusal of the message proves the way open."""
    if isinstance(error, Unreachable | Misconfigured):
        return breaker.failed(now)
    if isinstance(error, ChannelFailed | OutcomeUnknown):
        return breaker.unclear(now)
    return breaker.succeeded()
