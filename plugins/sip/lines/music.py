"""The music of a house that has none: soft broken chords, made once, nobody's property."""

from __future__ import annotations

import functools

import numpy as np

RATE = 8_000
CHORDS = ((262, 330, 392, 494), (220, 262, 330, 440), (175, 220, 262, 349), (196, 247, 294, 392))
NOTE_SECONDS = 0.5
RECORD_TONE = 0.3


@functools.cache
def on_hold() -> bytes:
    """Eight seconds that can be repeated: 16 bit little-endian samples, 8 kHz, mono."""
    tones = [_note(frequency) for chord in CHORDS for frequency in chord]
    return np.concatenate(tones).astype("<i2").tobytes()


@functools.cache
def ringback() -> bytes:
    """450 Hz, one second of five: what a caller hears while it rings at the other end."""
    t = np.arange(RATE) / RATE
    tone = np.sin(2 * np.pi * 450 * t) * 5_000
    return np.concatenate([tone, np.zeros(4 * RATE)]).astype("<i2").tobytes()


@functools.cache
def record_tone() -> bytes:
    """1000 Hz, `RECORD_TONE` seconds: what is said after it is kept."""
    t = np.arange(int(RATE * RECORD_TONE)) / RATE
    return (np.sin(2 * np.pi * 1000 * t) * 8_000).astype("<i2").tobytes()


def _note(frequency: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    t = np.arange(int(RATE * NOTE_SECONDS)) / RATE
    fade = np.minimum(1, t / 0.01) * np.exp(-3.5 * t) * np.minimum(1, (NOTE_SECONDS - t) / 0.02)
    wave = np.sin(2 * np.pi * frequency * t) + 0.3 * np.sin(4 * np.pi * frequency * t)
    sound: np.ndarray[tuple[int], np.dtype[np.float64]] = 4_500 * fade * wave
    return sound
