"""The channel's place above a provider, in tests: it stores what is handed up, and reads it as the channel would."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from hub.api import Accepted, Account, Address, AnyAccount, AnyConnection, Connection, Raw, UnknownAccount
from hub.testing import FakeContext
from plugins.sms.provider import Coding, Heard, Hears, News, Outgoing, Provider, Segment
from plugins.sms.settings import SmsAccount, SmsConnection, SmsSettings
from plugins.sms.text.segments import segments, text_of

WITHIN = 30.0


def connection(kind: str, settings: object) -> AnyConnection:
    return Connection(7, "carrier", SmsConnection.model_validate({"kind": kind, kind: settings}))


def account(number: str, way: AnyConnection | None = None, **settings: Any) -> AnyAccount:
    return Account(1, 7, "sms", "Texts", Address("tel", number), SmsAccount(**settings), "en", way)


def context(*accounts: AnyAccount) -> FakeContext:
    return FakeContext("sms", SmsSettings(), accounts=list(accounts))


def outgoing(to: str, text: str, *, sender: str = "10690001", delivery: int = 1, whole: bool = False) -> list[Outgoing]:
    """A text as submissions: its segments, or whole."""
    pieces = (Segment(text, Coding.UCS2, b""),) if whole else segments(text, delivery)
    return [Outgoing(delivery, account(sender), sender, to, piece) for piece in pieces]


class Desk:
    """`stored` is what was handed up, `numbers` those that are ours; `refuse`, when set, is raised once instead."""

    def __init__(self, provider: Provider, *numbers: str) -> None:
        self._provider, self._numbers = provider, numbers
        self.stored: list[Raw] = []
        self.ready: list[str] = []
        self.refuse: Exception | None = None
        self._changed = asyncio.Condition()

    async def take(self, raw: Raw, cursor: object = None) -> Accepted:
        """Store it, as the hub does: only what is for a number of ours, or a report."""
        refused, self.refuse = self.refuse, None
        if refused is not None:
            async with self._changed:
                self._changed.notify_all()
            raise refused
        for news in self._provider.read(raw):
            if isinstance(news, Heard) and news.recipient not in self._numbers:
                raise UnknownAccount
        async with self._changed:
            self.stored.append(raw)
            self._changed.notify_all()
        return Accepted(len(self.stored))

    @property
    def news(self) -> list[News]:
        """What it all means."""
        return [news for raw in self.stored for news in self._provider.read(raw)]

    @property
    def texts(self) -> list[str]:
        """What was said."""
        heard = [news for news in self.news if isinstance(news, Heard)]
        return [each.text or (text_of(each.octets, each.coding) if each.coding else "") for each in heard]

    async def until(self, wanted: Callable[[], object]) -> None:
        """Wait until what is stored is as wanted."""
        async with asyncio.timeout(WITHIN), self._changed:
            await self._changed.wait_for(lambda: bool(wanted()))

    @asynccontextmanager
    async def listening(self, way: AnyConnection) -> AsyncIterator[asyncio.Task[None]]:
        """The provider hears by this connection; what ends it before it is ready is raised."""
        provider = self._provider
        assert isinstance(provider, Hears)
        heard = asyncio.Event()

        def ready(detail: str = "") -> None:
            self.ready.append(detail)
            heard.set()

        task = asyncio.create_task(provider.listen(way, self.take, ready))
        waiting = asyncio.create_task(heard.wait())
        await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED, timeout=WITHIN)
        try:
            if not heard.is_set():
                task.result()
            yield task
        finally:
            waiting.cancel()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
