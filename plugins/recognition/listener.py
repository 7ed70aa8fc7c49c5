"""pocketsphinx in a process of its own: its C code can neither stop the hub nor stay longer than it may."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from hub.api import Transcript

CHILD = Path(__file__).with_name("pocketsphinx_child.py")
PROVIDER = "pocketsphinx"
LANGUAGES = frozenset({"en"})
LEAST = 0.5
"""Seconds that are worth starting a process for."""

Tell = Callable[[str, Exception], None]


class Failed(Exception):
    """The child could not read the file."""


def is_installed() -> bool:
    return importlib.util.find_spec("pocketsphinx") is not None


class Listener:
    """Reads one file at a time: it takes a core for as long as half the file lasts."""

    def __init__(self, tell: Tell, child: tuple[str, ...] = (sys.executable, str(CHILD))) -> None:
        self._tell = tell
        self._child = child
        self._turn = asyncio.Lock()

    async def recognise(self, audio: bytes, language: str, deadline: float) -> Transcript | None:
        """See `hub.api.Recognition`: English only; None for what it does not know, did not catch or not in time."""
        spoken = language.partition("-")[0].lower()
        if spoken not in LANGUAGES or deadline < LEAST:
            return None
        try:
            async with asyncio.timeout(deadline), self._turn:
                return _transcript(await self._read(audio), spoken)
        except TimeoutError:
            return None
        except (OSError, ValueError, KeyError, Failed) as error:
            self._tell("recogniser", error)
            return None

    async def _read(self, audio: bytes) -> bytes:
        pipe = asyncio.subprocess.PIPE
        child = await asyncio.create_subprocess_exec(
            *self._child, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
        )
        try:
            said, _ = await child.communicate(audio)
        finally:
            if child.returncode is None:
                with suppress(ProcessLookupError):
                    child.kill()
                await child.wait()
        if child.returncode:
            raise Failed(f"the recogniser ended with {child.returncode}")
        return said


def _transcript(said: bytes, language: str) -> Transcript | None:
    text = str(json.loads(said)["text"]).strip()
    return Transcript(text, language, PROVIDER) if text else None
