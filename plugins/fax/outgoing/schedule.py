"""When a fax is tried again, and how, by why it did not go. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hub.api import Cause as CallCause
from hub.api import Misconfigured
from plugins.fax.settings import T38, FaxSettings
from plugins.fax.terminal import ending
from plugins.fax.terminal.job import ALL_MODEMS, Modem


class Why(StrEnum):
    """What kept a fax from going, as far as that decides what is tried next."""

    BUSY = "BUSY"
    NO_ANSWER = "NO_ANSWER"
    LINE = "LINE"
    IMAGE = "IMAGE"
    PERMANENT = "PERMANENT"


@dataclass(frozen=True, slots=True)
class Failure:
    """One attempt that failed; `t38` whether its pages went by that."""

    why: Why
    t38: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """How the next attempt is made."""

    t38: T38
    modems: frozenset[Modem]


OF_A_CALL: Final[Mapping[CallCause, Why]] = {
    CallCause.BUSY: Why.BUSY,
    CallCause.NO_ANSWER: Why.NO_ANSWER,
    CallCause.REJECTED: Why.BUSY,
    CallCause.UNREACHABLE: Why.NO_ANSWER,
    CallCause.FAILED: Why.LINE,
    CallCause.HUNG_UP: Why.LINE,
    CallCause.TRANSFERRED: Why.LINE,
}
OF_A_FAX: Final[Mapping[ending.Cause, Why]] = {
    ending.Cause.LINE: Why.LINE,
    ending.Cause.OURS: Why.LINE,
    ending.Cause.NO_FAX: Why.NO_ANSWER,
    ending.Cause.IMAGE: Why.IMAGE,
    ending.Cause.PERMANENT: Why.PERMANENT,
    ending.Cause.NONE: Why.LINE,
}
NOT_ALLOWED: Final = "NOT_ALLOWED"
"""Calls to this number may not be made from here: not REJECTED, which is a call's."""
OURS: Final = "OURS"
_OF_A_CODE: Final[Mapping[str, Why]] = {
    **{cause.value: why for cause, why in OF_A_CALL.items()},
    NOT_ALLOWED: Why.PERMANENT,
    Misconfigured.code: Why.PERMANENT,
    **{end.name: OF_A_FAX[end.cause] for end in map(ending.ending, range(ending.DISK + 1))},
}
_SLOW: Final = frozenset({Modem.V27TER, Modem.V29})
AT_ONCE: Final = 5.0


def failure_of(code: str, *, t38: bool) -> Failure:
    """As the log has it: a call's cause, the name of a fax's end, or a fault of ours."""
    return Failure(_OF_A_CODE.get(code, Why.LINE), t38)


def again(failures: Sequence[Failure], settings: FaxSettings) -> float | None:
    """Seconds until the next attempt, after the last of these; None: it has failed for good.

    Each cause has its own list of pauses, for a number may be busy and the line be bad. Pages that are too fine are
    drawn anew, once.
    """
    why = failures[-1].why
    before = sum(failure.why is why for failure in failures) - 1
    pauses = {
        Why.BUSY: settings.busy_seconds,
        Why.NO_ANSWER: settings.no_answer_seconds,
        Why.LINE: settings.line_seconds,
        Why.IMAGE: [AT_ONCE],
        Why.PERMANENT: [],
    }[why]
    return pauses[before] if before < len(pauses) else None


def way(failures: Sequence[Failure], wanted: T38) -> Way:
    """As the number is set up; after the line failed the other way (T.38 or sound); after that as sound, with modems
    that stand more (V.29 gets through where V.17 does not)."""
    bad = [failure for failure in failures if failure.why is Why.LINE]
    if not bad:
        return Way(wanted, ALL_MODEMS)
    if len(bad) == 1:
        return Way(T38.OFF if bad[0].t38 else wanted, ALL_MODEMS)
    return Way(T38.OFF, _SLOW)
