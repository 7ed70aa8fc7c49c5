"""What becomes of a contact when its stretch is told again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hub.routing.explain import WhyAgent
from hub.routing.policy import OverflowReason


class Ending(StrEnum):
    """How a contact's wait ended. LEFT: given up, taken by hand or passed on, as recorded; WAITING: the stretch was
    over first."""

    ANSWERED = "ANSWERED"
    LEFT = "LEFT"
    OVERFLOWED = "OVERFLOWED"
    WAITING = "WAITING"


@dataclass(frozen=True, slots=True)
class Stay:
    """One queue's stretch of a contact; OVERFLOWED when it moved on."""

    queue: int
    medium: str
    ending: Ending
    waited: float


@dataclass(frozen=True, slots=True)
class Course:
    """How it went with one contact: where it ended and after how many seconds, whose it became and `why`.

    `overflow`: why it last moved on, if it did. `stays`: the queues it waited in.
    """

    work: int
    ending: Ending
    queue: int
    waited: float
    agent: int | None = None
    why: WhyAgent | None = None
    overflow: OverflowReason | None = None
    stays: tuple[Stay, ...] = ()

    def is_as(self, other: Course) -> bool:
        """Whether it came to the same: the same end, in the same queue, with the same agent, for the same reason."""
        mine, theirs = (self.ending, self.queue, self.agent), (other.ending, other.queue, other.agent)
        return mine == theirs and self.overflow is other.overflow
