"""A hub of two dozen lines for the channel's tests: it keeps what is emitted and plans what is scheduled, in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar, cast

from sqlalchemy import Connection as SqlConnection
from sqlalchemy import create_engine

from hub.api import (
    Accepted,
    Account,
    Address,
    AnyAccount,
    AnyConnection,
    Connection,
    Content,
    Context,
    Conversation,
    Inbound,
    Json,
    Normalised,
    Raw,
    UnknownAccount,
)
from plugins.email.acknowledge import answers
from plugins.email.channel import EmailChannel
from plugins.email.settings import EmailAccount, EmailConnection, EmailSettings

T = TypeVar("T")
Stored = tuple[Raw, str | None]


class MemoryStore:
    """The plugin's tables in a SQLite of the test's own."""

    def __init__(self) -> None:
        self._engine = create_engine("sqlite://")
        answers.metadata.create_all(self._engine)

    async def read(self, work: Callable[[SqlConnection], T]) -> T:
        return await self.write(work)

    async def write(self, work: Callable[[SqlConnection], T]) -> T:
        with self._engine.begin() as sql:
            return work(sql)


@dataclass
class Site:
    """Plays the core. `stored` is what was accepted, in order; `refuse`, when set, is raised instead of storing."""

    owned: list[Account[EmailAccount]]
    settings: EmailSettings = field(default_factory=lambda: EmailSettings(smtp_host="127.0.0.1", smtp_port=0))
    stored: list[Stored] = field(default_factory=list)
    scheduled: list[Mapping[str, Json]] = field(default_factory=list)
    contacted: list[tuple[Address, Content, int | None]] = field(default_factory=list)
    refuse: Exception | None = None
    cursor: str | None = None
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    store: MemoryStore = field(default_factory=MemoryStore)

    task: asyncio.Task[None] = field(init=False)

    def __post_init__(self) -> None:
        self.channel = EmailChannel(cast("Context", self))

    def key(self, purpose: str) -> bytes:
        return purpose.encode().ljust(32, b"k")

    async def accounts(self, channel: str) -> Sequence[AnyAccount]:
        return cast("Sequence[AnyAccount]", self.owned)

    async def account(self, channel: str, address: Address) -> AnyAccount | None:
        found = [account for account in self.owned if account.address.value == address.value]
        return cast("AnyAccount", found[0]) if found else None

    async def schedule(self, at: datetime, name: str, payload: Mapping[str, Json], key: str = "") -> None:
        self.scheduled.append(payload)

    async def conversation(self, account: AnyAccount, thread: str) -> Conversation | None:
        return Conversation(5, "QUEUED", thread, "", 0, "482190356", ()) if self.stored else None

    async def contact(
        self, account: AnyAccount, to: Address, content: Content, purpose: str, *, automatic: bool, interaction_id: int
    ) -> int:
        assert automatic
        self.contacted.append((to, content, interaction_id))
        return 1

    async def emit(self, raw: Raw, cursor: str | None = None) -> Accepted:
        """Store, as the core does: only for an account we have, the cursor with it."""
        if self.refuse is not None:
            raise self.refuse
        if not any(
            address.value == account.address.value for address in self.channel.address(raw) for account in self.owned
        ):
            raise UnknownAccount
        async with self.changed:
            self.stored.append((raw, cursor))
            self.cursor = cursor or self.cursor
            self.changed.notify_all()
        return Accepted(len(self.stored))

    async def has_stored(self, count: int) -> None:
        """Wait until so many inputs are stored."""
        async with self.changed:
            await asyncio.wait_for(self.changed.wait_for(lambda: len(self.stored) >= count), 20)

    @asynccontextmanager
    async def listening(self, settings: EmailConnection) -> AsyncIterator[str]:
        """A listener at work; yields what it said it listens on. What it raises before that is raised here."""
        told: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def ready(detail: str = "") -> None:
            told.set_result(detail)

        task = asyncio.create_task(self.channel.listen(connection(settings, self.cursor), self.emit, ready))
        futures: list[asyncio.Future[Any]] = [task, told]
        await asyncio.wait(futures, return_when=asyncio.FIRST_COMPLETED, timeout=20)
        try:
            if not told.done():
                task.result()
            self.task = task
            yield told.result()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def has_ended(self) -> BaseException | None:
        """Wait until the listener has given up; with what."""
        await asyncio.wait([self.task], timeout=20)
        return self.task.exception()

    def read(self, raw: Raw, which: int = 0) -> Sequence[Normalised]:
        """What the channel makes of an input."""
        return self.channel.normalise(cast("AnyAccount", self.owned[which]), raw)

    def inbound(self, raw: Raw | bytes) -> Inbound:
        """The same, when it is one message."""
        (found,) = self.read(raw if isinstance(raw, Raw) else Raw(raw))
        assert isinstance(found, Inbound)
        return found


def connection(settings: EmailConnection, cursor: str | None = None) -> AnyConnection:
    return Connection(7, "mail", settings, cursor)


def account(address: str = "support@demo.test", *, connection_id: int = 7, **settings: Any) -> Account[EmailAccount]:
    return Account(1, connection_id, "email", "Demo", Address("mailto", address), EmailAccount(**settings))


def mail(
    subject: str = "Hello", body: str = "Words.", head: str = "", *, number: int = 1, sender: str = "bob@c.d"
) -> bytes:
    """A person's mail, as bytes on the wire."""
    return (
        f"From: Bob <{sender}>\r\nTo: support@demo.test\r\nSubject: {subject}\r\nMessage-ID: <m{number}@c.d>\r\n"
        f"Date: Tue, 3 Mar 2026 10:02:00 +0800\r\n{head}\r\n{body}\r\n"
    ).encode()
