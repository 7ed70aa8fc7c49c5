"""Mail comes in by IMAP: one folder followed for ever, each mail stored together with how far we have come.

A mail that cannot be fetched, or that kills the session each time, is tried three times; then its place in the folder
is recorded as unreadable, where a person sees it, and the next one comes. Outages end the session; the hub starts it
again with back-off.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import Final, Protocol, TypeVar

from hub.api import Address, Connection, Emit, HubError, InputError, Json, Overloaded, Raw, Ready
from plugins.email.mailbox import FAILURES, Fetched, Folder, Position
from plugins.email.settings import EmailConnection

_log = logging.getLogger(__name__)
_ATTEMPTS: Final = 3
_LONGEST_PAUSE: Final = 10.0
T = TypeVar("T")


class Run(Protocol):
    """Does blocking work in the session's own thread."""

    def __call__(self, work: Callable[[], T]) -> Awaitable[T]: ...


Recipients = Callable[[bytes], Awaitable[Sequence[Address]]]


class Importer:
    """Follows folders; remembers between sessions which mails made one fail."""

    def __init__(self) -> None:
        self._failures: dict[tuple[int, Position], int] = {}

    async def follow(
        self, connection: Connection[EmailConnection], token: str, emit: Emit, recipients: Recipients, ready: Ready
    ) -> None:
        """Import until cancelled. Raises Unreachable or Misconfigured; the cursor then stands behind the last stored
        mail.
        """
        settings = connection.settings
        async with _session(settings, token) as (folder, run):
            session = _Session(self, connection.id, folder, run, emit, recipients)
            position = await run(lambda: folder.position(Position.of(connection.cursor)))
            ready(f"imap://{settings.imap_host}:{settings.imap_port}/{settings.imap_folder}")
            while True:
                position = await session.catch_up(position)
                await run(folder.wait)
                position = await run(partial(folder.position, position))

    def failed(self, connection_id: int, at: Position) -> int:
        """Count a failure at this mail; how many there were."""
        count = self._failures.get((connection_id, at), 0) + 1
        self._failures[connection_id, at] = count
        return count

    def passed(self, connection_id: int, at: Position) -> None:
        """The mail is behind us."""
        self._failures.pop((connection_id, at), None)

    def is_poison(self, connection_id: int, at: Position) -> bool:
        """Whether this mail has had its attempts."""
        return self._failures.get((connection_id, at), 0) >= _ATTEMPTS


class _Session:
    """One log-in's worth of importing."""

    def __init__(
        self, importer: Importer, connection_id: int, folder: Folder, run: Run, emit: Emit, recipients: Recipients
    ) -> None:
        self._importer, self._id = importer, connection_id
        self._folder, self._run = folder, run
        self._emit, self._recipients = emit, recipients

    async def catch_up(self, position: Position) -> Position:
        """Store everything beyond `position`; returns where we then are."""
        for uid in await self._run(partial(self._folder.after, position)):
            position = await self._take(Position(position.validity, uid))
        return position

    async def _take(self, at: Position) -> Position:
        if self._importer.is_poison(self._id, at):
            meta = {**await self._meta(at, b""), "unreadable": f"mail {at} could not be fetched"}
            await self._record(Raw(b"", meta), at)
            return at
        fetched = await self._fetched(at)
        if fetched is not None:
            await self._store(fetched, at)
        self._importer.passed(self._id, at)
        return at

    async def _fetched(self, at: Position) -> Fetched | None:
        try:
            return await self._run(lambda: self._folder.fetch(at.uid))
        except HubError as error:
            _log.warning("mail %s failed for the %s. time: %s", at, self._importer.failed(self._id, at), error)
            raise

    async def _store(self, fetched: Fetched, at: Position) -> None:
        meta = await self._meta(at, fetched.body)
        if fetched.cut:
            meta["cut"] = fetched.cut
        if await self._record(Raw(fetched.body, meta), at):
            await self._done(fetched.uid)

    async def _meta(self, at: Position, body: bytes) -> dict[str, Json]:
        to: list[Json] = [address.value for address in await self._recipients(body)]
        return {"via": "imap", "position": str(at), "to": to}

    async def _record(self, raw: Raw, at: Position) -> bool:
        """Hand over with the new position; wait while the hub is busy. A mail the hub refuses stays in its folder,
        untouched.
        """
        pause = 0.5
        while True:
            try:
                await self._emit(raw, str(at))
            except Overloaded:
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
            except InputError as error:
                _log.warning("mail %s was refused: %s", at, error)
                return False
            else:
                self._importer.passed(self._id, at)
                return True

    async def _done(self, uid: int) -> None:
        """The mail is ours already: failing to flag or move it must not bring it in again (FreeScout #2422)."""
        try:
            await self._run(lambda: self._folder.done(uid))
        except FAILURES as error:
            _log.warning("mail %s stays as it is in its folder: %s", uid, error)


@asynccontextmanager
async def _session(settings: EmailConnection, token: str) -> AsyncIterator[tuple[Folder, Run]]:
    """A folder with a thread of its own: waiting in IDLE must not use up threads others need."""
    loop = asyncio.get_running_loop()
    thread = ThreadPoolExecutor(1, thread_name_prefix="imap")

    def run(work: Callable[[], T]) -> Awaitable[T]:
        return loop.run_in_executor(thread, work)

    folder: Folder | None = None
    try:
        folder = await run(lambda: Folder(settings, token))
        yield folder, run
    finally:
        if folder is not None:
            folder.break_off()
            thread.submit(folder.close)
        thread.shutdown(wait=False)
