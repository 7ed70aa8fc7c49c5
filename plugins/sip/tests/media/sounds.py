"""Sound to try detectors on: keys as lines spoil them, and something that is like speech, from a seed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from plugins.sip.media import tones
from plugins.sip.media.engine import Codec
from plugins.sip.media.g711 import FRAME, RATE, Samples, decode, encode, to_samples

Wave = npt.NDArray[np.float64]
_FULL = 32767 / 10 ** (tones.FULL_SCALE_DBM0 / 20)


def amplitude(dbm0: float) -> float:
    """Of a sine with this level."""
    return float(_FULL * 10 ** (dbm0 / 20))


def sines(frequencies: tuple[float, float], levels: tuple[float, float], seconds: float) -> Wave:
    """Two sines, each with its own level in dBm0."""
    times = np.arange(round(seconds * RATE)) / RATE
    low, high = (
        amplitude(level) * np.sin(2 * np.pi * frequency * times)
        for frequency, level in zip(frequencies, levels, strict=True)
    )
    return np.asarray(low + high, np.float64)


def noise(dice: np.random.Generator, count: int, dbm0: float) -> Wave:
    """White, with the power of a sine of this level."""
    return dice.normal(0, amplitude(dbm0) / np.sqrt(2), count)


def speech(dice: np.random.Generator, seconds: float) -> Wave:
    """Syllables of voiced harmonics under moving formants, with hiss and pauses between, at -15 dBm0 or so."""
    parts: list[Wave] = []
    while sum(map(len, parts)) < seconds * RATE:
        parts.append(_syllable(dice) if dice.random() < 0.8 else noise(dice, int(dice.uniform(400, 2400)), -50))
    return np.concatenate(parts)[: round(seconds * RATE)]


def _syllable(dice: np.random.Generator) -> Wave:
    times = np.arange(int(dice.uniform(0.08, 0.35) * RATE)) / RATE
    pitch = dice.uniform(85, 260) * (1 + dice.uniform(-0.25, 0.25) * times / times[-1])
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    formants = [(dice.uniform(250, 900), 80.0), (dice.uniform(800, 2500), 120.0), (dice.uniform(2200, 3300), 160.0)]
    wave = np.zeros_like(times)
    for harmonic in range(1, int(3600 / pitch.min()) + 1):
        frequency = harmonic * pitch.mean()
        gain = sum(1 / (1 + ((frequency - at) / width) ** 2) for at, width in formants)
        wave += gain * np.sin(harmonic * phase + dice.uniform(0, 2 * np.pi))
    wave += 0.02 * dice.normal(size=len(times)) * np.abs(wave).max()
    shaped = wave * np.hanning(len(times))
    return np.asarray(shaped * amplitude(dice.uniform(-25, -8)) / (np.abs(shaped).max() + 1e-9), np.float64)


def frames(wave: Wave, codec: Codec = Codec.PCMU) -> Samples:
    """As it comes over a line: through the codec, in rows of 20 ms."""
    samples = decode(encode(to_samples(wave), codec), codec)
    return samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
