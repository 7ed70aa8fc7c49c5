"""What the parts of one site's fax share: the hub, the machines, the printer, and what is under way."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Collection, Coroutine
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from sqlalchemy import Connection

from hub.api import AnyAccount, Context, Overloaded, Raw, Signal, Telephony, Viewer
from plugins.fax.incoming.arriving import Arriving
from plugins.fax.incoming.under_way import UnderWay
from plugins.fax.pages import PageLimits, Printer
from plugins.fax.people import People
from plugins.fax.settings import NAME, FaxAccount, FaxSettings
from plugins.fax.terminal import spandsp
from plugins.fax.terminal.terminals import Terminals

if TYPE_CHECKING:
    from plugins.fax.pages import Reader

log = logging.getLogger(__name__)
MOST_PAGES: Final = 1_000
"""Of a fax that came in: what is longer, or takes more than PATIENCE seconds to read, is handed in as it is."""
PATIENCE: Final = 300.0
AGAIN_AFTER: Final = 2.0
Result = TypeVar("Result")


class Office:
    """One a site. `me` names this life of it, for what it works at."""

    def __init__(self, context: Context) -> None:
        self.context = context
        settings = context.settings
        self.settings = settings if isinstance(settings, FaxSettings) else FaxSettings()
        self.me: Final = secrets.token_hex(8)
        self.terminals = Terminals(self.settings.workers)
        self.printer = Printer(PageLimits(pages=self.settings.most_pages), self.settings.font)
        self.under_way = UnderWay(context.folder / "incoming")
        self.arriving = Arriving(context, self.me, self.soon)
        self.people = People(context.store)
        self.news = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    @cached_property
    def reader(self) -> Reader:
        """Of pages that came in."""
        from plugins.fax.pages import Reader

        return Reader(PageLimits(pages=MOST_PAGES, seconds=PATIENCE), self.settings.ocr_seconds)

    @property
    def telephony(self) -> Telephony | None:
        """Who carries our calls; None where the site has nobody."""
        return self.context.service(Telephony)  # type: ignore[type-abstract]  # mypy wants a class one can make here

    @property
    def lacks(self) -> str:
        """What has to be installed before this machine can fax, "" for nothing."""
        return "" if spandsp.available() else spandsp.INSTALL

    def soon(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Have it done besides; what goes wrong in it is an administrator's to see."""
        task = asyncio.get_running_loop().create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        """End what is under way; what came in stays on the disk for the next start."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.terminals.__aexit__()

    async def account(self, account_id: int) -> AnyAccount | None:
        """One of ours, when it is enabled."""
        return (await self.accounts()).get(account_id)

    async def accounts(self) -> dict[int, AnyAccount]:
        """Ours that are enabled, by id."""
        return {account.id: account for account in await self.context.accounts(NAME)}

    async def seen(self, viewer: Viewer | None, accounts: Collection[int]) -> frozenset[int]:
        """Those of these accounts that a page may tell its viewer of."""
        return await self.context.sees_accounts(viewer, accounts) if viewer else frozenset()

    async def surely(self, work: Callable[[Connection], Result]) -> Result:
        """Written, however long the database is away: what became of a fax nobody could find out later."""
        while True:
            try:
                return await self.context.store.write(work)
            except Overloaded:
                await asyncio.sleep(AGAIN_AFTER)

    async def emit(self, account: AnyAccount, raw: Raw) -> int:
        """Until the hub has it; what it calls it. Raises InputError."""
        while True:
            try:
                return (await self.context.emit(account, raw)).raw_id
            except Overloaded:
                await asyncio.sleep(AGAIN_AFTER)

    def signal(self, account: AnyAccount, signal: Signal) -> None:
        """To the screens, when there is time."""
        self.soon(self.context.emit_signal(account, signal))

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001  # whatever it was, other faxes go on, and pages stay on the disk
            log.error("fax: %s", type(error).__name__)
            self.context.fault("fax", error)


def settings_of(account: AnyAccount) -> FaxAccount:
    """Typed."""
    return cast("FaxAccount", account.settings)


def station_of(account: AnyAccount) -> str:
    """What we call ourselves to other machines: 20 digits at most (T.30 §5.3.6.2.4)."""
    return (settings_of(account).station or account.address.value)[:20]
