"""A hub for the channel's tests: the kit's context, which also plays the core for a listener."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from hub.api import (
    Accepted,
    Account,
    Address,
    AnyAccount,
    AnyConnection,
    Connection,
    Inbound,
    Normalised,
    Raw,
    UnknownAccount,
)
from hub.testing import FakeContext
from plugins.email import hub_migrations
from plugins.email.channel import EmailChannel
from plugins.email.settings import EmailAccount, EmailConnection, EmailSettings


class Site(FakeContext):
    """`stored` is what a listener handed over, in order, with its cursor; `refuse`, when set, is raised instead."""

    def __init__(self, accounts: Sequence[Account[EmailAccount]], refuse: Exception | None = None) -> None:
        settings = EmailSettings(smtp_host="127.0.0.1", smtp_port=0)
        self.owned: list[AnyAccount] = [*accounts]
        super().__init__("email", settings, accounts=self.owned, migrations=hub_migrations() / "versions")
        self.stored: list[tuple[Raw, str | None]] = []
        self.refuse = refuse
        self.cursor: str | None = None
        self.channel = EmailChannel(self)
        self._changed = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None

    async def take(self, raw: Raw, cursor: str | None = None) -> Accepted:
        """Store, as the core does: only for an account we have, the cursor with it."""
        if self.refuse is not None:
            raise self.refuse
        if not any(address.value == own.address.value for address in self.channel.address(raw) for own in self.owned):
            raise UnknownAccount
        async with self._changed:
            self.stored.append((raw, cursor))
            self.cursor = cursor or self.cursor
            self._changed.notify_all()
        return Accepted(len(self.stored))

    async def has_stored(self, count: int) -> None:
        """Wait until so many inputs are stored."""
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(lambda: len(self.stored) >= count), 20)

    @asynccontextmanager
    async def listening(self, settings: EmailConnection) -> AsyncIterator[str]:
        """A listener at work; yields what it said it listens on. What it raises before that is raised here."""
        told: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def ready(detail: str = "") -> None:
            told.set_result(detail)

        task = asyncio.create_task(self.channel.listen(connection(settings, self.cursor), self.take, ready))
        futures: list[asyncio.Future[Any]] = [task, told]
        await asyncio.wait(futures, return_when=asyncio.FIRST_COMPLETED, timeout=20)
        try:
            if not told.done():
                task.result()
            self._task = task
            yield told.result()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def has_ended(self) -> BaseException | None:
        """Wait until the listener has given up; with what."""
        assert self._task is not None
        await asyncio.wait([self._task], timeout=20)
        return self._task.exception()

    def read(self, raw: Raw) -> Sequence[Normalised]:
        """What the channel makes of an input."""
        return self.channel.normalise(self.owned[0], raw)

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
