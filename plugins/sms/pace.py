"""So many short messages a second: each account's own turn-taking, and what has to wait is told until when."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Pace:
    """The turns of one account. A delivery keeps the turn it was given, so that it waits once and not for ever."""

    per_second: float
    _next: float = 0.0
    _turns: dict[int, float] = field(default_factory=dict)

    def wait(self, delivery_id: int, count: int, now: float) -> float:
        """Seconds until this delivery of `count` short messages may begin; 0: now."""
        if self.per_second <= 0:
            return 0.0
        turn = self._turns.get(delivery_id)
        if turn is None:
            turn = max(self._next, now)
            self._next = turn + count / self.per_second
        if turn <= now:
            self._turns.pop(delivery_id, None)
            return 0.0
        self._turns[delivery_id] = turn
        return turn - now
