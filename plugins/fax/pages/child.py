"""The process that draws and reads pages, as the hub sees it: one a job, so what a document does to it ends with it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from plugins.fax.pages import wire
from plugins.fax.pages.options import PageLimits
from plugins.fax.pages.patience import OUT_OF_TIME
from plugins.fax.pages.problems import PageError, Problem

COMMAND: Final = (sys.executable, "-P", str(Path(__file__).with_name("start.py")))
_SIGNALS: Final = ("SIGPROF", "SIGXCPU", "SIGKILL")
_OUT_OF_TIME: Final = {OUT_OF_TIME} | {-getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)}


class Children:
    """At most `at_once` of them: the rest wait their turn."""

    def __init__(self, limits: PageLimits, at_once: int, command: Sequence[str] = COMMAND) -> None:
        self.limits = limits
        self._command = command
        self._turns = asyncio.Semaphore(at_once)

    async def do(
        self, work: str, asked: Mapping[str, Any], blobs: Sequence[bytes]
    ) -> tuple[dict[str, Any], list[bytes]]:
        """What the child said. Raises PageError, also where it crashed or was out of time or memory."""
        async with self._turns:
            code, out = await self._run(wire.packed({"work": work, "limits": self._bounds(), **asked}, blobs))
        if code in _OUT_OF_TIME:
            raise PageError(Problem.TOO_LARGE)
        try:
            said, made = wire.unpacked(out)
        except wire.Garbled as error:
            raise PageError(Problem.UNREADABLE) from error
        if "problem" in said:
            raise PageError(Problem(said["problem"]), said.get("file", ""))
        return said, made

    def _bounds(self) -> dict[str, float | None]:
        """For a document that is handed over now."""
        own = self.limits
        since = time.monotonic() if own.strange else None
        most: dict[str, float | None] = {"pages": own.pages, "pixels": own.pixels, "memory": own.memory}
        return most | {"page": own.page_seconds, "since": since}

    async def _run(self, told: bytes) -> tuple[int, bytes]:
        pipe = asyncio.subprocess.PIPE
        quiet = asyncio.subprocess.DEVNULL  # what native code complains of may quote the document
        child = await asyncio.create_subprocess_exec(
            *self._command, stdin=pipe, stdout=pipe, stderr=quiet, env=_environment()
        )
        out = b""
        try:
            async with asyncio.timeout(self.limits.seconds):
                out, _ = await child.communicate(told)
        except TimeoutError as error:
            raise PageError(Problem.TOO_LARGE) from error
        finally:
            if child.returncode is None:
                with suppress(ProcessLookupError):
                    child.kill()
                await child.wait()
        return child.returncode or 0, out


def _environment() -> dict[str, str]:
    """What it needs to find our packages, and nothing of the site's: secrets may stand there."""
    kept = ("PATH", "SYSTEMROOT", "WINDIR", "TESSDATA_PREFIX", "TEMP", "TMP", "TMPDIR", "HOME")
    own = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OMP_THREAD_LIMIT": "1", "PYTHONUTF8": "1"}
    return {name: os.environ[name] for name in kept if name in os.environ} | own
