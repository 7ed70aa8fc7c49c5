"""Whether a fax may still go: much may have been said since the hub asked its vetoes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from hub.api import Address, AnyAccount, Refusal
from plugins.fax.office import Office
from plugins.fax.outgoing.jobs import Job
from plugins.fax.settings import SCHEME

FRESH: Final = timedelta(minutes=1)
"""For so long the hub's own question, before it gave us the fax, holds."""


async def refused(office: Office, account: AnyAccount, job: Job, now: datetime) -> Refusal | None:
    """The vetoes' word before another attempt, and before a first that had to wait; as the hub asks before `send`."""
    if not job.attempts and now - job.due_at < FRESH:
        return None
    return await office.context.may_contact(
        account, Address(SCHEME, job.number), "notice" if job.automatic else "reply", automatic=job.automatic,
        interaction_id=job.interaction_id, message_id=job.message_id,
    )  # fmt: skip
