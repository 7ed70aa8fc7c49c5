"""`hub tts say`: hear what a prompt sounds like, without a call."""

import argparse
import asyncio
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from plugins.tts.cache import Cache
from plugins.tts.providers import installed
from plugins.tts.settings import TtsSettings
from plugins.tts.speaker import CHIME, Speaker


def configure(parser: argparse.ArgumentParser) -> None:
    """`"text" out.wav --language zh`."""
    parser.add_argument("text", help="text, or SSML beginning with <speak>")
    parser.add_argument("out", type=Path, help="the wav file to write")
    parser.add_argument("--language", default="en", choices=["en", "zh"])
    parser.add_argument("--voice", default="", help="a voice of the provider's own")
    parser.add_argument("--rate", type=float, default=1.0, help="0.5 to 2")


def run(options: argparse.Namespace) -> int:
    """Write the file; 1 when nobody could speak."""
    with TemporaryDirectory() as folder:
        audio = asyncio.run(_say(options, Path(folder)))
    sys.stdout.write(f"{options.out}: {audio[1]:.1f} s by {audio[0]}\n")
    return 1 if audio[0] == CHIME else 0


def _tell(what: str, error: Exception) -> None:
    sys.stderr.write(f"{what}: {error}\n")


async def _say(options: argparse.Namespace, folder: Path) -> tuple[str, float]:
    settings = TtsSettings()
    speaker = Speaker(installed(settings), Cache(folder, settings.cache_bytes), 60.0, 1, _tell)
    audio = await speaker.speak(options.text, options.language, options.voice, options.rate)
    shutil.copyfile(audio.path, options.out)
    return audio.provider, audio.seconds
