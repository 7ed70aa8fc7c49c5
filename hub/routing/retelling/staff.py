"""Agents as they would be under a change: other skills, another rule of what blocks what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hub.model.capacity import Capacity
from hub.routing.snapshots import Agent

_SITES = ("blocks", "interrupts", "weights", "budget", "channels")
"""The parts of a capacity that the site's `blending` gives to whoever has none of their own."""


@dataclass(frozen=True, slots=True)
class Staff:
    """`skills` in the place of those of these agents, by id; `blending` in the place of what the site had."""

    skills: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    had: Mapping[str, Any] = field(default_factory=dict)
    blending: Mapping[str, Any] = field(default_factory=dict)

    def as_proposed(self, agent: Agent) -> Agent:
        """The same agent under the change."""
        capacity = self._capacity(agent.capacity)
        return replace(agent, skills=dict(self.skills.get(agent.id, agent.skills)), capacity=capacity)

    def _capacity(self, capacity: Capacity) -> Capacity:
        """What is not as the site had it is the agent's own, and stays."""
        if self.had == self.blending:
            return capacity
        before, after = Capacity.of(self.had), Capacity.of(self.blending)
        changed = {part: getattr(after, part) for part in _SITES if getattr(capacity, part) == getattr(before, part)}
        return replace(capacity, **changed)
