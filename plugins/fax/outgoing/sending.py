"""The work of sending: takes what is due, as many at once as a number has lines, and settles what came of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from hub.api import (
    AnyAccount,
    HubError,
    Json,
    Line,
    Misconfigured,
    NotConnected,
    Outbound,
    ReceiptState,
    Rejected,
    Sent,
    Signal,
    Unreachable,
)
from plugins.fax import log_book, meaning
from plugins.fax.office import Office, settings_of
from plugins.fax.outgoing import jobs
from plugins.fax.outgoing.attempt import Outcome, dialled, of_an_error, sent
from plugins.fax.outgoing.coarser import coarser
from plugins.fax.outgoing.jobs import Job
from plugins.fax.outgoing.printing import printed
from plugins.fax.outgoing.schedule import Failure, Why, again, failure_of, way
from plugins.fax.settings import SCHEME
from plugins.fax.states import JobState
from plugins.fax.terminal.job import Event, PageDone, Progress

LOOK_EVERY: Final = 4.0
NOTED_FIRST: Final = timedelta(seconds=1)
"""A fax begins a moment after it was taken: the hub notes what receipts will call it."""
ON_CALL: Final = timedelta(seconds=45)
"""How long a fax waits for the call it is to go on; then its number is dialled."""
NOT_HERE: Final = timedelta(seconds=15)
LAST: Final = timedelta(hours=2)
NO_TELEPHONY: Final = "the site has no telephony: list `sip` among its plugins"
_UNKNOWN: Final = ("OUTCOME_UNKNOWN", "The hub stopped while pages were going; ask the recipient.")


class Sending:
    """Of one site."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._busy: Counter[int] = Counter()

    async def take(self, account: AnyAccount, message: Outbound) -> Sent:
        """Print it and have it sent. Raises a SendError when that cannot be; the same delivery again is no second."""
        office, now = self._office, datetime.now(UTC)
        if message.to.scheme != SCHEME:
            raise Rejected("this is no fax number")
        if lack := office.lacks or ("" if office.telephony else NO_TELEPHONY):
            raise Misconfigured(lack)
        give_up = now + timedelta(hours=office.settings.give_up_hours)
        known = await office.context.store.read(lambda conn: jobs.find(conn, message.delivery_id))
        if known is None or known.state in (JobState.FAILED, JobState.UNKNOWN):
            pages = await printed(office.printer, account, message)
            values = _values(account, message, pages.count, now, give_up)
            await office.context.store.write(lambda conn: _put(conn, office.me, now, pages.tiff, values))
        elif known.state is JobState.DELIVERED:  # the hub died before it could note what became of it
            office.soon(self._told_again(account, known))
        office.news.set()
        sent_id = f"fax-{message.delivery_id}"
        return Sent(sent_id, pending_until=give_up + LAST, known_as=(f"fax/sent/{message.delivery_id}",))

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._office.news.clear()
            due = await self._look(datetime.now(UTC))
            seconds = min((due - datetime.now(UTC)).total_seconds(), LOOK_EVERY) if due else LOOK_EVERY
            with suppress(TimeoutError):
                async with asyncio.timeout(max(seconds, 0.05)):
                    await self._office.news.wait()

    async def claimed(self, account: AnyAccount, line: Line) -> Job | None:
        """The fax that waited for who is on this line, if one did; it is to be sent on it now."""
        number = line.caller.value if line.caller else ""

        def claim(conn: Connection) -> Job | None:
            job = jobs.waiting_for(conn, account.id, number)
            taken = jobs.move(conn, self._office.me, job, JobState.DIALING, attempts=job.attempts + 1) if job else None
            return jobs.move(conn, self._office.me, taken, JobState.SENDING, page=0) if taken else None

        return await self._office.context.store.write(claim) if number else None

    async def on_this_call(self, account: AnyAccount, job: Job, line: Line) -> None:
        """Send it; it is not dialled while the call lasts."""
        await self._send(account, job, line)

    # --- what is due --------------------------------------------------------------------------------------------------

    async def _look(self, now: datetime) -> datetime | None:
        """When the next is due."""
        me, store = self._office.me, self._office.context.store
        if not await store.read(jobs.any_open):
            return None
        await store.write(lambda conn: jobs.renew(conn, me, now))
        for job in await store.read(lambda conn: jobs.abandoned(conn, now)):
            await self._adopt(job)
        due = await store.read(lambda conn: jobs.due(conn, me, now))
        for job in due:
            account = await self._office.account(job.account_id)
            if account is not None and self._busy[account.id] < settings_of(account).lines:
                self._busy[account.id] += 1
                self._office.soon(self._one(account, job))
        return await store.read(lambda conn: jobs.next_due(conn, now))

    async def _adopt(self, job: Job) -> None:
        """Its process is no more. Nobody had answered: it is dialled again. Else nobody knows what went."""
        if job.state is JobState.DIALING:
            await self._move(job, JobState.QUEUED)
        elif account := await self._office.account(job.account_id):
            await self._end(account, job, JobState.UNKNOWN, *_UNKNOWN)

    async def _one(self, account: AnyAccount, job: Job) -> None:
        try:
            await self._attempt(account, job)
        finally:
            self._busy[account.id] -= 1
            self._office.news.set()

    async def _attempt(self, account: AnyAccount, job: Job) -> None:
        dialling = await self._move(job, JobState.DIALING, attempts=job.attempts + 1, page=0)
        if dialling is None:
            return
        self._tell(account, dialling, "DIALING")
        at = datetime.now(UTC)
        try:
            line = await dialled(self._office, account, dialling)
        except HubError as error:
            if isinstance(error, Unreachable) and not isinstance(error, NotConnected):
                await self._move(dialling, JobState.QUEUED, attempts=job.attempts, due_at=at + NOT_HERE)
                return
            await self._settle(account, dialling, of_an_error(error, account, dialling, at))
            return
        try:
            if sending := await self._move(dialling, JobState.SENDING):  # before a page can go
                await self._send(account, sending, line)
        finally:
            await line.end()

    async def _send(self, account: AnyAccount, job: Job, line: Line) -> None:
        made = await self._failures(job)
        tiff = await self._office.context.store.read(lambda conn: jobs.document(conn, job.document))
        if any(failure.why is Why.IMAGE for failure in made):
            tiff = await asyncio.to_thread(coarser, tiff)
        how = way(made, settings_of(account).t38)
        outcome = await sent(self._office, account, job, line, tiff, how, lambda event: self._hear(account, job, event))
        await self._settle(account, job, outcome)

    # --- what came of it ----------------------------------------------------------------------------------------------

    async def _settle(self, account: AnyAccount, job: Job, outcome: Outcome) -> None:
        await self._office.context.store.write(lambda conn: log_book.note(conn, outcome.call))
        if outcome.why is None:
            await self._end(account, job, JobState.DELIVERED, "", "")
            return
        pause = again(await self._failures(job), self._office.settings)
        due = datetime.now(UTC) + timedelta(seconds=pause or 0)
        if pause is None or due > job.give_up_at:
            await self._end(account, job, JobState.FAILED, outcome.code, outcome.text)
        else:
            await self._move(job, JobState.QUEUED, due_at=due, code=outcome.code[:40], text=outcome.text[:400])
            self._tell(account, job, "WAITING", code=outcome.code, next_at=due.isoformat(timespec="seconds"))

    async def _end(self, account: AnyAccount, job: Job, state: JobState, code: str, text: str) -> None:
        """The hub is told first: what died between is told again."""
        told = {JobState.DELIVERED: ReceiptState.DELIVERED, JobState.UNKNOWN: ReceiptState.UNKNOWN}
        receipt = told.get(state, ReceiptState.FAILED)
        await self._office.emit(account, meaning.told(account.address.value, job.external_id, receipt, code, text))
        await self._move(job, state, code=code[:40], text=text[:400])
        self._tell(account, job, "DONE", state=state.value)

    async def _told_again(self, account: AnyAccount, job: Job) -> None:
        await asyncio.sleep(NOTED_FIRST.total_seconds())
        delivered = meaning.told(account.address.value, job.external_id, ReceiptState.DELIVERED)
        await self._office.emit(account, delivered)

    async def _move(self, job: Job, state: JobState, **values: Any) -> Job | None:
        return await self._office.context.store.write(
            lambda conn: jobs.move(conn, self._office.me, job, state, **values)
        )

    async def _failures(self, job: Job) -> list[Failure]:
        made = await self._office.context.store.read(lambda conn: log_book.attempts(conn, job.message_id))
        return [failure_of(call.code, t38=call.t38) for call in made[-job.attempts :] if not call.ok]

    def _hear(self, account: AnyAccount, job: Job, event: Event) -> None:
        if isinstance(event, Progress):
            self._tell(account, job, "SENDING", page=event.page, bit_rate=event.bit_rate)
        elif isinstance(event, PageDone):
            page = event.page
            write = self._office.context.store.write(lambda conn: jobs.note(conn, job.delivery_id, page=page))
            self._office.soon(write)

    def _tell(self, account: AnyAccount, job: Job, phase: str, **more: Json) -> None:
        about: dict[str, Json] = {"delivery": job.delivery_id, "message": job.message_id, "attempt": job.attempts}
        self._office.signal(account, Signal(job.thread, "fax", {**about, "phase": phase, "of": job.pages, **more}))


def _put(conn: Connection, me: str, now: datetime, tiff: bytes, values: dict[str, Any]) -> None:
    jobs.put(conn, me, now, {**values, "document": jobs.keep(conn, tiff, values["pages"])})


def _values(account: AnyAccount, message: Outbound, pages: int, now: datetime, give_up: datetime) -> dict[str, Any]:
    on_call, recipient = bool(message.fields.get("on_call")), message.fields.get("recipient")
    return {
        "delivery_id": message.delivery_id,
        "message_id": message.message_id,
        "interaction_id": message.interaction_id,
        "account_id": account.id,
        "number": message.to.value,
        "pages": pages,
        "on_call": on_call,
        "recipient_id": recipient if isinstance(recipient, int) else None,
        "due_at": now + (ON_CALL if on_call else NOTED_FIRST),
        "give_up_at": give_up,
    }
