"""What the four machines share: states, timers as deadlines, and effects instead of deeds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from plugins.sip.wire.message import Message

T1: Final = 0.5
"""Round-trip estimate, s (§17.1.1.1)."""
T2: Final = 4.0
"""Longest pause between retransmissions, s."""
T4: Final = 5.0
"""Longest a message stays in the network, s."""
LIFE: Final = 64 * T1


class State(StrEnum):
    """§17 figures 5 to 8, with ACCEPTED of RFC 6026."""

    CALLING = "CALLING"
    TRYING = "TRYING"
    PROCEEDING = "PROCEEDING"
    COMPLETED = "COMPLETED"
    CONFIRMED = "CONFIRMED"
    ACCEPTED = "ACCEPTED"
    TERMINATED = "TERMINATED"


@dataclass(frozen=True, slots=True)
class Transmit:
    """Send this to the far side."""

    message: Message


@dataclass(frozen=True, slots=True)
class Deliver:
    """Tell the transaction user of this."""

    message: Message


@dataclass(frozen=True, slots=True)
class Failed:
    """Tell the transaction user that nobody answers (§8.1.3.1: as if 408 had come)."""

    why: str


Effect: TypeAlias = Transmit | Deliver | Failed


class Machine:
    """One transaction. Every call takes the time in seconds of any steady clock, and gives what is to be done."""

    def __init__(self, state: State, reliable: bool) -> None:
        self.state = state
        self.reliable = reliable
        self._deadlines: dict[str, float] = {}

    @property
    def due(self) -> float | None:
        """When `tick` must be called next."""
        return min(self._deadlines.values(), default=None)

    @property
    def over(self) -> bool:
        """Whether it can be forgotten."""
        return self.state is State.TERMINATED

    def tick(self, now: float) -> list[Effect]:
        """Fire what is due."""
        effects: list[Effect] = []
        for name, at in sorted(self._deadlines.items(), key=lambda item: item[1]):
            if at <= now and self._deadlines.pop(name, None) is not None:
                effects += self.fired(name, now)
        return effects

    def fired(self, timer: str, now: float) -> list[Effect]:
        """A timer has come."""
        raise NotImplementedError

    def _start(self, timer: str, at: float) -> None:
        self._deadlines[timer] = at

    def _stop(self, *timers: str) -> None:
        for timer in timers:
            self._deadlines.pop(timer, None)

    def _end(self) -> None:
        self.state = State.TERMINATED
        self._deadlines.clear()

    def _linger(self, state: State, timer: str, seconds: float, now: float) -> None:
        """Stay to absorb what comes late; on a reliable transport there is nothing to wait for."""
        self._deadlines.clear()
        self.state = state
        if seconds:
            self._start(timer, now + seconds)
        else:
            self._end()
