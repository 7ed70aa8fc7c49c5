"""Tones that say something of the line: found where they are, not where they are not."""

from __future__ import annotations

import numpy as np
import pytest

from plugins.sip.media import tones
from plugins.sip.media.call_progress import ToneDetector
from plugins.sip.media.engine import ToneKind
from plugins.sip.media.g711 import FRAME, RATE
from plugins.sip.tests.media.sounds import Wave, frames, noise, sines, speech

pytestmark = pytest.mark.slow

SEED = 425


def recognised(wave: Wave) -> list[ToneKind]:
    detector = ToneDetector(1)
    return [kind for frame in frames(wave) for _, kind in detector.heard(frame[np.newaxis])]


CADENCES: list[tuple[tuple[float, ...], float, float]] = [
    ((425,), 0.35, 0.35),  # China
    ((425,), 0.5, 0.5),
    ((425,), 0.25, 0.25),
    ((425,), 0.7, 0.7),  # congestion there
    ((480, 620), 0.5, 0.5),  # North America
    ((480, 620), 0.25, 0.25),
    ((400,), 0.375, 0.375),
]


@pytest.mark.parametrize(("frequencies", "on", "off"), CADENCES)
@pytest.mark.parametrize("level", [-10, -28])
@pytest.mark.parametrize(("shift", "below"), [(0, 40), (67, 20), (111, 15)])
def test_busy_is_recognised_by_its_beat(
    frequencies: tuple[float, ...], on: float, off: float, level: float, shift: int, below: float
) -> None:
    busy = tones.cadence(frequencies, on=on, off=off, times=8, level=level).astype(float)
    wave = np.concatenate([np.zeros(8000 + shift), busy])
    assert recognised(wave + noise(np.random.default_rng(SEED), len(wave), level - below)) == [ToneKind.BUSY]


@pytest.mark.parametrize("level", [-10, -25])
def test_fax_machines_are_recognised(level: float) -> None:
    calling = tones.cadence([1100], on=0.5, off=3, times=2, level=level).astype(float)
    answering = np.concatenate([tones.silence(0.2), tones.tone([2100], 3, level)]).astype(float)
    assert recognised(calling) == [ToneKind.CNG, ToneKind.CNG]
    assert recognised(answering) == [ToneKind.CED]


TRIES = 12
FAX = [(-10, 40), (-25, 40), (-15, 9)]
RATES = [
    *((ToneKind.BUSY, *case) for case in [(-10, 40), (-25, 40), (-15, 15)]),
    *((kind, *case) for kind in (ToneKind.CNG, ToneKind.CED) for case in FAX),
]
"""Level in dBm0, and noise so many dB below it."""


@pytest.mark.parametrize(("kind", "level", "below"), RATES)
def test_tones_are_not_missed(kind: ToneKind, level: float, below: float, capsys: pytest.CaptureFixture[str]) -> None:
    dice = np.random.default_rng(SEED)
    found = [recognised(_spoiled(kind, level, below, dice)) for _ in range(TRIES)]
    missed, wrong = sum(kind not in each for each in found), sum(len(set(each) - {kind}) for each in found)
    with capsys.disabled():
        rates = f"missed {missed / TRIES:.0%}, wrong {wrong / TRIES:.0%}"
        print(f"\n  {kind} at {level} dBm0, noise {below} dB below: {rates}")
    assert (missed, wrong) == (0, 0)


def _spoiled(kind: ToneKind, level: float, below: float, dice: np.random.Generator) -> Wave:
    """One after a pause of any length, at any phase to the frames, as far off as China and T.30 allow, with noise."""
    off = float(dice.uniform(-1, 1))
    made = {
        ToneKind.BUSY: tones.cadence([450 + 25 * off], on=0.35, off=0.35, times=8, level=level),
        ToneKind.CNG: tones.cadence([1100 + 38 * off], on=0.5, off=1, times=1, level=level),
        ToneKind.CED: tones.tone([2100 + 15 * off], 3, level),
    }[kind].astype(float)
    wave = np.concatenate([np.zeros(int(dice.integers(4000, 8000))), made])
    return wave + noise(dice, len(wave), level - below)


@pytest.mark.parametrize("on", [1.0, 2.0, 0.4])
def test_ringing_and_dial_tone_are_not_busy(on: float) -> None:
    ringing = tones.cadence([425], on=on, off=4 if on > 0.5 else 2, times=10).astype(float)
    assert recognised(ringing) == []
    assert recognised(tones.tone([425], 20).astype(float)) == []


def test_speech_keys_and_noise_are_no_tones(capsys: pytest.CaptureFixture[str]) -> None:
    dice, minutes = np.random.default_rng(SEED), 1
    spoken = recognised(speech(dice, 60 * minutes))
    with capsys.disabled():
        print(f"\n  speech-like sound: {len(spoken) / minutes:.2f} tones a minute imagined")  # to be seen
    assert spoken == []
    assert recognised(tones.keys("1234567890*#" * 4).astype(float)) == []
    assert recognised(noise(dice, 30 * RATE, -20)) == []
    assert recognised(sines((440, 1000), (-10, -10), 10.0)) == []


def test_rows_keep_their_state_when_they_move() -> None:
    wave = frames(tones.tone([2100], 1.2).astype(float))
    before, after = ToneDetector(1), ToneDetector(3)
    for number in range(40):
        assert before.heard(wave[number : number + 1]) == []
    after.take_over(before, np.array([2]), np.array([0]))
    found = []
    for number in range(40, 55):
        found += after.heard(np.stack([np.zeros(FRAME, np.int16), np.zeros(FRAME, np.int16), wave[number]]))
    assert found == [(2, ToneKind.CED)]
