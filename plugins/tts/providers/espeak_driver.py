"""The child process in which espeak-ng speaks: `espeak_driver.py VOICE WORDS_A_MINUTE OUT.wav`, the text on stdin.

Only here is the library loaded: whatever it does, a call and the hub go on. See speak_lib.h of espeak-ng for the names.
"""

from __future__ import annotations

import ctypes
import sys
import wave

import espeakng_loader  # type: ignore[import-untyped]  # carries no types

RETRIEVAL = 1  # AUDIO_OUTPUT_RETRIEVAL: no sound card, samples come to the callback
DONT_EXIT = 0x8000  # espeakINITIALIZE_DONT_EXIT
RATE_PARAMETER = 1
UTF8, END_PAUSE = 1, 0x1000
Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def speak(voice: str, speed: int, text: str, out: str) -> int:
    """Write the wav file; the exit code: 0, 2 no library or data, 3 no such voice, 4 it would not speak."""
    library = ctypes.cdll.LoadLibrary(espeakng_loader.get_library_path())
    rate = library.espeak_Initialize(RETRIEVAL, 0, espeakng_loader.get_data_path().encode(), DONT_EXIT)
    if rate <= 0:
        return 2
    heard: list[bytes] = []

    def hear(samples: ctypes._Pointer[ctypes.c_short], count: int, _events: int | None) -> int:
        if count > 0:
            heard.append(ctypes.string_at(samples, count * 2))
        return 0

    callback = Callback(hear)
    library.espeak_SetSynthCallback(callback)
    if library.espeak_SetVoiceByName(voice.encode()) != 0:
        return 3
    library.espeak_SetParameter(RATE_PARAMETER, max(80, min(speed, 450)), 0)
    spoken = text.encode() + b"\0"
    failed = library.espeak_Synth(spoken, len(spoken), 0, 0, 0, UTF8 | END_PAUSE, None, None)
    if failed or library.espeak_Synchronize() or not heard:
        return 4
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"".join(heard))
    return 0


if __name__ == "__main__":
    sys.exit(speak(sys.argv[1], int(sys.argv[2]), sys.stdin.buffer.read().decode(), sys.argv[3]))
