"""Who shall hear whom in a call, as its record says, and what is to be done to get there. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hub.model.states import FINAL, WAITING_FOR_AGENT, InteractionState
from hub.store.legs import Leg


class Talk(StrEnum):
    """What the customer has: NOBODY yet (self-service has them, or they are being called), music while WAITING, the
    agents, a hold, a way out, or an end. In a CONSULT the agents have each other."""

    NOBODY = "NOBODY"
    WAITING = "WAITING"
    BRIDGED = "BRIDGED"
    CONSULT = "CONSULT"
    HELD = "HELD"
    PASSED_OUT = "PASSED_OUT"
    OVER = "OVER"


@dataclass(frozen=True, slots=True)
class Arrangement:
    """`ringing` and `up` are agents' legs by name, `up` oldest first."""

    talk: Talk = Talk.NOBODY
    ringing: frozenset[str] = frozenset()
    up: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One command to the channel; `leg` where it is about one."""

    command: str
    leg: str = ""


NOTHING = Arrangement()
_HOLDING: Mapping[str, Talk] = {
    InteractionState.ON_HOLD: Talk.HELD,
    InteractionState.TRANSFERRING: Talk.PASSED_OUT,
    InteractionState.CONSULTING: Talk.CONSULT,
}


def wanted(state: str, legs: Sequence[Leg]) -> Arrangement:
    """What the record asks for."""
    if state in FINAL:
        return Arrangement(Talk.OVER)
    up = tuple(leg.name for leg in legs if leg.up)
    return Arrangement(_talk(state, up), frozenset(leg.name for leg in legs if not leg.up), up)


def steps(before: Arrangement, after: Arrangement) -> Iterator[Step]:
    """From one to the other, in an order in which nobody is cut off early: who comes first, then who talks, then who
    goes."""
    if after.talk is Talk.OVER:
        yield from [Step("end")] if before.talk is not Talk.OVER else []
        return
    known = before.ringing | set(before.up)
    yield from (Step("ring", leg) for leg in sorted(after.ringing - known))
    if (before.talk, before.up) != (after.talk, after.up):
        yield from _talking(before, after)
    yield from (Step("release", leg) for leg in sorted(known - after.ringing - set(after.up)))


def _talking(before: Arrangement, after: Arrangement) -> Iterator[Step]:
    match after.talk:
        case Talk.NOBODY if before.talk is Talk.WAITING:  # self-service has them again
            yield Step("bridge")
        case Talk.WAITING if before.talk is not Talk.WAITING:
            yield Step("waiting")
        case Talk.BRIDGED if before.talk is Talk.HELD and before.up == after.up:
            yield Step("resume")
        case Talk.BRIDGED:
            yield Step("bridge")
        case Talk.CONSULT:
            yield Step("consult")
        case Talk.HELD if before.talk is not Talk.HELD:
            yield Step("hold")
        case Talk.PASSED_OUT if before.talk is not Talk.PASSED_OUT:
            yield Step("transfer_out")


def _talk(state: str, up: Sequence[str]) -> Talk:
    if state in WAITING_FOR_AGENT:
        return Talk.WAITING
    if not up:
        return Talk.NOBODY
    if state == InteractionState.CONSULTING and len(up) < 2:
        return Talk.BRIDGED  # until the colleague is there, they talk on
    return _HOLDING.get(state, Talk.BRIDGED)
