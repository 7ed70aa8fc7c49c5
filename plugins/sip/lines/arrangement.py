"""Who hears whom on a line: one rule, applied again whenever a leg comes, goes or the core decides otherwise."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from hub.api import crash_point
from plugins.sip.media.engine import MediaError

if TYPE_CHECKING:
    from plugins.sip.calls.call import Call
    from plugins.sip.lines.line import Line


class Mode(StrEnum):
    """What the customer's side of the line is for."""

    FLOW = "FLOW"
    WAITING = "WAITING"
    TALKING = "TALKING"
    CONSULTING = "CONSULTING"


class Arrangement:
    """`talking` are the legs the core wants to hear each other."""

    def __init__(self, line: Line) -> None:
        self.mode = Mode.FLOW
        self.talking: tuple[str, ...] = ()
        self.held = False
        self._line = line
        self._turn = asyncio.Lock()
        self._recording: tempfile.TemporaryDirectory[str] | None = None

    @property
    def alone(self) -> bool:
        """Self-service has them: from the beginning, or again."""
        talks = self.held or self._line.up_legs(self.talking)
        return self.mode is Mode.FLOW or (self.mode is Mode.TALKING and not talks)

    async def talk(self, legs: Sequence[str]) -> None:
        """The customer and these; nobody: self-service has them."""
        self.mode, self.talking, self.held = Mode.TALKING, tuple(legs), False
        await self.apply()

    async def consult(self, legs: Sequence[str]) -> None:
        """These among themselves, the customer held."""
        self.mode, self.talking, self.held = Mode.CONSULTING, tuple(legs), True
        await self.apply()

    async def wait(self) -> None:
        """The customer waits for somebody."""
        self.mode, self.talking, self.held = Mode.WAITING, (), False
        await self.apply()

    async def hold(self, held: bool) -> None:
        """The customer is held, or no longer."""
        self.held = held
        await self.apply()

    async def apply(self) -> None:
        """Bring the audio in line with it."""
        async with self._turn:
            if self._line.connected:
                await self._customer()
            if self.mode is Mode.CONSULTING:
                await self._join([each.media.name for each in self._consulting()])

    def _consulting(self) -> list[Call]:
        """Who talk about the customer: an agent by their second call, where their phone has one."""
        legs = self._line.up_legs(self.talking)
        return [call for leg in legs if (call := leg.aside.call if leg.aside else leg.call)]

    def _heard(self) -> list[Call]:
        """Agents whom the customer hears, unless held. A phone with a second call holds them, or does not."""
        legs = self._line.up_legs(self.talking)
        if self.mode is Mode.TALKING and not self.held:
            calls = [leg.audio for leg in legs]
        elif self.mode is Mode.CONSULTING:
            calls = [leg.call for leg in legs if leg.aside is not None]
        else:
            return []
        return [call for call in calls if call is not None and not call.held_by_them]

    async def _customer(self) -> None:
        line = self._line
        assert line.customer is not None and line.speaking is not None
        mine = line.customer.media.name
        if agents := [call.media.name for call in self._heard()]:
            line.speaking.cut()
            await line.speaking.background(None)
            await self._record(mine)
            for agent in agents:
                await line.engine.stop(agent)  # a click-to-call's agent has heard it ring until now
            await self._join([mine, *agents])
        elif self.mode is not Mode.FLOW:
            await line.engine.part(mine)
            waits = self.held or self.mode is not Mode.TALKING or line.up_legs(self.talking)  # whose phone holds them
            await line.speaking.background(line.music if waits else None)

    async def _join(self, names: list[str]) -> None:
        engine = self._line.engine
        if len(names) == 2:
            await engine.bridge(names[0], names[1])
        elif len(names) > 2:
            await engine.mix(self._line.thread, names)

    async def _record(self, leg: str) -> None:
        """From the first word with an agent to the end, whoever comes and goes: hold and transfer do not cut it."""
        if self._line.account.settings.record and self._recording is None:
            self._recording = await asyncio.to_thread(tempfile.TemporaryDirectory)
            await self._line.engine.record(leg, Path(self._recording.name) / "call.wav")

    async def finish_recording(self) -> None:
        """The recording joins the conversation."""
        customer, folder = self._line.customer, self._recording
        if customer is None or folder is None:
            return
        self._recording = None
        try:
            made = await self._line.engine.stop_recording(customer.media.name)
            wav = await asyncio.to_thread(made.path.read_bytes)
            crash_point("recording_made")
            self._line.reports.audio("recording", wav, made.seconds)
        except MediaError:
            return  # the process that wrote it died with what it had
        finally:
            await asyncio.to_thread(folder.cleanup)
