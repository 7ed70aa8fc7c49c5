"""What far sides on real sockets hear, measured."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import time
import wave
from pathlib import Path

import numpy as np
import pytest

from plugins.sip.media import rtcp, rtp, tones, wav
from plugins.sip.media.engine import (
    Codec,
    Crypto,
    Digit,
    DigitSource,
    Gone,
    MediaError,
    Played,
    Silence,
    Tone,
    ToneKind,
)
from plugins.sip.media.g711 import Samples
from plugins.sip.media.rtcp import Block, Report
from plugins.sip.media.settings import MediaSettings
from plugins.sip.media.srtcp import Srtcp
from plugins.sip.media.srtp import Srtp
from plugins.sip.tests.media.calls import calls, until
from plugins.sip.tests.media.far_side import FarSide, level, loudest

pytestmark = pytest.mark.slow  # sound takes its time
LOUD = 3000
QUIET = 100


async def hears(far: FarSide, frequency: float) -> None:
    """Half a second of it from now on."""
    at = len(far.heard)
    await until(lambda: len(far.heard) > at + 30 and level(far.audio(0.5), frequency) > LOUD)


async def hears_nothing_for(far: FarSide, seconds: float) -> None:
    """Silence, for so long from now on."""
    at, packets = len(far.heard), round(seconds * 50)
    await until(lambda: len(far.heard) > at + packets and loudness(far.audio(seconds - 0.1)) < QUIET)


def loudness(samples: Samples) -> float:
    return float(np.abs(samples.astype(float)).max(initial=0))


def sine(frequency: float) -> Samples:
    return tones.tone([frequency], 1.0)


async def test_a_prompt_is_heard_and_its_end_is_told() -> None:
    async with calls() as made:
        with FarSide() as caller:
            await made.dial("caller", caller)
            play = await made.engine.play("caller", sine(440).tobytes())
            await until(lambda: made.told(Played))
            assert made.told(Played) == [Played("caller", play, finished=True)]
            heard = caller.audio()
            assert loudest(heard) == pytest.approx(440, abs=2)
            assert level(heard[-6000:-1000], 440) == pytest.approx(7222, rel=0.1)
            statistics = await made.engine.close("caller")
            assert statistics.lost == 0 and statistics.received > 40


async def test_sequence_numbers_have_no_gap_and_time_is_kept() -> None:
    async with calls() as made:
        with FarSide() as caller:
            await made.dial("caller", caller)
            await until(lambda: len(caller.heard) > 50)
            packets = [heard.packet for heard in caller.heard]
            for before, after in itertools.pairwise(packets):
                assert (after.sequence - before.sequence) & 0xFFFF == 1
                assert (after.timestamp - before.timestamp) & 0xFFFFFFFF == 160


async def test_two_on_different_codecs_hear_each_other_and_nobody_after_they_parted() -> None:
    async with calls() as made:
        with FarSide(says=sine(440)) as caller, FarSide(Codec.PCMA, says=sine(1000)) as agent:
            await made.dial("caller", caller)
            await made.dial("agent", agent, beside="caller")
            await made.engine.bridge("caller", "agent")
            await until(lambda: level(caller.audio(0.5), 1000) > LOUD and level(agent.audio(0.5), 440) > LOUD)
            assert level(caller.audio(0.5), 440) < QUIET
            await made.engine.part("agent")
            await until(lambda: level(caller.audio(0.2), 1000) < QUIET and level(agent.audio(0.2), 440) < QUIET)


async def test_whoever_is_held_hears_music_alone_and_comes_back() -> None:
    async with calls() as made:
        with FarSide(says=sine(440)) as caller, FarSide(says=sine(1000)) as agent:
            await made.dial("caller", caller)
            await made.dial("agent", agent, beside="caller")
            await made.engine.bridge("caller", "agent")
            await made.engine.hold("caller", sine(2000).tobytes())
            await until(lambda: level(caller.audio(0.3), 2000) > LOUD and level(caller.audio(0.3), 1000) < QUIET)
            await until(lambda: level(agent.audio(0.3), 440) < QUIET)
            await made.engine.resume("caller")
            await until(lambda: level(caller.audio(0.3), 1000) > LOUD and level(caller.audio(0.3), 2000) < QUIET)
            await until(lambda: level(agent.audio(0.3), 440) > LOUD)


async def test_a_whispering_supervisor_is_heard_by_the_agent_alone() -> None:
    async with calls() as made:
        with FarSide(says=sine(440)) as caller, FarSide(says=sine(1000)) as agent, FarSide(says=sine(700)) as boss:
            await made.dial("caller", caller)
            await made.dial("agent", agent, beside="caller")
            await made.dial("boss", boss, beside="caller")
            await made.engine.mix("room", ["caller", "agent", "boss"], {("caller", "boss"): 0.0})
            await until(lambda: level(agent.audio(0.3), 700) > LOUD and level(agent.audio(0.3), 440) > LOUD)
            await until(lambda: level(boss.audio(0.3), 1000) > LOUD and level(boss.audio(0.3), 440) > LOUD)
            await hears(caller, 1000)
            assert level(caller.audio(0.5), 700) < QUIET


async def test_keys_cut_a_prompt_off_and_are_told_once_each() -> None:
    async with calls() as made:
        with FarSide(says=np.concatenate([tones.silence(0.5), tones.keys("4711#")])) as caller:
            await made.dial("caller", caller)
            play = await made.engine.play("caller", sine(440).tobytes() * 10)
            await until(lambda: len(made.told(Digit)) >= 5)
            assert "".join(digit.digit for digit in made.told(Digit)[:5]) == "4711#"
            assert made.told(Played) == [Played("caller", play, finished=False)]


async def test_keys_go_as_events_where_agreed_and_reach_the_other_side_of_a_bridge() -> None:
    async with calls() as made:
        with FarSide() as caller, FarSide() as agent:
            await made.dial("caller", caller, events=True)
            await made.dial("agent", agent, beside="caller", events=True)
            await made.engine.send_digits("caller", "12")
            await until(lambda: len({event.timestamp for event in caller.events}) == 2)
            await made.engine.bridge("caller", "agent")
            for event in list(caller.events)[:1]:
                agent.press(event.payload)
            await until(lambda: len({event.timestamp for event in caller.events}) == 3)
            assert made.told(Digit) == [Digit("agent", "1", DigitSource.TELEPHONE_EVENT)]


async def test_keys_are_sent_as_tones_where_no_events_were_agreed() -> None:
    async with calls() as made:
        with FarSide() as caller:
            await made.dial("caller", caller)
            await made.engine.send_digits("caller", "1")
            await until(lambda: level(caller.audio(0.1), 697) > 1000 and level(caller.audio(0.1), 1209) > 1000)


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


async def test_only_the_far_side_is_listened_to() -> None:
    async with calls() as made:
        with FarSide(says=sine(440)) as caller, FarSide(says=sine(1000)) as stranger, FarSide() as agent:
            await made.dial("caller", caller)
            await made.dial("agent", agent, beside="caller")
            await made.engine.bridge("caller", "agent")
            await until(lambda: level(agent.audio(0.2), 440) > LOUD)
            stranger.endpoint = caller.endpoint
            lost = (await made.engine.statistics("caller")).lost  # of what came while nobody was known yet
            stranger.start()
            before = len(agent.heard)
            await until(lambda: len(agent.heard) > before + 40)
            assert level(agent.audio(0.5), 1000) < QUIET
            assert (await made.engine.statistics("caller")).lost == lost


async def test_a_far_side_behind_nat_is_found_by_what_it_sends() -> None:
    async with calls() as made:
        with FarSide() as caller:
            caller.endpoint = await made.engine.open("caller")
            caller.start()
            await made.engine.connect("caller", ("127.0.0.1", 9), Codec.PCMU)
            await until(lambda: len(caller.heard) > 10)


async def test_a_far_side_may_change_codec_and_comfort_noise_is_no_silence() -> None:
    async with calls(MediaSettings(silence_seconds=0.5)) as made:
        with FarSide(Codec.PCMA, says=sine(440)) as caller, FarSide() as agent:
            caller.endpoint = await made.engine.open("caller")
            caller.start()
            await made.engine.connect("caller", caller.address, Codec.PCMU)
            await made.dial("agent", agent, beside="caller")
            await made.engine.bridge("caller", "agent")
            await hears(agent, 440)
            caller.talking = False
            for number in range(12):
                at = len(caller.heard)
                await until(lambda at=at: len(caller.heard) > at + 5)  # type: ignore[misc]  # bound at once
                caller.send(rtp.build(13, number, number * 800, 7, b"\x40"))
            assert not made.told(Silence)


async def test_silence_is_told_once() -> None:
    async with calls(MediaSettings(silence_seconds=0.5)) as made:
        with FarSide() as caller:
            await made.dial("caller", caller)
            await until(lambda: len(caller.heard) > 20)
            assert not made.told(Silence)
            caller.talking = False
            await until(lambda: made.told(Silence))
            at = len(caller.heard)
            await until(lambda: len(caller.heard) > at + 80)
            assert len(made.told(Silence)) == 1


async def test_busy_tone_and_fax_are_recognised_on_the_line() -> None:
    async with calls() as made:
        busy = tones.cadence([425], on=0.35, off=0.35, times=10)
        with FarSide(says=busy) as line, FarSide(says=tones.cadence([1100], on=0.5, off=3, times=1)) as fax:
            await made.dial("line", line)
            await made.dial("fax", fax)
            await until(lambda: len(made.told(Tone)) == 2)
            assert set(made.told(Tone)) == {Tone("line", ToneKind.BUSY), Tone("fax", ToneKind.CNG)}


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


async def test_recordings_are_finished_when_the_engine_stops(tmp_path: Path) -> None:
    async with calls() as made:
        with FarSide(says=sine(440)) as caller:
            await made.dial("caller", caller)
            await made.engine.record("caller", tmp_path / "call.wav")
            await hears_nothing_for(caller, 1.2)
    with wave.open(str(tmp_path / "call.wav")) as file:
        assert file.getnframes() >= 8000


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


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("secret", [False, True])
async def test_both_sides_tell_each_other_what_they_lost_and_how_long_the_way_is(shared: bool, secret: bool) -> None:
    ours, theirs = bytes(range(30)), bytes(range(30, 60))
    crypto, srtcp = Crypto(ours, theirs), Srtcp(Crypto(theirs, ours))
    async with calls() as made:
        with FarSide(says=sine(440), loss=range(10, 15), srtp=Srtp(Crypto(theirs, ours)) if secret else None) as caller:
            caller.endpoint = await made.engine.open("caller")
            caller.start()
            port = caller.address[1] if shared else 0
            await made.engine.connect("caller", caller.address, Codec.PCMU, None, crypto if secret else None, rtcp=port)
            datagram = await asyncio.to_thread(report_to, caller, shared)
            told = rtcp.parse(srtcp.unprotect(datagram) if secret else datagram)[0]
            assert told.sender and told.blocks[0].lost == 5
            block = Block(told.source, 0, 3, 0, 80, rtcp.middle(told.sender.ntp), 0)
            answer = rtcp.build(Report(7, blocks=(block,)), "caller")
            reply(caller, srtcp.protect(answer) if secret else answer, shared)
            at = len(caller.heard)
            await until(lambda: len(caller.heard) > at + 10)
            found = await made.engine.statistics("caller")
            assert (found.lost, found.far_lost, found.far_jitter_ms) == (5, 3, 10.0)
            assert found.round_trip_ms is not None and found.round_trip_ms < 1000


def report_to(far: FarSide, shared: bool) -> bytes:
    """The first report that comes, within the first pause."""
    if not shared:
        far.control.settimeout(10)
        return far.control.recv(2048)
    while not far.reports:
        time.sleep(0.02)
    return far.reports[0]


def reply(far: FarSide, datagram: bytes, shared: bool) -> None:
    if shared:
        far.send(datagram)
    else:
        far.control.sendto(datagram, (far.endpoint.host, far.endpoint.port + 1))


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


def stereo(path: Path) -> tuple[Samples, Samples]:
    """Left and right of a recording."""
    samples = np.frombuffer(path.read_bytes()[wav.HEADER_BYTES :], "<i2").reshape(-1, 2)
    return samples[:, 0].astype(np.int16), samples[:, 1].astype(np.int16)
