"""Once a day: what was kept of single short messages goes when it is old. What was said is the hub's, and stays."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, select

from hub.api import Context
from plugins.sms.record.tables import parts
from plugins.sms.settings import SmsSettings

TIMER: Final = "forget"
SOON, DAILY = timedelta(minutes=5), timedelta(days=1)
AT_ONCE: Final = 1000
"""Rows that go in one transaction, so that nothing else waits for long."""
DAY: Final = 86_400


class Forgetting:
    """One durable timer for the site, however many nodes it has."""

    def __init__(self, context: Context, settings: SmsSettings) -> None:
        self._context, self._settings = context, settings

    async def plan(self, after: timedelta = SOON) -> None:
        """The site has started, or a day is over."""
        await self._context.schedule(datetime.now(UTC) + after, TIMER, {}, key=TIMER)

    async def fire(self) -> None:
        """The timer is due. Tomorrow's stands before anything is done, so that no failure is the last."""
        await self.plan(DAILY)
        before = int(time.time()) - self._settings.log_days * DAY
        while await self._context.store.write(lambda sql: _forget(sql, before)) == AT_ONCE:
            continue


def _forget(sql: Connection, before: int) -> int:
    """How many went."""
    oldest = select(parts.c.id).where(parts.c.at < before).order_by(parts.c.at).limit(AT_ONCE)
    return sql.execute(delete(parts).where(parts.c.id.in_(oldest))).rowcount
