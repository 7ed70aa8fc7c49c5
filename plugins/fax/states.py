"""What becomes of a fax that is to be sent, and which state may follow which."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class JobState(StrEnum):
    """QUEUED: it waits for its time or a line. DIALING: nobody has answered yet. SENDING: pages may go. The rest are
    ends, which a person may undo by sending it again; BLOCKED: a veto, before another attempt; UNKNOWN: the hub died
    while pages were going."""

    QUEUED = "QUEUED"
    DIALING = "DIALING"
    SENDING = "SENDING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    BLOCKED = "BLOCKED"
    UNKNOWN = "UNKNOWN"


_J = JobState
NEXT: Final[Mapping[JobState, frozenset[JobState]]] = {
    _J.QUEUED: frozenset({_J.DIALING, _J.FAILED, _J.BLOCKED}),
    # SENDING without DIALING: on the call that is there already
    _J.DIALING: frozenset({_J.SENDING, _J.QUEUED, _J.FAILED}),
    _J.SENDING: frozenset({_J.DELIVERED, _J.QUEUED, _J.FAILED, _J.UNKNOWN}),
    _J.DELIVERED: frozenset(),
    _J.FAILED: frozenset({_J.QUEUED}),
    _J.BLOCKED: frozenset({_J.QUEUED}),
    _J.UNKNOWN: frozenset({_J.QUEUED}),
}
ENDS: Final = frozenset({_J.DELIVERED, _J.FAILED, _J.BLOCKED, _J.UNKNOWN})
UNDER_WAY: Final = frozenset({_J.DIALING, _J.SENDING})


class RecipientState(StrEnum):
    """Of one number on a broadcast's list. WAITING: not its turn yet. STARTING: being handed to the hub. GIVEN: the hub
    has it. BLOCKED: a veto. The rest is what became of its fax."""

    WAITING = "WAITING"
    STARTING = "STARTING"
    GIVEN = "GIVEN"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    BLOCKED = "BLOCKED"
    UNKNOWN = "UNKNOWN"
    CANCELLED = "CANCELLED"


class BroadcastState(StrEnum):
    """PAUSED: what is with the hub already still goes. DONE: each number has its result."""

    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    CANCELLED = "CANCELLED"
    DONE = "DONE"
