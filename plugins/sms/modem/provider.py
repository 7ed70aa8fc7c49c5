"""A GSM modem as a provider: single segments out, what its SIM keeps in, and deleted there once it is stored here."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Final, TypeVar, cast

from hub.api import (
    AnyAccount,
    AnyConnection,
    Context,
    Json,
    OutcomeUnknown,
    Overloaded,
    Raw,
    Ready,
    Rejected,
    UnknownAccount,
    Unreachable,
    crash_point,
)
from plugins.sms.modem import meaning, setup, tpdu
from plugins.sms.modem.dialogue import Dialogue
from plugins.sms.modem.line import Line
from plugins.sms.modem.octets import BadTpdu
from plugins.sms.modem.settings import Mode, ModemSettings
from plugins.sms.modem.tpdu import Alphabets
from plugins.sms.modem.turns import Turns
from plugins.sms.provider import Coding, News, Outgoing, Submitted, Take

NAME: Final = "modem"
ALPHABETS: Final = {Coding.GSM7: Alphabets.GSM, Coding.UCS2: Alphabets.UCS2, Coding.OCTETS: Alphabets.OCTETS}
AGAIN: Final = 1.0
_SENT: Final = re.compile(r"\+CMGS: ?(\d{1,3})")
T = TypeVar("T")


class Modem:
    """One object for all connections of the kind."""

    kind = NAME
    segments = True

    def __init__(self, context: Context) -> None:
        self._dialogues: dict[int, Dialogue] = {}
        self._turns: defaultdict[int, Turns] = defaultdict(Turns)

    async def listen(self, connection: AnyConnection, take: Take, ready: Ready) -> None:
        """Hold the line; take what the SIM has, and what comes. Raises Unreachable when it is unplugged."""
        settings = cast("ModemSettings", connection.settings.of_kind)
        async with _opened(settings) as (dialogue, running):
            await _while(running, setup.prepare(dialogue, settings))
            self._dialogues[connection.id] = dialogue
            try:
                await _while(running, _hear(_Hearing(dialogue, settings, take), ready))
            finally:
                self._dialogues.pop(connection.id, None)

    async def submit(self, connection: AnyConnection, outgoing: Outgoing) -> Submitted:
        """One segment. Raises a SendError."""
        dialogue = self._dialogues.get(connection.id)
        if dialogue is None:
            raise Unreachable("the modem is not plugged in, or not ready")
        settings = cast("ModemSettings", connection.settings.of_kind)
        command, text = _said(settings, outgoing)
        with self._turns[connection.id].taken(outgoing):
            answer = " ".join(await dialogue.send(command, text, settings.send_seconds))
        sent = _SENT.search(answer)
        if sent is None:
            raise OutcomeUnknown("the modem took it, and gave it no number")
        return Submitted(meaning.name_of(int(sent[1]), outgoing.to))

    async def probe(self, connection: AnyConnection) -> str:
        """Ask the modem, by the line that is held, or by one of its own."""
        settings = cast("ModemSettings", connection.settings.of_kind)
        if held := self._dialogues.get(connection.id):
            return f"{settings.device}: {await setup.signal(held)}"
        async with _opened(settings) as (dialogue, running):
            return await _while(running, _probed(dialogue, settings))

    def read(self, raw: Raw, account: AnyAccount | None = None) -> Sequence[News]:
        """What it said. Raises Malformed."""
        return meaning.read(raw)


class _Hearing:
    """Takes texts and reports from a modem, and frees their places in the SIM."""

    def __init__(self, dialogue: Dialogue, settings: ModemSettings, take: Take) -> None:
        self._dialogue, self._settings, self._take = dialogue, settings, take
        self._meta: dict[str, Json] = {"to": settings.number, "mode": settings.mode.value}

    async def look(self) -> None:
        """Everything the SIM has. Each place is freed after its text is stored, and not before."""
        every = "4" if self._settings.mode is Mode.PDU else '"ALL"'
        lines = await self._dialogue.ask(f"AT+CMGL={every}")
        for head, text in pairwise(lines):
            place = re.match(r"\+CMGL: ?(\d{1,4})", head)
            said = text if self._settings.mode is Mode.PDU else f"{_without_place(head)}\n{text}"
            if place and await self._stored(said):
                crash_point("after_commit_before_ack")
                await self._dialogue.ask(f"AT+CMGD={place[1]}")

    async def unasked(self) -> None:
        """What the modem says by itself: a text has come, or a report."""
        while True:
            line, *behind = await self._dialogue.news.get()
            if line.startswith("+CDS:"):
                await self._stored(behind[0] if behind else line)
            elif line.startswith("+CMTI:"):
                await self.look()

    async def signal(self, ready: Ready) -> None:
        """Show the signal; and look, from time to time, for what it did not tell of."""
        while True:
            ready(f"{self._settings.device}: {await setup.signal(self._dialogue)}")
            await asyncio.sleep(self._settings.look_seconds)
            await self.look()

    async def _stored(self, said: str) -> bool:
        """Whether it is; a busy hub is asked again, what is for nobody stays in the SIM."""
        meta = {**self._meta, "mode": "text"} if said.startswith("+") else self._meta
        while True:
            try:
                await self._take(Raw(said.encode("ascii", "replace"), meta))
            except Overloaded:
                await asyncio.sleep(AGAIN)
            except UnknownAccount:
                return False
            else:
                return True


def _without_place(head: str) -> str:
    """Where a text lies in the SIM, and whether it was read, is not what it says: a second look is no second text."""
    return re.sub(r'^\+CMGL: ?\d+,"[^"]*"', '+CMGL: 0,""', head)


async def _hear(hearing: _Hearing, ready: Ready) -> None:
    await hearing.look()
    await asyncio.gather(hearing.unasked(), hearing.signal(ready))


async def _probed(dialogue: Dialogue, settings: ModemSettings) -> str:
    await setup.prepare(dialogue, settings)
    return f"{settings.device}: {await setup.signal(dialogue)}"


@asynccontextmanager
async def _opened(settings: ModemSettings) -> AsyncIterator[tuple[Dialogue, asyncio.Task[None]]]:
    line = await Line.open(settings.device, settings.baud)
    dialogue = Dialogue(line, settings.answer_seconds)
    running = asyncio.create_task(dialogue.run())
    try:
        yield dialogue, running
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await line.close()


async def _while(running: asyncio.Task[None], work: Coroutine[None, None, T]) -> T:
    """The work's result, as long as the line holds. Raises Unreachable when it ends."""
    task = asyncio.create_task(work)
    try:
        await asyncio.wait([running, task], return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        return await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _said(settings: ModemSettings, outgoing: Outgoing) -> tuple[str, str]:
    """The command, and what follows its prompt. Text mode has no header: a long text's parts come as several texts."""
    segment = outgoing.segment
    if settings.mode is Mode.TEXT:
        number = outgoing.to.encode("utf-16-be").hex().upper()
        return f'AT+CMGS="{number}"', segment.text.encode("utf-16-be", "replace").hex().upper()
    alphabet = ALPHABETS[segment.coding]
    try:
        length, line = tpdu.as_line(
            tpdu.Submit(outgoing.to, alphabet, segment.octets, segment.header, report=outgoing.receipt)
        )
    except BadTpdu as error:
        raise Rejected(f"this cannot be sent: {error}") from None
    return f"AT+CMGS={length}", line
