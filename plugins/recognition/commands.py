"""`hub recognition read`: what a recogniser makes of a file, without a call."""

import argparse
import asyncio
import sys
from pathlib import Path

from hub.api import Transcript
from plugins.recognition.listener import Listener, is_installed


def configure(parser: argparse.ArgumentParser) -> None:
    """`message.wav --language en`."""
    parser.add_argument("file", type=Path, help="a wav file")
    parser.add_argument("--language", default="en")
    parser.add_argument("--deadline", type=float, default=120.0, help="seconds it may take")


def run(options: argparse.Namespace) -> int:
    """Say what was heard; 1 when nothing was, 2 when nobody can listen."""
    if not is_installed():
        sys.stderr.write("pocketsphinx is not installed: pip install 'contact-hub[recognition]'\n")
        return 2
    heard = asyncio.run(_read(options.file.read_bytes(), options.language, options.deadline))
    sys.stdout.write(f"{heard.text}\n" if heard else "")
    return 0 if heard else 1


async def _read(audio: bytes, language: str, deadline: float) -> Transcript | None:
    return await Listener(_tell).recognise(audio, language, deadline)


def _tell(what: str, error: Exception) -> None:
    sys.stderr.write(f"{what}: {error}\n")
