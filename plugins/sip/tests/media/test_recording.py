"""What a recording holds, and that it keeps the time."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest

from plugins.sip.tests.media.calls import LOUD, QUIET, calls, hears, hears_nothing_for, sine, stereo, until
from plugins.sip.tests.media.far_side import FarSide, level

pytestmark = pytest.mark.slow  # sound takes its time


async def test_a_recording_keeps_both_sides_through_hold_and_bridge(tmp_path: Path) -> None:
    async with calls() as made:
        with FarSide(says=sine(440)) as caller, FarSide(says=sine(1000)) as agent:
            await made.dial("caller", caller)
            await made.dial("agent", agent, beside="caller")
            await made.engine.record("caller", tmp_path / "call.wav")
            await made.engine.bridge("caller", "agent")
            await hears(caller, 1000)
            await made.engine.hold("caller", sine(2000).tobytes())
            await hears(caller, 2000)
            await made.engine.resume("caller")
            await hears(caller, 1000)
            sent = (await made.engine.statistics("caller")).sent
            recording = await made.engine.stop_recording("caller")
            said, heard = stereo(recording.path)
            assert len(said) == len(heard) == round(recording.seconds * 8000)
            assert recording.seconds == pytest.approx(sent * 0.02, abs=0.5)
            assert level(said[4000:], 440) > LOUD and level(said, 1000) < QUIET
            assert level(heard, 1000) > 1000 and level(heard, 2000) > 1000


async def test_a_paused_recording_is_silent_but_keeps_the_time(tmp_path: Path) -> None:
    async with calls() as made:
        with FarSide(says=sine(440)) as caller:
            await made.dial("caller", caller)
            await made.engine.record("caller", tmp_path / "call.wav")
            await made.engine.pause_recording("caller")
            await until(lambda: len(caller.heard) > 40)
            recording = await made.engine.stop_recording("caller")
            assert recording.seconds >= 0.5
            assert not stereo(recording.path)[0].any()


async def test_a_room_is_recorded_with_its_first_leg_left_and_all_others_right(tmp_path: Path) -> None:
    async with calls() as made:
        with FarSide(says=sine(440)) as caller, FarSide(says=sine(1000)) as agent, FarSide(says=sine(700)) as expert:
            await made.dial("caller", caller)
            await made.dial("agent", agent, beside="caller")
            await made.dial("expert", expert, beside="caller")
            await made.engine.mix("room", ["caller", "agent", "expert"])
            await made.engine.record("room", tmp_path / "room.wav")
            await hears(caller, 700)
            await hears(caller, 1000)
            left, right = stereo((await made.engine.stop_recording("room")).path)
            assert level(left, 440) > LOUD and level(left, 1000) < QUIET
            assert level(right, 1000) > LOUD and level(right, 700) > LOUD and level(right, 440) < QUIET


async def test_recordings_are_finished_when_the_engine_stops(tmp_path: Path) -> None:
    async with calls() as made:
        with FarSide(says=sine(440)) as caller:
            await made.dial("caller", caller)
            await made.engine.record("caller", tmp_path / "call.wav")
            await hears_nothing_for(caller, 1.2)
    with wave.open(str(tmp_path / "call.wav")) as file:
        assert file.getnframes() >= 8000
