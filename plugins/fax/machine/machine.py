"""The machine: what it sends and is sent, one call at a time, with a ledger of it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from plugins.fax.machine import descriptions
from plugins.fax.machine.descriptions import Media, NothingInCommon
from plugins.fax.machine.telephone import Call, NoCall, Telephone
from plugins.fax.terminal.ending import ending
from plugins.fax.terminal.job import Done, Event, Job, PageDone
from plugins.fax.terminal.process import FaxError
from plugins.fax.terminal.terminals import Session, Terminals

LAST_WORDS: Final = 0.4
BETWEEN_KEYS: Final = 2.5
"""Seconds: somebody listens to what each key leads to."""


class Takes(StrEnum):
    """How it treats T.38: ASKS for it when called, takes it when ASKED, or knows SOUND alone."""

    ASKS = "asks"
    ASKED = "asked"
    SOUND = "sound"


@dataclass(slots=True)
class Entry:
    """One fax in the ledger. `file` has the pages of one that came in; `code` says how it ended, "" while it lasts;
    `over`: the call has ended, too; `sub_address` is who was meant behind the number."""

    id: int
    direction: str
    number: str
    pages: int = 0
    code: str = ""
    text: str = ""
    t38: bool = False
    file: str = ""
    over: bool = False
    sub_address: str = ""

    def as_json(self) -> dict[str, Any]:
        """For the page and the tests."""
        return {**asdict(self), "file": bool(self.file)}


class Machine:
    """`answers`: whether it takes calls (BUSY otherwise). An async context manager."""

    def __init__(
        self, number: str, folder: Path, hub: tuple[str, int] | None = None, takes: Takes = Takes.ASKED
    ) -> None:
        self.number, self.takes = number, takes
        self.answers = True
        self.entries: list[Entry] = []
        self.telephone = Telephone(number, hub, self._rung)
        self._folder = folder
        self._terminals = Terminals()
        self._numbers = itertools.count(1)
        self._tasks: set[asyncio.Task[Any]] = set()
        self.news = asyncio.Event()

    async def __aenter__(self) -> Machine:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.telephone.forget()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.telephone.close()
        await self._terminals.__aexit__()

    def send(self, to: str, tiff: bytes, sub_address: str = "") -> Entry:
        """Dial and send; the entry tells how it goes."""
        entry = self._entry("OUT", to)
        entry.sub_address = sub_address
        self._pages(entry).write_bytes(tiff)
        job = Job(True, send=self._pages(entry), ident=self.number, sub_address=sub_address)
        self._soon(entry, self._sent(entry, job))
        return entry

    def fetch(self, to: str, keys: str = "") -> Entry:
        """Dial, press these keys one after another, then START with nothing to send: the other side is to (fax on
        demand)."""
        entry = self._entry("IN", to)
        self._soon(entry, self._sent(entry, Job(False, receive=self._pages(entry), ident=self.number), keys))
        return entry

    async def ended(self, entry: Entry) -> Entry:
        """When it is over."""
        await self.until(lambda: entry.over)
        return entry

    async def until(self, true: Callable[[], bool]) -> None:
        """Something happens that makes this true."""
        while not true():
            self.news.clear()
            await self.news.wait()

    def file(self, number: int) -> Path | None:
        """The pages of one that came in."""
        return next((Path(each.file) for each in self.entries if each.id == number and each.file), None)

    def _entry(self, direction: str, number: str) -> Entry:
        self.entries.append(Entry(next(self._numbers), direction, number))
        self.news.set()
        return self.entries[-1]

    def _pages(self, entry: Entry) -> Path:
        return self._folder / f"{entry.id}.tiff"

    async def _sent(self, entry: Entry, job: Job, keys: str = "") -> None:
        session = await self._terminals.open(job)
        try:
            call, body = await self.telephone.dial(entry.number, descriptions.sound(session.near[1], 1))
            faxing = _Faxing(self, entry, call, session, asks=False)
            for key in keys:
                await asyncio.sleep(BETWEEN_KEYS)
                await call.press(key)
            await faxing.run(descriptions.read(body))
        except (NoCall, NothingInCommon) as error:
            entry.text, entry.code = str(error), f"SIP_{getattr(error, 'code', 488)}"
        finally:
            await session.stop()
            entry.file = str(job.receive) if job.receive and entry.pages else ""
            self._over(entry)

    def _rung(self, call: Call) -> None:
        if call.invite is None:
            return
        if self.answers:
            entry = self._entry("IN", call.invite.from_address.uri.user or "")
            self._soon(entry, self._received(entry, call))
        else:
            self.telephone.say(call.dialog.reply(call.invite, 486))
            call.over.set()

    async def _received(self, entry: Entry, call: Call) -> None:
        assert call.invite is not None
        pages = self._pages(entry)
        session = await self._terminals.open(Job(False, receive=pages, ident=self.number))
        try:
            theirs = descriptions.read(call.invite.body)
            codecs = (theirs.codec,) if theirs.codec else ()
            own = descriptions.t38(session.near[1], 1) if theirs.t38 else descriptions.sound(session.near[1], 1, codecs)
            await call.answer(own)
            await _Faxing(self, entry, call, session, asks=self.takes is Takes.ASKS).run(theirs)
        except (NoCall, NothingInCommon) as error:
            entry.text, entry.code = str(error), f"SIP_{getattr(error, 'code', 488)}"
        finally:
            await session.stop()
            entry.file = str(pages) if entry.pages else ""
            self._over(entry)

    def _over(self, entry: Entry) -> None:
        entry.code, entry.over = entry.code or "INTERRUPTED", True
        self.news.set()

    def _soon(self, entry: Entry, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(self._guarded(entry, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, entry: Entry, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except FaxError as error:
            entry.code, entry.text = "NO_MACHINE", str(error)
        finally:  # whatever it was: nobody waits for it for ever
            self._over(entry)


class _Faxing:
    """One fax on one call."""

    def __init__(self, machine: Machine, entry: Entry, call: Call, session: Session, *, asks: bool) -> None:
        self._machine, self._entry, self._call, self._session, self._asks = machine, entry, call, session, asks
        self._switching: asyncio.Task[None] | None = None
        self._version = 1
        call.asked = self._asked

    async def run(self, theirs: Media) -> None:
        await self._speak(theirs)
        watching = asyncio.create_task(self._hung_up())
        if self._asks and theirs.codec:
            self._switching = asyncio.create_task(self._ask())
        try:
            async for event in self._session.events():
                self._heard(event)
            await asyncio.sleep(LAST_WORDS)
        finally:
            watching.cancel()
            if self._switching:
                self._switching.cancel()
            await self._call.hang_up()

    def _heard(self, event: Event) -> None:
        if isinstance(event, PageDone):
            self._entry.pages = event.page
        elif isinstance(event, Done):
            self._entry.pages, self._entry.t38 = event.pages, event.t38
            self._entry.code, self._entry.text = ending(event.code).name, event.text
            self._entry.sub_address = self._entry.sub_address or event.sub_address
        self._machine.news.set()

    async def _hung_up(self) -> None:
        await self._call.over.wait()
        await asyncio.sleep(LAST_WORDS)  # what they said last is still on its way
        await self._session.stop()

    async def _speak(self, media: Media) -> None:
        if media.t38 is not None:
            await self._session.t38(media.far, media.t38)
        elif media.codec is not None:
            await self._session.audio(media.far, media.codec)

    def _asked(self, body: bytes) -> bytes | None:
        """A re-INVITE of theirs."""
        try:
            theirs = descriptions.read(body)
        except NothingInCommon:
            return None
        if theirs.t38 is not None and self._machine.takes is Takes.SOUND:
            return None
        self._version += 1
        self._switching = asyncio.create_task(self._speak(theirs))
        port = self._session.near[1]
        if theirs.t38 is not None:
            return descriptions.t38(port, self._version)
        return descriptions.sound(port, self._version, (theirs.codec,) if theirs.codec else ())

    async def _ask(self) -> None:
        self._version += 1
        answer = await self._call.reinvite(descriptions.t38(self._session.near[1], self._version))
        if answer.code < 300:
            await self._speak(descriptions.read(answer.body))
