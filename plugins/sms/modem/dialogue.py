"""Commands and their answers on a line (ITU-T V.250, 3GPP TS 27.007), and what the modem says unasked."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Any, Final

from hub.api import OutcomeUnknown, SendError, Unreachable
from plugins.sms.modem.line import PROMPT, Line
from plugins.sms.modem.results import error_of

CTRL_Z: Final = "\x1a"
ESCAPE: Final = "\x1b"
UNASKED: Final = ("+CMTI:", "+CDS:", "+CDSI:", "+CMT:", "+CREG:", "RING", "+CLIP:", "NO CARRIER", "^", "*")
WITH_A_LINE_BEHIND: Final = re.compile(r"\+CDS: ?\d+$|\+CMT:")
"""A report in text mode stands in one line, one in PDU mode behind its length."""


class Dialogue:
    """`run` reads until the line ends; meanwhile `ask` and `send` talk. `news` has what came unasked: its lines."""

    def __init__(self, line: Line, answer_seconds: float) -> None:
        self._line, self._seconds = line, answer_seconds
        self._turn = asyncio.Lock()
        self._answer: list[str] | None = None
        self._final: asyncio.Future[str] | None = None
        self._prompt: asyncio.Future[None] | None = None
        self.news: asyncio.Queue[tuple[str, ...]] = asyncio.Queue()

    async def run(self) -> None:
        """Raises Unreachable when the line ends."""
        try:
            while (line := await self._line.lines.get()) is not None:
                await self._meet(line)
        finally:
            for waiting in (self._final, self._prompt):
                if waiting is not None and not waiting.done():
                    waiting.set_exception(OutcomeUnknown("the modem was unplugged before it answered"))
        raise Unreachable("the modem was unplugged")

    async def ask(self, command: str) -> Sequence[str]:
        """The lines of the answer, without the OK. Raises a SendError; Unreachable where the modem is silent."""
        async with self._turn:
            try:
                return await self._asked(command + "\r", self._seconds)
            except TimeoutError:
                raise Unreachable(f"the modem does not answer to {command.partition('=')[0]}") from None

    async def send(self, command: str, text: str, seconds: float) -> Sequence[str]:
        """A command that prompts for a text. Raises a SendError: OutcomeUnknown when it may have gone."""
        async with self._turn:
            await self._prompted(command)
            try:
                return await self._asked(text + CTRL_Z, seconds)
            except TimeoutError:
                raise OutcomeUnknown("the network did not answer") from None

    async def _prompted(self, command: str) -> None:
        """Wait for the prompt; an error comes in its place."""
        self._prompt = asyncio.get_running_loop().create_future()
        self._final = asyncio.get_running_loop().create_future()
        self._answer = []
        try:
            await self._line.write(command + "\r")
            either: list[asyncio.Future[Any]] = [self._prompt, self._final]
            async with asyncio.timeout(self._seconds):
                await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if self._final.done():
                raise _surely_not(self._final)
        except TimeoutError:
            await self._line.write(ESCAPE)
            raise Unreachable("the modem does not ask for the text") from None
        finally:
            if self._prompt.done() and not self._prompt.cancelled():
                self._prompt.exception()  # both ends of a cut line are told once
            self._prompt = self._final = self._answer = None

    async def _asked(self, written: str, seconds: float) -> Sequence[str]:
        self._answer, self._final = [], asyncio.get_running_loop().create_future()
        answer = self._answer
        try:
            await self._line.write(written)
            async with asyncio.timeout(seconds):
                final = await self._final
        finally:
            self._answer = self._final = None
        if final != "OK":
            raise error_of(final)
        return answer

    async def _meet(self, line: str) -> None:
        if line == PROMPT:
            if self._prompt is not None and not self._prompt.done():
                self._prompt.set_result(None)
        elif line.startswith(UNASKED):
            behind = (await self._line.lines.get() or "",) if WITH_A_LINE_BEHIND.match(line) else ()
            self.news.put_nowait((line, *behind))
        elif line in ("OK", "ERROR") or line.startswith(("+CME ERROR", "+CMS ERROR")):
            if self._final is not None and not self._final.done():
                self._final.set_result(line)
        elif self._answer is not None and not line.startswith("AT"):
            self._answer.append(line)


def _surely_not(final: asyncio.Future[str]) -> SendError:
    """Why the modem took no text at all: whatever it says, nothing has gone."""
    error = final.exception()
    told = error if isinstance(error, SendError) else error_of(final.result())
    return Unreachable(told.detail) if isinstance(told, OutcomeUnknown) else told
