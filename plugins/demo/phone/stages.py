"""How far a call is, and why it ended: what the page puts into words."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Stage(StrEnum):
    """CONNECTING is the browser's voice on its way to us; from CALLING on the hub is asked."""

    CONNECTING = "CONNECTING"
    CALLING = "CALLING"
    RINGING = "RINGING"
    TALKING = "TALKING"
    HELD = "HELD"
    ENDED = "ENDED"


NEXT: Final[Mapping[Stage, frozenset[Stage]]] = {
    Stage.CONNECTING: frozenset({Stage.CALLING, Stage.ENDED}),
    Stage.CALLING: frozenset({Stage.RINGING, Stage.TALKING, Stage.ENDED}),
    Stage.RINGING: frozenset({Stage.TALKING, Stage.ENDED}),
    Stage.TALKING: frozenset({Stage.HELD, Stage.ENDED}),
    Stage.HELD: frozenset({Stage.TALKING, Stage.ENDED}),
    Stage.ENDED: frozenset(),
}


class Why(StrEnum):
    """The end of a call. YOU and THEY are seen from the page; NOT_HEARD: no audio between browser and demo."""

    YOU_HUNG_UP = "YOU_HUNG_UP"
    THEY_HUNG_UP = "THEY_HUNG_UP"
    BUSY = "BUSY"
    DECLINED = "DECLINED"
    NO_SUCH_NUMBER = "NO_SUCH_NUMBER"
    NOT_ALLOWED = "NOT_ALLOWED"
    NO_ANSWER = "NO_ANSWER"
    UNREACHABLE = "UNREACHABLE"
    NO_COMMON_AUDIO = "NO_COMMON_AUDIO"
    NOT_HEARD = "NOT_HEARD"
    NO_WEBRTC = "NO_WEBRTC"
    TOO_MANY = "TOO_MANY"


_CODES: Final[Mapping[int, Why]] = {
    401: Why.NOT_ALLOWED, 403: Why.NOT_ALLOWED, 407: Why.NOT_ALLOWED,
    404: Why.NO_SUCH_NUMBER, 410: Why.NO_SUCH_NUMBER, 416: Why.NO_SUCH_NUMBER, 484: Why.NO_SUCH_NUMBER,
    604: Why.NO_SUCH_NUMBER, 408: Why.NO_ANSWER, 480: Why.NO_ANSWER, 487: Why.NO_ANSWER, 486: Why.BUSY, 600: Why.BUSY,
    415: Why.NO_COMMON_AUDIO, 488: Why.NO_COMMON_AUDIO, 606: Why.NO_COMMON_AUDIO, 603: Why.DECLINED, 607: Why.DECLINED,
}  # fmt: skip


def why(code: int) -> Why:
    """What a final answer other than 2xx means to the caller (RFC 3261 §21)."""
    return _CODES.get(code, Why.UNREACHABLE)
