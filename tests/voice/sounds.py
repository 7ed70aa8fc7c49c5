"""What is in a recording."""

from __future__ import annotations

import io
import wave

import numpy as np

from tests.voice.baresip import Sound

SECOND = 8000  # samples


def stereo(data: bytes) -> tuple[Sound, Sound]:
    """Left and right of a wav file: what the customer said, and what they heard."""
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, 8000)
        both = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float64)
    return both[0::2], both[1::2]


def share(sound: Sound, frequency: float) -> float:
    """How much of it is this tone, 0 to 1."""
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2
    near = np.abs(np.fft.rfftfreq(len(sound), 1 / 8000) - frequency) < 15
    return float(spectrum[near].sum() / max(1.0, spectrum.sum()))


def loudest(sound: Sound, frequency: float) -> float:
    """The share of this tone in the second that has most: what a busy machine did to the others is not judged."""
    return max(share(sound[at : at + SECOND], frequency) for at in range(0, max(1, len(sound) - SECOND + 1), SECOND))
