"""What came of an attempt: noted for sure, told to the hub and the screens, and whether there is another."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from hub.api import AnyAccount, InputError, Json, ReceiptState, Signal
from plugins.fax import log_book, meaning
from plugins.fax.office import Office
from plugins.fax.outgoing import jobs
from plugins.fax.outgoing.attempt import Outcome
from plugins.fax.outgoing.jobs import Job
from plugins.fax.outgoing.schedule import Failure, again, failure_of
from plugins.fax.states import JobState

NOTED: Final = 1.0
"""Seconds in which the hub has noted what receipts will call a fax it has just given us."""
_TOLD: Final = {JobState.DELIVERED: ReceiptState.DELIVERED, JobState.UNKNOWN: ReceiptState.UNKNOWN}


class Settling:
    """Of one site."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def settled(self, account: AnyAccount, job: Job, outcome: Outcome) -> None:
        """It has ended, or waits for its next attempt."""
        await self._office.surely(lambda conn: log_book.note(conn, outcome.call))
        if outcome.why is None:
            await self.ended(account, job, JobState.DELIVERED, "", "")
            return
        pause = again(await self.failures(job), self._office.settings)
        due = datetime.now(UTC) + timedelta(seconds=pause or 0)
        if pause is None or due > job.give_up_at:
            await self.ended(account, job, JobState.FAILED, outcome.code, outcome.text)
        else:
            await self._move(job, JobState.QUEUED, due_at=due, code=outcome.code[:40], text=outcome.text[:400])
            self.tell(account, job, "WAITING", code=outcome.code, next_at=due.isoformat(timespec="seconds"))

    async def ended(self, account: AnyAccount | None, job: Job, state: JobState, code: str, text: str) -> None:
        """The hub is told first: what died between is told again. Without its account, which is switched off or gone,
        the hub cannot be told: it says UNKNOWN when the time it was promised is over."""
        if account is not None:
            await self._receipt(account, job, _TOLD.get(state, ReceiptState.FAILED), code, text)
        await self._move(job, state, code=code[:40], text=text[:400])
        if account is not None:
            self.tell(account, job, "DONE", state=state.value)

    async def told_again(self, account: AnyAccount, job: Job) -> None:
        """That it was delivered, when the hub asks for it once more."""
        await asyncio.sleep(NOTED)
        await self._receipt(account, job, ReceiptState.DELIVERED)

    async def failures(self, job: Job) -> list[Failure]:
        """What its attempts came to."""
        made = await self._office.surely(lambda conn: log_book.attempts(conn, job.message_id))
        return [failure_of(call.code, t38=call.t38) for call in made[-job.attempts :] if not call.ok]

    def tell(self, account: AnyAccount, job: Job, phase: str, **more: Json) -> None:
        """The screens."""
        about: dict[str, Json] = {"delivery": job.delivery_id, "message": job.message_id, "attempt": job.attempts}
        self._office.signal(account, Signal(job.thread, "fax", {**about, "phase": phase, "of": job.pages, **more}))

    async def _receipt(
        self, account: AnyAccount, job: Job, state: ReceiptState, code: str = "", text: str = ""
    ) -> None:
        try:
            await self._office.emit(account, meaning.told(account.address.value, job.external_id, state, code, text))
        except InputError as error:  # the account was taken away just now: the fax has ended all the same
            self._office.context.fault("receipt", error)

    async def _move(self, job: Job, state: JobState, **values: Any) -> None:
        await self._office.surely(lambda conn: jobs.move(conn, self._office.me, job, state, **values))
