"""What is old is forgotten: numbers that were called are people's."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Connection, delete, select

from hub.api import Overloaded
from plugins.fax.office import Office
from plugins.fax.states import ENDS, BroadcastState
from plugins.fax.tables import broadcasts, calls, jobs, recipients

EVERY: Final = 3600.0
_OVER: Final = (BroadcastState.DONE, BroadcastState.CANCELLED)


async def run(office: Office) -> None:
    """Once an hour, until cancelled."""
    while True:
        before = datetime.now(UTC) - timedelta(days=office.settings.log_days)
        with suppress(Overloaded):
            await office.context.store.write(partial(forget, before=before))
        await asyncio.sleep(EVERY)


def forget(conn: Connection, before: datetime) -> None:
    """Calls, faxes that have ended, and broadcasts that are over, from before then."""
    conn.execute(delete(calls).where(calls.c.began_at < before))
    conn.execute(delete(jobs).where(jobs.c.state.in_([str(state) for state in ENDS]), jobs.c.give_up_at < before))
    old = select(broadcasts.c.id).where(broadcasts.c.made_at < before, broadcasts.c.state.in_([str(s) for s in _OVER]))
    conn.execute(delete(recipients).where(recipients.c.broadcast_id.in_(old)))
    conn.execute(delete(broadcasts).where(broadcasts.c.id.in_(old)))
