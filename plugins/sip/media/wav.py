"""Wav files: read what people bring as prompts, write what we record."""

from __future__ import annotations

import io
import struct
import wave
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
import numpy.typing as npt

from plugins.sip.media.engine import MediaError
from plugins.sip.media.g711 import RATE, Samples, to_samples

HEADER_BYTES: Final = 44
_SAMPLE_BYTES: Final = 2
_FILTER_TAPS: Final = 64


def read(audio: bytes) -> Samples:
    """A PCM wav file of 16 bits, any rate and channels, or bare 16 bit samples at 8 kHz. Raises MediaError."""
    if not audio.startswith(b"RIFF"):
        return np.frombuffer(audio[: len(audio) & ~1], "<i2").astype(np.int16)
    try:
        with wave.open(io.BytesIO(audio)) as file:
            width, channels, rate = file.getsampwidth(), file.getnchannels(), file.getframerate()
            frames = file.readframes(file.getnframes())
    except (wave.Error, EOFError, struct.error) as error:
        raise MediaError(f"no wav file that can be played: {error}") from error
    if width != _SAMPLE_BYTES or rate <= 0:
        raise MediaError(f"a wav file must have 16 bits a sample; this one has {8 * width}")
    samples = np.frombuffer(frames[: len(frames) // (2 * channels) * 2 * channels], "<i2")
    return to_rate(samples.reshape(-1, channels).mean(axis=1), rate)


def to_rate(samples: npt.NDArray[np.floating], rate: int) -> Samples:
    """To 8 kHz, with what 8 kHz cannot carry taken out before (a windowed sinc)."""
    if rate > RATE:
        samples = np.convolve(samples, _low_pass(0.45 * RATE / rate), mode="same") if len(samples) else samples
    if rate != RATE and len(samples):
        times = np.arange(int(len(samples) * RATE / rate)) * (rate / RATE)
        samples = np.interp(times, np.arange(len(samples)), samples)
    return to_samples(samples)


def header(channels: int, data_bytes: int) -> bytes:
    """The 44 octets before 16 bit samples at 8 kHz."""
    align = channels * _SAMPLE_BYTES
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, channels, RATE, RATE * align, align, 16)
    return struct.pack("<4sI4s", b"RIFF", 36 + data_bytes, b"WAVE") + form + struct.pack("<4sI", b"data", data_bytes)


def finish(file: BinaryIO, channels: int = 2) -> float:
    """Write the true length into the header of a file that has grown; answers its seconds."""
    align = channels * _SAMPLE_BYTES
    data_bytes = max(0, file.seek(0, io.SEEK_END) - HEADER_BYTES) // align * align
    file.truncate(HEADER_BYTES + data_bytes)
    file.seek(0)
    file.write(header(channels, data_bytes))
    return data_bytes / (align * RATE)


def mend(path: Path) -> float:
    """The same for a file whose writer died. Raises MediaError when there is none."""
    try:
        with path.open("r+b") as file:
            return finish(file)
    except OSError as error:
        raise MediaError(f"{path.name} cannot be finished: {error.strerror}") from error


def write(path: Path, samples: Samples) -> None:
    """A whole file; samples (n,) or (n, channels)."""
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    path.write_bytes(header(channels, samples.size * _SAMPLE_BYTES) + samples.astype("<i2").tobytes())


def _low_pass(cutoff: float) -> npt.NDArray[np.float64]:
    """Coefficients; `cutoff` in cycles a sample."""
    times = np.arange(-_FILTER_TAPS, _FILTER_TAPS + 1)
    taps = np.sinc(2 * cutoff * times) * np.hamming(len(times))
    return np.asarray(taps / taps.sum(), np.float64)
