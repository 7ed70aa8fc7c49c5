"""How much work of each medium one agent takes at once, and what blocks what; all of it is data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.api import Medium

DEFAULT_LIMITS: Mapping[str, int] = {Medium.VOICE: 1, Medium.LIVE_TEXT: 3, Medium.DEFERRED: 5}
DEFAULT_BLOCKS: Mapping[str, frozenset[str]] = {
    Medium.VOICE: frozenset({Medium.LIVE_TEXT, Medium.DEFERRED}),
    Medium.LIVE_TEXT: frozenset({Medium.VOICE}),
}


@dataclass(frozen=True, slots=True)
class Capacity:
    """`limits`: medium → how many at once; a medium that is not named is not taken at all.

    `channels`: channel → how many at once of it alone, within its medium's limit. `blocks`: medium → the other media
    that are not given while one of it is held. `budget`: the most that `weights` (medium → what one of it costs, 1 if
    not named) may add up to; None: not limited. `interrupts`: medium → the media it comes in over: what is held of
    them neither blocks it nor counts against its budget.
    """

    limits: Mapping[str, int] = field(default_factory=lambda: DEFAULT_LIMITS)
    blocks: Mapping[str, frozenset[str]] = field(default_factory=lambda: DEFAULT_BLOCKS)
    channels: Mapping[str, int] = field(default_factory=dict)
    weights: Mapping[str, int] = field(default_factory=dict)
    budget: int | None = None
    interrupts: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, given: Mapping[str, Any], chosen: Mapping[str, int] | None = None) -> Capacity:
        """The defaults, what a supervisor gave over them, and what the agent chose, which can only lower a limit.

        `given` is `{"VOICE": 1, …}` by medium, and optionally `channels`, `weights`, `budget`, `blocks`, `interrupts`.
        """
        limits = {**DEFAULT_LIMITS, **{key: value for key, value in given.items() if key not in _DOCUMENTED}}
        channels = dict(given.get("channels", {}))
        for name, limit in (chosen or {}).items():
            among = limits if name in limits else channels
            among[name] = min(limit, among.get(name, limit))
        return cls(
            limits,
            _sets(given["blocks"]) if "blocks" in given else DEFAULT_BLOCKS,
            channels,
            given.get("weights", {}),
            given.get("budget"),
            _sets(given.get("interrupts", {})),
        )


_DOCUMENTED = frozenset({"channels", "weights", "budget", "blocks", "interrupts"})


def has_room(load: Mapping[str, int], medium: str, capacity: Capacity, channel: str = "") -> bool:
    """Whether one more of `medium` (and `channel`) fits.

    `load` counts what is held and what is on offer, by medium and, apart from these, by channel.
    """
    if load.get(medium, 0) >= capacity.limits.get(medium, 0):
        return False
    if channel in capacity.channels and load.get(channel, 0) >= capacity.channels[channel]:
        return False
    for held, count in load.items():
        blocks = capacity.blocks.get(held)
        if blocks and count and medium in blocks and held not in capacity.interrupts.get(medium, _NOTHING):
            return False
    return capacity.budget is None or _cost(load, medium, capacity) <= capacity.budget


_NOTHING: frozenset[str] = frozenset()


def _cost(load: Mapping[str, int], medium: str, capacity: Capacity) -> int:
    """What is held and one more of `medium` weigh together, less what it comes in over."""
    over = capacity.interrupts.get(medium, _NOTHING)
    held = sum(
        count * capacity.weights.get(of, 1) for of, count in load.items() if of in capacity.limits and of not in over
    )
    return held + capacity.weights.get(medium, 1)


def _sets(lists: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    return {key: frozenset(values) for key, values in lists.items()}
