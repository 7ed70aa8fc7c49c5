"""Who looks at which conversation, on all nodes."""

from __future__ import annotations

import time
from collections.abc import Callable

from hub.model.named import Named

EXPIRES = 75.0  # seconds; a stream says again every PING that its user is still looking


class Viewers:
    """A memory that forgets by itself whoever is not heard of."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[int, dict[int, tuple[str, float]]] = {}

    def note(self, interaction_id: int, user: Named, *, viewing: bool) -> None:
        """They look at it now, or no longer."""
        watching = self._seen.setdefault(interaction_id, {})
        if viewing:
            watching[user.id] = (user.name, self._clock() + EXPIRES)
        else:
            watching.pop(user.id, None)
        if not watching:
            del self._seen[interaction_id]

    def of(self, interaction_id: int) -> list[Named]:
        """Those who look at it now."""
        now = self._clock()
        watching = self._seen.get(interaction_id, {})
        return [Named(user, name) for user, (name, until) in sorted(watching.items()) if until > now]
