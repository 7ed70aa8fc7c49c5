"""A call of another plugin's goes over to T.38, or does not: by the word of a stranger to our SIP."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.api import AudioAsked, Line, LineEnded, StreamKind, T38Asked, Unsupported
from plugins.sip.tests.lent.machine import NEAR, Machine, house
from tests.voice.sipp import Sipp

pytestmark = [pytest.mark.slow, pytest.mark.peer]


class Willing(Machine):
    """Takes T.38 when it is asked."""

    async def listen(self, line: Line) -> None:
        await line.answer(NEAR)
        async for event in line.events():
            self.told.append(event)
            if isinstance(event, T38Asked):
                assert (await line.accept_t38(NEAR)).kind is StreamKind.T38


class Asking(Machine):
    """Asks for it."""

    refused = False

    async def listen(self, line: Line) -> None:
        await line.answer(NEAR)
        try:
            await line.switch_t38(NEAR)
        except Unsupported:
            self.refused = (await line.answer(NEAR)).kind is StreamKind.AUDIO
        await super().listen(line)


async def test_a_stranger_goes_over_to_t38_and_back(tmp_path: Path) -> None:
    machine = Willing()
    async with house(machine) as found, Sipp(tmp_path, "goes_over_to_t38_and_back", found.port) as caller:
        assert await caller.verdict() == 0, caller.wire
        await found.until(lambda: machine.ended and not found.engine.open_legs)
        assert [type(event) for event in machine.told] == [T38Asked, AudioAsked, LineEnded]


async def test_a_stranger_takes_no_t38_and_the_sound_goes_on(tmp_path: Path) -> None:
    machine = Asking()
    async with house(machine) as found, Sipp(tmp_path, "takes_no_t38", found.port) as caller:
        assert await caller.verdict() == 0, caller.wire
        await found.until(lambda: machine.ended and not found.engine.open_legs)
        assert machine.refused
