"""How much work of each medium one agent takes at once, and what blocks what; both are data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.api import Medium

DEFAULT_LIMITS: Mapping[str, int] = {Medium.VOICE: 1, Medium.LIVE_TEXT: 3, Medium.DEFERRED: 5}
DEFAULT_BLOCKS: Mapping[str, frozenset[str]] = {
    Medium.VOICE: frozenset({Medium.LIVE_TEXT, Medium.DEFERRED}),
    Medium.LIVE_TEXT: frozenset({Medium.VOICE}),
}


@dataclass(frozen=True, slots=True)
class Capacity:
    """`limits`: medium → how many at once; a medium that is not named is not taken at all.

    `blocks`: medium → the other media that are not given while one of it is held.
    """

    limits: Mapping[str, int] = field(default_factory=lambda: DEFAULT_LIMITS)
    blocks: Mapping[str, frozenset[str]] = field(default_factory=lambda: DEFAULT_BLOCKS)

    @classmethod
    def of(cls, own: Mapping[str, int]) -> Capacity:
        """The defaults with one agent's own limits over them."""
        return cls({**DEFAULT_LIMITS, **own})


def has_room(load: Mapping[str, int], medium: str, capacity: Capacity) -> bool:
    """Whether one more of `medium` fits; `load` counts what is held and what is on offer, by medium."""
    if load.get(medium, 0) >= capacity.limits.get(medium, 0):
        return False
    return not any(medium in blocked for held, blocked in capacity.blocks.items() if load.get(held, 0))
