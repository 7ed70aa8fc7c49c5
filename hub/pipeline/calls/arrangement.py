"""Who shall hear whom in a call, as its record says, and what is to be done to get there. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hub.model.states import FINAL, WAITING_FOR_AGENT, InteractionState
from hub.store.legs import Leg
from hub.store.parties import Party

MUTED, RECORD = "muted", "record"
"""Keys of an interaction's `audio`: legs nobody hears; whether to record, where somebody has said so."""


class Talk(StrEnum):
    """What the customer has: NOBODY yet (self-service has them, or they are being called), music while WAITING, the
    agents, a hold, a way out, or an end. In a CONSULT an agent and a colleague have each other, and the customer has
    whoever else there is, or a hold."""

    NOBODY = "NOBODY"
    WAITING = "WAITING"
    BRIDGED = "BRIDGED"
    CONSULT = "CONSULT"
    HELD = "HELD"
    PASSED_OUT = "PASSED_OUT"
    OVER = "OVER"


@dataclass(frozen=True, slots=True)
class Monitor:
    """A supervisor's leg that is up; `whom` is the leg of the agent who hears it in a WHISPER."""

    leg: str
    mode: str
    whom: str = ""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """`ringing` are users' legs by name, `calling` those of numbers outside; `agents` and `outside` are up and talk,
    oldest first; `aside` are up and have each other. `record` is None unless somebody has said whether to."""

    talk: Talk = Talk.NOBODY
    ringing: frozenset[str] = frozenset()
    calling: frozenset[str] = frozenset()
    agents: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    monitors: tuple[Monitor, ...] = ()
    muted: frozenset[str] = frozenset()
    record: bool | None = None

    @property
    def up(self) -> tuple[str, ...]:
        """Who talk with the customer in a BRIDGED call, or beside a CONSULT."""
        return self.agents + self.outside

    @property
    def legs(self) -> frozenset[str]:
        """All."""
        return self.ringing | self.calling | {*self.up, *self.aside} | {each.leg for each in self.monitors}


@dataclass(frozen=True, slots=True)
class Step:
    """One command to the channel, about these legs; `others` stay with the customer; `monitor` where it is about how a
    supervisor is in it."""

    command: str
    legs: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    monitor: Monitor | None = None


NOTHING = Arrangement()
_OPEN: Mapping[str, Talk] = {
    **dict.fromkeys(WAITING_FOR_AGENT, Talk.WAITING),
    InteractionState.PARKED: Talk.HELD,
}
"""Without an agent: what the customer has whom nobody else is with."""
_HOLDING: Mapping[str, Talk] = {
    InteractionState.ON_HOLD: Talk.HELD,
    InteractionState.TRANSFERRING: Talk.PASSED_OUT,
}


def wanted(state: str, legs: Sequence[Leg], parties: Sequence[Party], audio: Mapping[str, Any]) -> Arrangement:
    """What the record asks for."""
    if state in FINAL:
        return Arrangement(Talk.OVER)
    there = tuple(leg.name for leg in legs if leg.up)
    aside = _aside(legs) if state == InteractionState.CONSULTING else ()
    agents = tuple(name for name in there if name not in aside)
    outside = tuple(each.name for each in parties if not each.monitors and each.up)
    return Arrangement(
        talk=Talk.CONSULT if aside else _talk(state, agents, outside),
        ringing=frozenset(
            [leg.name for leg in legs if not leg.up] + [each.name for each in parties if each.monitors and not each.up]
        ),
        calling=frozenset(each.name for each in parties if not each.monitors and not each.up),
        agents=agents,
        outside=outside,
        aside=aside,
        monitors=tuple(_monitor(each, legs) for each in parties if each.monitors and each.up),
        muted=frozenset(audio.get(MUTED, ())) & {*there},
        record=audio.get(RECORD),
    )


def steps(before: Arrangement, after: Arrangement) -> Iterator[Step]:
    """From one to the other, in an order in which nobody is cut off early and nobody heard too early: who comes first,
    then who talks, then who goes."""
    if after.talk is Talk.OVER:
        yield from [Step("end")] if before.talk is not Talk.OVER else []
        return
    yield from (Step("ring", (leg,)) for leg in sorted(after.ringing - before.legs))
    yield from (Step("invite", (leg,)) for leg in sorted(after.calling - before.legs))
    if after.record is not None and before.record != after.record:
        yield Step("record" if after.record else "pause")
    yield from (Step("mute", (leg,)) for leg in sorted(after.muted - before.muted))
    if (before.talk, before.up, before.aside) != (after.talk, after.up, after.aside):
        yield from _talking(before, after)
    yield from (Step("monitor", (each.leg,), monitor=each) for each in after.monitors if each not in before.monitors)
    yield from (Step("unmute", (leg,)) for leg in sorted((before.muted - after.muted) & after.legs))
    yield from (Step("release", (leg,)) for leg in sorted(before.legs - after.legs))


def _talking(before: Arrangement, after: Arrangement) -> Iterator[Step]:
    match after.talk:
        case Talk.NOBODY if before.talk is Talk.WAITING:  # self-service has them again
            yield Step("bridge")
        case Talk.WAITING if before.talk is not Talk.WAITING:
            yield Step("waiting")
        case Talk.BRIDGED if before.talk is Talk.HELD and before.up == after.up:
            yield Step("resume", after.up)
        case Talk.BRIDGED:
            yield Step("bridge", after.up)
        case Talk.CONSULT:
            yield Step("consult", after.aside, after.up)
        case Talk.HELD if before.talk is not Talk.HELD:
            yield Step("hold")
        case Talk.PASSED_OUT if before.talk is not Talk.PASSED_OUT:
            yield Step("transfer_out")


def _talk(state: str, agents: Sequence[str], outside: Sequence[str]) -> Talk:
    if state in _OPEN:
        return Talk.BRIDGED if agents or outside else _OPEN[state]
    if not agents:
        return Talk.NOBODY
    return _HOLDING.get(state, Talk.BRIDGED)


def _aside(legs: Sequence[Leg]) -> tuple[str, ...]:
    """The agent and whom they asked; nobody until the colleague is there: so long they talk on."""
    agents = [leg for leg in legs if leg.up and (leg.aside or leg.kind == "interaction")]
    return tuple(leg.name for leg in agents) if any(leg.aside for leg in agents) else ()


def _monitor(party: Party, legs: Sequence[Leg]) -> Monitor:
    whom = next((leg.name for leg in legs if leg.up and leg.user == party.whom), "")
    return Monitor(party.name, party.mode, whom)
