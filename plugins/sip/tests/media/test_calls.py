"""What far sides on real sockets hear, measured."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from plugins.sip.media import rtp, tones
from plugins.sip.media.engine import Codec, Digit, DigitSource, Played, Silence, Tone, ToneKind
from plugins.sip.media.settings import MediaSettings
from plugins.sip.tests.media.calls import LOUD, QUIET, calls, hears, sine, until
from plugins.sip.tests.media.far_side import FarSide, level, loudest

pytestmark = pytest.mark.slow  # sound takes its time


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
