"""The states of one leg of a call, and which follows which."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class CallState(StrEnum):
    """A leg, as the field draws it. RELEASED is final."""

    IDLE = "IDLE"
    OFFERED = "OFFERED"
    DIALING = "DIALING"
    PROCEEDING = "PROCEEDING"
    EARLY = "EARLY"
    ANSWERED = "ANSWERED"
    CONFIRMED = "CONFIRMED"
    RELEASED = "RELEASED"


S = CallState
TRANSITIONS: Final[dict[CallState, frozenset[CallState]]] = {
    S.IDLE: frozenset({S.OFFERED, S.DIALING, S.RELEASED}),
    S.OFFERED: frozenset({S.EARLY, S.ANSWERED, S.RELEASED}),
    S.DIALING: frozenset({S.PROCEEDING, S.EARLY, S.CONFIRMED, S.RELEASED}),
    S.PROCEEDING: frozenset({S.EARLY, S.CONFIRMED, S.RELEASED}),
    S.EARLY: frozenset({S.ANSWERED, S.CONFIRMED, S.RELEASED}),
    S.ANSWERED: frozenset({S.CONFIRMED, S.RELEASED}),
    S.CONFIRMED: frozenset({S.RELEASED}),
    S.RELEASED: frozenset(),
}
