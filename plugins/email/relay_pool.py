"""A few open connections per relay: reused while there is work, probed before use, closed when idle."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from hub.api import SendError
from plugins.email.settings import EmailConnection

MAILS_PER_LINE: Final = 100  # some relays hang up after so many; better we do, between two mails


@dataclass(slots=True)
class _Line:
    smtp: SMTP
    used: int = 0
    expiry: asyncio.TimerHandle | None = None


@dataclass(slots=True)
class _Pool:
    settings: EmailConnection
    places: asyncio.Semaphore
    idle: list[_Line] = field(default_factory=list)


class RelayPools:
    """Open connections by hub connection; `connect` opens a new one."""

    def __init__(self, connect: Callable[[EmailConnection], Awaitable[SMTP]]) -> None:
        self._connect = connect
        self._pools: dict[int, _Pool] = {}

    @asynccontextmanager
    async def line(self, connection_id: int, settings: EmailConnection) -> AsyncIterator[SMTP]:
        """A connection that nobody else uses meanwhile; it is kept when the far side has answered to the end."""
        pool = self._pool(connection_id, settings)
        async with pool.places:
            line = await self._reused(pool) or _Line(await self._connect(settings))
            line.used += 1
            try:
                yield line.smtp
            except (SMTPResponseException, SendError):
                self._keep(pool, line)
                raise
            except BaseException:
                line.smtp.close()
                raise
            self._keep(pool, line)

    async def close(self) -> None:
        """Say QUIT on every idle connection."""
        pools = list(self._pools.values())
        self._pools.clear()
        for pool in pools:
            await self._drop(pool)

    def _pool(self, connection_id: int, settings: EmailConnection) -> _Pool:
        """The pool under these settings; after a change of settings the old connections run out by themselves."""
        pool = self._pools.get(connection_id)
        if pool is None or pool.settings != settings:
            pool = self._pools[connection_id] = _Pool(settings, asyncio.Semaphore(settings.relay_connections))
        return pool

    async def _reused(self, pool: _Pool) -> _Line | None:
        """The connection used last that still answers: servers drop idle ones without a word."""
        while pool.idle:
            line = pool.idle.pop()
            if line.expiry is not None:
                line.expiry.cancel()
            try:
                await line.smtp.noop(timeout=5)
            except (SMTPException, OSError, TimeoutError):
                line.smtp.close()
            else:
                return line
        return None

    def _keep(self, pool: _Pool, line: _Line) -> None:
        if line.used >= MAILS_PER_LINE or not line.smtp.is_connected:
            line.smtp.close()
            return
        line.expiry = asyncio.get_running_loop().call_later(pool.settings.relay_idle_seconds, self._expire, pool, line)
        pool.idle.append(line)

    def _expire(self, pool: _Pool, line: _Line) -> None:
        if line in pool.idle:
            pool.idle.remove(line)
            line.smtp.close()

    async def _drop(self, pool: _Pool) -> None:
        while pool.idle:
            line = pool.idle.pop()
            if line.expiry is not None:
                line.expiry.cancel()
            with suppress(SMTPException, OSError, TimeoutError):
                await line.smtp.quit(timeout=2)
            line.smtp.close()
