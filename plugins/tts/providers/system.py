"""The voices of Windows and macOS, through pyttsx3 when it is installed."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from plugins.tts.providers.provider import run
from plugins.tts.segments import Words

WORDS_A_MINUTE = 180
SCRIPT = """
import sys, pyttsx3
language, voice, speed, out = sys.argv[1:]
engine = pyttsx3.init()
def fits(each):
    tags = " ".join(str(tag) for tag in (each.languages or [])) + " " + each.id
    return voice in {each.id, each.name} if voice else language in tags.lower()
chosen = next((each for each in engine.getProperty("voices") if fits(each)), None)
if chosen is None:
    sys.exit(3)
engine.setProperty("voice", chosen.id)
engine.setProperty("rate", int(speed))
engine.save_to_file(sys.stdin.buffer.read().decode(), out)
engine.runAndWait()
"""


class SystemVoices:
    """Elsewhere pyttsx3 would only find espeak, which is here already."""

    name = "pyttsx3"

    def there(self) -> bool:
        return sys.platform in {"win32", "darwin"} and importlib.util.find_spec("pyttsx3") is not None

    def speaks(self, language: str) -> bool:
        return True

    async def speak(self, words: Words, voice: str, rate: float, out: Path) -> None:
        speed = str(round(WORDS_A_MINUTE * rate))
        await run([sys.executable, "-I", "-c", SCRIPT, words.language, voice, speed, str(out)], words.text)
