"""Piper, a neural voice, when its program and a voice file are there."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from plugins.tts.providers.provider import run
from plugins.tts.segments import Words


class Piper:
    """One voice file (onnx) a language."""

    name = "piper"

    def __init__(self, voices: Mapping[str, Path]) -> None:
        self._voices = voices

    def there(self) -> bool:
        return bool(self._voices) and shutil.which("piper") is not None

    def speaks(self, language: str) -> bool:
        return language in self._voices

    async def speak(self, words: Words, voice: str, rate: float, out: Path) -> None:
        model = voice or str(self._voices[words.language])
        line = " ".join(words.text.split())  # piper takes each line for a sentence of its own
        await run(["piper", "--model", model, "--length_scale", f"{1 / rate:.2f}", "--output_file", str(out)], line)
