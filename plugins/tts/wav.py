"""Joins what providers spoke into one file for the telephone: 8,000 frames a second, one channel, 16 bit."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 8000
Sound = NDArray[np.float64]
_TAPS = 63
_PEAK = 0.7 * 32767  # loud enough on a telephone, with room for the mixer


def read(path: Path) -> Sound:
    """Any 16 bit wav file at our rate, its channels mixed. Raises wave.Error, EOFError, ValueError."""
    with wave.open(str(path), "rb") as file:
        if file.getsampwidth() != 2:
            raise ValueError("not 16 bit")
        frames = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.float64)
        return resampled(frames.reshape(-1, file.getnchannels()).mean(axis=1), file.getframerate())


def resampled(sound: Sound, rate: int) -> Sound:
    """At 8,000 frames a second; what a telephone cannot carry is filtered out first, or it would come back as hiss."""
    if rate == RATE or sound.size == 0:
        return sound
    if rate > RATE:
        sound = np.convolve(sound, _low_pass(0.9 * RATE / 2 / rate), mode="same")
    at = np.arange(0, sound.size, rate / RATE)
    slower: Sound = np.interp(at, np.arange(sound.size), sound)
    return slower


def silence(seconds: float) -> Sound:
    """Nothing to be heard."""
    return np.zeros(round(seconds * RATE))


def chime() -> Sound:
    """Two soft tones that mean: here words should be."""
    at = np.arange(int(0.22 * RATE)) / RATE
    fade = np.minimum(1.0, np.minimum(at, at[-1] - at) / 0.02)
    return np.concatenate([_PEAK * 0.4 * fade * np.sin(2 * np.pi * pitch * at) for pitch in (660.0, 528.0)])


def write(parts: Sequence[Sound], path: Path) -> float:
    """All parts in a row, at an even loudness; returns how long that is, in seconds."""
    sound = np.concatenate([*parts, silence(0.05)])
    loudest = float(np.abs(sound).max())
    if loudest > 0:
        sound = sound * (min(_PEAK / loudest, 4.0))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.clip(sound, -32768, 32767).astype("<i2").tobytes())
    return sound.size / RATE


def length(path: Path) -> float:
    """In seconds. Raises wave.Error or EOFError for what is no wav file."""
    with wave.open(str(path), "rb") as file:
        return file.getnframes() / file.getframerate()


def _low_pass(cutoff: float) -> Sound:
    """A windowed sinc; `cutoff` as a share of the sampling rate."""
    at = np.arange(_TAPS) - (_TAPS - 1) / 2
    kernel: Sound = 2 * cutoff * np.sinc(2 * cutoff * at) * np.hamming(_TAPS)
    kernel /= kernel.sum()
    return kernel
