"""What the plugin asks of whoever speaks."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from plugins.tts.segments import Words


class CannotSpeak(Exception):
    """This provider failed; the next one may try. Its words are for the log and name no customer's."""


class Provider(Protocol):
    """`name` is part of the cache's key."""

    name: str

    def there(self) -> bool:
        """Whether it is installed."""
        ...

    def speaks(self, language: str) -> bool:
        """Whether it has a voice for this language."""
        ...

    async def speak(self, words: Words, voice: str, rate: float, out: Path) -> None:
        """Write a 16 bit wav file. Raises CannotSpeak; must be cancellable, and leave no process behind."""
        ...


async def run(command: Sequence[str], text: str) -> None:
    """A child process that gets the text on its standard input. Killed when the caller loses patience."""
    child = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await child.communicate(text.encode())
    finally:
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
    if child.returncode:
        raise CannotSpeak(f"the process ended with {child.returncode}")
