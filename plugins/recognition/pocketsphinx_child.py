"""A child of the recognition plugin: a wav file on standard input, {"text"} on standard output.

It knows nothing of the hub. The model was trained on 16,000 frames a second; a telephone's 8,000 are doubled.
"""

import importlib
import io
import json
import os
import sys
import wave

import numpy as np

RATE = 16_000
PIECE = 4096
NICE = 10


def sound(data: bytes) -> bytes:
    """One channel of signed 16 bit at the model's rate. Raises wave.Error, ValueError."""
    with wave.open(io.BytesIO(data)) as file:
        if file.getsampwidth() != 2:
            raise ValueError("not 16 bit")
        frames = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        mixed = frames.reshape(-1, file.getnchannels()).astype(np.float64).mean(axis=1)
        seconds, rate = len(mixed) / file.getframerate(), file.getframerate()
    if rate != RATE and len(mixed):
        at = np.arange(int(seconds * RATE)) * (rate / RATE)
        mixed = np.interp(at, np.arange(len(mixed)), mixed)
    return bytes(mixed.clip(-32768, 32767).astype("<i2").tobytes())


def read(frames: bytes) -> str:
    decoder = importlib.import_module("pocketsphinx").Decoder(samprate=RATE, loglevel="FATAL")
    decoder.start_utt()
    for start in range(0, len(frames), PIECE * 2):
        decoder.process_raw(frames[start : start + PIECE * 2])
    decoder.end_utt()
    found = decoder.hyp()
    return str(found.hypstr) if found else ""


if __name__ == "__main__":
    os.nice(NICE)
    sys.stdout.write(json.dumps({"text": read(sound(sys.stdin.buffer.read()))}))
