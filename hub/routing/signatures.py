"""What a class of work asks for, what a group of agents can do, and whether the two fit."""

from __future__ import annotations

from dataclasses import dataclass

from hub.routing.queues import Requirement
from hub.routing.snapshots import Agent, Slot


@dataclass(frozen=True, slots=True)
class WorkClass:
    queue: int
    slot: Slot
    requirement: Requirement


@dataclass(frozen=True, slots=True)
class Signature:
    """Queues with the agent's preference for each, and skills with their levels."""

    queues: frozenset[tuple[int, int]]
    skills: frozenset[tuple[str, int]]

    @classmethod
    def of(cls, agent: Agent) -> Signature:
        preferences = agent.preferences
        queues = frozenset((queue, preferences.get(queue, 0)) for queue in agent.queues)
        return cls(queues, frozenset(agent.skills.items()))


def lacks(signature: Signature, wanted: Requirement) -> list[str]:
    """The skills an agent of this signature lacks, in order of name."""
    levels = dict(signature.skills)
    return sorted(name for name, level in wanted.skills if levels.get(name, 0) < level)


def shared_queues(signature: Signature, wanted: Requirement) -> list[tuple[int, int]]:
    """(preference, queue) of the queues by which the agent may take it, the preferred first."""
    return sorted((preference, queue) for queue, preference in signature.queues if queue in wanted.queues)
