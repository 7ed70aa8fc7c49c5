"""A media process that dies, hangs or is asked for what cannot be."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from plugins.sip.media.engine import Gone, MediaError
from plugins.sip.media.settings import MediaSettings
from plugins.sip.tests.media.calls import LOUD, calls, sine, stereo, until
from plugins.sip.tests.media.far_side import FarSide, level

pytestmark = pytest.mark.slow  # sound takes its time


async def test_a_dead_process_is_told_replaced_and_its_recording_mended(tmp_path: Path) -> None:
    async with calls() as made:
        with FarSide(says=sine(440)) as caller, FarSide() as next_caller:
            await made.dial("caller", caller)
            await made.engine.record("caller", tmp_path / "call.wav")
            await until(lambda: (tmp_path / "call.wav").stat().st_size > 60_000)
            made.engine.kill("caller")
            await until(lambda: made.told(Gone))
            assert made.told(Gone) == [Gone("caller")]
            recording = await made.engine.stop_recording("caller")
            assert recording.seconds > 1 and level(stereo(recording.path)[0][-4000:], 440) > LOUD
            await made.dial("caller", next_caller)
            await until(lambda: len(next_caller.heard) > 5)


async def test_a_process_that_hangs_is_killed_and_its_legs_are_told() -> None:
    async with calls() as made:
        await made.engine.open("caller")
        os.kill(made.engine.pids[0], signal.SIGSTOP)
        await until(lambda: made.told(Gone) == [Gone("caller")])


async def test_a_leg_whose_opening_nobody_waited_for_is_closed() -> None:
    async with calls() as made:
        await made.engine.ready()
        opening = asyncio.create_task(made.engine.open("caller"))
        await asyncio.sleep(0)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        await made.engine.open("other")
        assert [load.legs for load in await made.engine.loads()] == [1]


async def test_what_cannot_be_done_is_said(tmp_path: Path) -> None:
    async with calls(MediaSettings(workers=2)) as made:
        await made.engine.open("one")
        await until(lambda: made.engine.running == 2)
        await made.engine.open("two")
        with pytest.raises(MediaError, match="opened beside"):
            await made.engine.bridge("one", "two")
        with pytest.raises(MediaError, match="no leg three"):
            await made.engine.part("three")
        with pytest.raises(MediaError, match="cannot be played"):
            await made.engine.play("one", tmp_path / "nothing.wav")
        with pytest.raises(MediaError, match="is no key"):
            await made.engine.send_digits("one", "12x")
        assert (await asyncio.gather(made.engine.close("one"), made.engine.close("one")))[1].sent == 0
