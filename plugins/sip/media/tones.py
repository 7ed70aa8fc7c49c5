"""Tones made of sines: keys, and what a line says by them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from plugins.sip.media.g711 import RATE, Samples, to_samples

KEY_ROWS: Final = (697.0, 770.0, 852.0, 941.0)
KEY_COLUMNS: Final = (1209.0, 1336.0, 1477.0, 1633.0)
KEY_PAD: Final = ("123A", "456B", "789C", "*0#D")
FULL_SCALE_DBM0: Final = 3.14
"""Level of the loudest sine that G.711 carries (table 1 of G.711; 3.17 in µ-law)."""


def tone(frequencies: Sequence[float], seconds: float, level: float = -10.0, start: float = 0.0) -> Samples:
    """Sines of `level` dBm0 each; `start` is the phase in seconds."""
    amplitude = 32767 * 10 ** ((level - FULL_SCALE_DBM0) / 20)
    times = start + np.arange(round(seconds * RATE)) / RATE
    waves = np.sin(2 * np.pi * np.outer(np.asarray(frequencies, np.float64), times))
    return to_samples(amplitude * waves.sum(axis=0))


def silence(seconds: float) -> Samples:
    """Nothing."""
    return np.zeros(round(seconds * RATE), np.int16)


def key_frequencies(key: str) -> tuple[float, float]:
    """The two frequencies of a key (ITU-T Q.23). Raises ValueError."""
    for row, keys in zip(KEY_ROWS, KEY_PAD, strict=True):
        if key in keys:
            return row, KEY_COLUMNS[keys.index(key)]
    raise ValueError(f"{key!r} is no key")


def keys(pressed: str, on: float = 0.1, off: float = 0.08, level: float = -10.0) -> Samples:
    """Keys one after another, each followed by a pause."""
    parts = [part for key in pressed for part in (tone(key_frequencies(key), on, level), silence(off))]
    return np.concatenate([*parts, silence(0)])


def cadence(frequencies: Sequence[float], *, on: float, off: float, times: int, level: float = -15.0) -> Samples:
    """A tone that comes and goes, such as busy (425 Hz, 0.35 s on and off in China)."""
    return np.concatenate([tone(frequencies, on, level), silence(off)] * times)
