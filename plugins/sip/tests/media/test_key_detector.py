"""Keys as tones: how many are missed, doubled or imagined, over levels, noise, twist and speech."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from plugins.sip.media import tones
from plugins.sip.media.dtmf import KeyDetector
from plugins.sip.media.g711 import FRAME, RATE, Samples
from plugins.sip.media.telephone_event import KEYS
from plugins.sip.tests.media.sounds import Wave, frames, noise, sines, speech

pytestmark = pytest.mark.slow

SEED = 733
PRESSES = 400


def detected(rows: Samples) -> str:
    """What one leg's detector tells."""
    detector = KeyDetector(1)
    return "".join(key for frame in rows for _, key in detector.heard(frame[np.newaxis]))


@dataclass(frozen=True)
class Line:
    """How keys come: levels in dB, `off` how far each frequency is wrong, as a share, `on` and `gap` in seconds."""

    level: float = -12
    snr: float = 40
    twist: float = 0
    off: float = 0
    on: float = 0.05
    gap: float = 0.06

    def press(self, dice: np.random.Generator) -> tuple[str, Wave]:
        """Keys, and how they sound, in any phase to the frames."""
        pressed = "".join(dice.choice(list(KEYS), PRESSES))
        parts: list[Wave] = [np.zeros(4 * FRAME)]
        for key in pressed:
            low, high = (
                frequency * (1 + dice.choice([-self.off, self.off])) for frequency in tones.key_frequencies(key)
            )
            parts.append(sines((low, high), (self.level - self.twist / 2, self.level + self.twist / 2), self.on))
            parts.append(np.zeros(round(dice.uniform(1, 1.6) * self.gap * RATE)))
        wave = np.concatenate([*parts, np.zeros(4 * FRAME)])
        return pressed, wave + noise(dice, len(wave), self.level - self.snr)


CASES = {
    "clean, 50 ms": (Line(), 0.0),
    "40 ms": (Line(on=0.04), 0.01),
    "0 dBm0": (Line(level=0), 0.0),
    "-25 dBm0": (Line(level=-25), 0.0),
    "-32 dBm0": (Line(level=-32), 0.02),
    "noise 20 dB below": (Line(snr=20), 0.0),
    "noise 9 dB below": (Line(snr=9), 0.0),
    "noise 3 dB below": (Line(snr=3), 0.05),
    "noise as loud as either tone": (Line(snr=0), 0.2),
    "40 ms, pauses of 40 ms": (Line(on=0.04, gap=0.04), 0.02),
    "high 4 dB stronger": (Line(twist=4), 0.0),
    "low 8 dB stronger": (Line(twist=-8), 0.01),
    "1.5 % off": (Line(off=0.015), 0.02),
    "1.5 % off, -25 dBm0, noise 20 dB below": (Line(off=0.015, level=-25, snr=20), 0.05),
}


@pytest.mark.parametrize("case", CASES)
def test_keys_are_recognised_once_each(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    line, bound = CASES[case]
    pressed, wave = line.press(np.random.default_rng(SEED))
    found = detected(frames(wave))
    missed, extra = _compare(pressed, found)
    with capsys.disabled():
        print(f"\n  {case:42} {PRESSES} keys: missed {missed / PRESSES:6.2%}, wrong or double {extra / PRESSES:6.2%}")
    assert missed <= bound * PRESSES
    assert extra <= bound * PRESSES


def test_keys_that_we_press_as_tones_are_heard_as_pressed() -> None:
    assert detected(frames(tones.keys(KEYS * 4).astype(float))) == KEYS * 4


def test_speech_is_hardly_ever_taken_for_a_key(capsys: pytest.CaptureFixture[str]) -> None:
    minutes = 4
    found = detected(frames(speech(np.random.default_rng(SEED), 60 * minutes)))
    with capsys.disabled():
        print(f"\n  speech-like sound: {len(found) / minutes:.2f} keys a minute imagined ({found})")
    assert len(found) <= 0.5 * minutes


def test_noise_presses_no_key_and_music_hardly_ever() -> None:
    dice = np.random.default_rng(SEED)
    assert detected(frames(noise(dice, 60 * RATE, -20))) == ""
    chords = np.concatenate([chord(dice) for _ in range(240)])
    assert len(detected(frames(chords))) <= 4  # F5 with F♯6 is, to the hertz, the key 3


def chord(dice: np.random.Generator) -> Wave:
    """A quarter of a second of two notes, each with its overtones."""
    one, other = (440 * 2 ** (dice.integers(-12, 24, 2) / 12)).tolist()
    parts = [sines((n * one, n * other), (-15 - 6 * n, -15 - 6 * n), 0.25) for n in (1, 2, 3)]
    return np.asarray(np.sum(parts, axis=0), np.float64)


def test_frequencies_that_are_too_far_off_are_no_keys() -> None:
    _, wave = Line(off=0.035).press(np.random.default_rng(SEED))
    assert detected(frames(wave)) == ""


def test_one_long_press_is_one_key_and_a_dropout_does_not_double_it() -> None:
    rows = frames(sines(tones.key_frequencies("7"), (-10, -10), 2.0))
    assert detected(rows) == "7"
    rows[50] = rows[49] // 2  # what is made of a lost packet
    assert detected(rows) == "7"


def test_a_press_too_short_to_count_is_none() -> None:
    clicks = [sines(tones.key_frequencies(key), (-10, -10), 0.02) for key in KEYS * 10]
    wave = np.concatenate([part for click in clicks for part in (click, np.zeros(530))])
    assert len(detected(frames(wave))) <= 2


def test_many_legs_are_told_apart_and_keep_their_state_when_they_move() -> None:
    legs = np.stack([frames(np.resize(tones.keys(key, on=0.1, off=0.4), 8000).astype(float)) for key in KEYS])
    before, found = KeyDetector(len(KEYS)), []
    for number in range(2):
        found += before.heard(legs[:, number])
    after, order = KeyDetector(len(KEYS)), np.arange(len(KEYS))[::-1].copy()
    after.take_over(before, order, np.arange(len(KEYS)))
    for number in range(2, 10):
        found += [(int(order[row]), key) for row, key in after.heard(legs[order, number])]
    assert sorted(found) == sorted(enumerate(KEYS))


def _compare(pressed: str, found: str) -> tuple[int, int]:
    """Missed and extra keys, by the longest common subsequence."""
    row = np.zeros(len(found) + 1, np.int64)
    for key in pressed:
        same = np.array([one == key for one in found], bool)
        best = row.copy()
        best[1:][same] = row[:-1][same] + 1
        row = np.maximum.accumulate(np.maximum(best, row))
    common = int(row[-1])
    return len(pressed) - common, len(found) - common
