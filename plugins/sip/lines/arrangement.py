"""Who hears whom on a line: one rule, applied again whenever a leg comes, goes or the core decides otherwise."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from enum import StrEnum

from hub.api import LegState
from plugins.sip.lines.hearing import Member, Monitor, unheard
from plugins.sip.lines.recording import Recording
from plugins.sip.lines.within import Within
from plugins.sip.media.engine import MediaError

log = logging.getLogger(__name__)


class Mode(StrEnum):
    """What the customer's side of the line is for."""

    FLOW = "FLOW"
    WAITING = "WAITING"
    TALKING = "TALKING"
    CONSULTING = "CONSULTING"


class Arrangement:
    """`talking` are the legs the core wants to hear each other."""

    def __init__(self, line: Within) -> None:
        self.mode = Mode.FLOW
        self.talking: tuple[str, ...] = ()
        self.held = False
        self._beside: tuple[str, ...] = ()  # who is with the customer meanwhile
        self._line = line
        self._turn = asyncio.Lock()
        self._recording: Recording | None = None
        self._record_wanted: bool | None = None
        self._muted: set[str] = set()
        self._monitors: dict[str, Monitor] = {}

    @property
    def alone(self) -> bool:
        """Self-service has them: from the beginning, or again."""
        talks = self.held or self._line.up_legs(self.talking)
        return self.mode is Mode.FLOW or (self.mode is Mode.TALKING and not talks)

    def is_theirs(self, leg: str) -> bool:
        """Whether the customer is this leg's to hold: of several who talk with them none is who decides for all."""
        several = self.mode is Mode.TALKING and len(self._line.up_legs(self.talking)) > 1
        return leg in self.talking and not several

    async def talk(self, legs: Sequence[str]) -> None:
        """The customer and these; nobody: self-service has them."""
        self.mode, self.talking, self.held = Mode.TALKING, tuple(legs), False
        self._monitors = {leg: how for leg, how in self._monitors.items() if leg not in self.talking}
        await self.apply()

    async def consult(self, legs: Sequence[str], others: Sequence[str] = ()) -> None:
        """These among themselves, the customer with the others, or held."""
        self.mode, self.talking, self.held, self._beside = Mode.CONSULTING, tuple(legs), True, tuple(others)
        await self.apply()

    async def wait(self) -> None:
        """The customer waits for somebody."""
        self.mode, self.talking, self.held = Mode.WAITING, (), False
        await self.apply()

    async def hold(self, held: bool) -> None:
        """The customer is held, or no longer."""
        self.held = held
        await self.apply()

    async def monitor(self, leg: str, how: Monitor) -> None:
        """A supervisor's leg is among those who talk in this way, wherever they do."""
        if leg not in self.talking and self._monitors.get(leg) != how:
            self._monitors[leg] = how
            await self.apply()

    async def mute(self, leg: str, on: bool) -> None:
        """Nobody hears this leg, or everybody again."""
        before = set(self._muted)
        (self._muted.add if on else self._muted.discard)(leg)
        if self._muted != before:
            await self.apply()

    async def record(self, on: bool) -> None:
        """Sound, or silence, from now on."""
        self._record_wanted = on
        async with self._turn:
            if self._recording is not None or self._heard():
                await self._record()

    async def apply(self) -> None:
        """Bring the audio in line with it."""
        async with self._turn:
            if self._line.connected:
                await self._customer()
            if self.mode is Mode.CONSULTING:
                await self._join([*self._consulting(), *self._listening()], f"{self._line.thread}/aside")

    def _consulting(self) -> list[Member]:
        """Who talk about the customer: an agent by their second call, where their phone has one."""
        legs = self._line.up_legs(self.talking)
        calls = [(leg.name, leg.aside.call if leg.aside else leg.call) for leg in legs]
        return [Member(name, call.media.name) for name, call in calls if call]

    def _heard(self) -> list[Member]:
        """Agents whom the customer hears, unless held. A phone with a second call holds them, or does not."""
        if self.mode is Mode.TALKING and not self.held:
            return self._present(self.talking)
        if self.mode is not Mode.CONSULTING:
            return []
        asides = [leg for leg in self._line.up_legs(self.talking) if leg.aside is not None]
        calls = [(leg.name, leg.call) for leg in asides if leg.call is not None and not leg.call.held_by_them]
        return [*(Member(name, call.media.name) for name, call in calls), *self._present(self._beside)]

    def _present(self, legs: Sequence[str]) -> list[Member]:
        """Agents and numbers outside who have not put us on hold."""
        calls = [(leg.name, leg.audio) for leg in self._line.up_legs(legs)]
        return [Member(name, call.media.name) for name, call in calls if call is not None and not call.held_by_them]

    def _listening(self) -> list[Member]:
        """Supervisors, who are where the agents are."""
        legs = self._line.up_legs(list(self._monitors))
        return [Member(leg.name, leg.call.media.name) for leg in legs if leg.call and not leg.call.held_by_them]

    async def _customer(self) -> None:
        line = self._line
        assert line.customer is not None and line.speaking is not None
        mine = line.customer.media.name
        if agents := self._heard():
            line.speaking.cut()
            await line.speaking.background(None)
            await self._record_if_possible()
            for agent in agents:
                await line.engine.stop(agent.audio)  # a click-to-call's agent has heard it ring until now
            listening = self._listening() if self.mode is Mode.TALKING else []
            await self._join([Member("", mine), *agents, *listening])
        elif self.mode is not Mode.FLOW:
            await line.engine.part(mine)
            waits = self.held or self.mode is not Mode.TALKING or line.up_legs(self.talking)  # whose phone holds them
            await line.speaking.background(line.music if waits else None)
            if self.mode is Mode.TALKING and (listening := self._listening()):
                await self._join(
                    [*self._present(self.talking), *listening]
                )  # a whisper is heard while the customer is held

    async def _join(self, members: Sequence[Member], room: str = "") -> None:
        """These, and nobody else, in this room of the line's: who consults is in another than the customer."""
        engine, names = self._line.engine, [each.audio for each in members]
        gains = unheard(members, self._muted, self._monitors)
        if len(names) == 2 and not gains:
            await engine.bridge(names[0], names[1])
        elif len(names) > 1:
            await engine.mix(room or self._line.thread, names, gains)

    async def _record_if_possible(self) -> None:
        """Of a full disk an administrator hears; they talk all the same."""
        try:
            await self._record()
        except (MediaError, OSError) as error:
            self._line.fault("recording", error)

    async def _record(self) -> None:
        """From the first word with an agent to the end, whoever comes and goes: hold and transfer do not cut it."""
        wanted = self._line.account.settings.record if self._record_wanted is None else self._record_wanted
        before = self._recording is not None and not self._recording.paused
        if self._recording is None and wanted:
            self._recording = await Recording.begin(self._line, "recording")
        elif self._recording is not None and self._recording.paused is wanted:
            await self._recording.pause(not wanted)
        if before is not wanted:
            self._line.reports.leg(LegState.RECORDING if wanted else LegState.RECORDING_PAUSED)

    async def finish_recording(self) -> None:
        """The recording joins the conversation."""
        recording, self._recording = self._recording, None
        if recording is None:
            return
        try:
            await recording.finish()
        except (MediaError, OSError) as error:
            log.warning("a recording waits for the next start: %s", error)
