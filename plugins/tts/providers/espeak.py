"""espeak-ng, through the library that espeakng-loader carries (1.52: Mandarin needs it)."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from plugins.tts.providers.provider import run
from plugins.tts.segments import Words

DRIVER = Path(__file__).with_name("espeak_driver.py")
VOICES = {"en": "en-us", "zh": "cmn"}
WORDS_A_MINUTE = {"en": 160, "zh": 165}


class Espeak:
    """Small, quick, speaks both languages, sounds like a machine."""

    name = "espeak"

    def there(self) -> bool:
        return importlib.util.find_spec("espeakng_loader") is not None

    def speaks(self, language: str) -> bool:
        return language in VOICES

    async def speak(self, words: Words, voice: str, rate: float, out: Path) -> None:
        speed = round(WORDS_A_MINUTE[words.language] * rate)
        await run(
            [sys.executable, "-I", str(DRIVER), voice or VOICES[words.language], str(speed), str(out)], words.text
        )
