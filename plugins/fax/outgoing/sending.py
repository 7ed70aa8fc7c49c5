"""The work of sending: takes what is due, as many at once as a number has lines."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection

from hub.api import (
    AnyAccount,
    HubError,
    Line,
    Misconfigured,
    NotConnected,
    Outbound,
    Overloaded,
    Rejected,
    Sent,
    Unreachable,
)
from plugins.fax.office import Office, settings_of
from plugins.fax.outgoing import jobs
from plugins.fax.outgoing.asking import refused
from plugins.fax.outgoing.attempt import dialled, of_an_error, sent
from plugins.fax.outgoing.jobs import Job
from plugins.fax.outgoing.made_ready import Ready, made_ready
from plugins.fax.outgoing.printing import printed, sub_address
from plugins.fax.outgoing.settling import Settling
from plugins.fax.settings import SCHEME
from plugins.fax.states import JobState
from plugins.fax.terminal.job import Event, PageDone, Progress
from plugins.fax.terminal.process import FaxError

LOOK_EVERY: Final = 4.0
NOTED_FIRST: Final = timedelta(seconds=1)
"""A fax begins a moment after it was taken: the hub notes what receipts will call it."""
ON_CALL: Final = timedelta(seconds=45)
"""How long a fax waits for the call it is to go on; then its number is dialled."""
NOT_HERE: Final = timedelta(seconds=15)
LAST: Final = timedelta(hours=2)
NO_TELEPHONY: Final = "the site has no telephony: list `sip` among its plugins"
TOO_LATE: Final = "TOO_LATE"
_TOO_LATE: Final = "It could not be dialled in time; send it again, or by other means."
_UNKNOWN: Final = ("OUTCOME_UNKNOWN", "The hub lost sight of it while pages were going; ask the recipient.")


class Sending:
    """Of one site. `_at`: the faxes that tasks here work at, delivery and account; of those under way no others have
    their lease renewed. `_not_here`: until when an account's are left to the node that has its trunk."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._settling = Settling(office)
        self._at: dict[int, int] = {}
        self._not_here: dict[int, datetime] = {}

    async def take(self, account: AnyAccount, message: Outbound) -> Sent:
        """Print it and have it sent. Raises a SendError when that cannot be; the same delivery again is no second."""
        office, now = self._office, datetime.now(UTC)
        if message.to.scheme != SCHEME:
            raise Rejected("this is no fax number")
        if lack := office.lacks or ("" if office.telephony else NO_TELEPHONY):
            raise Misconfigured(lack)
        give_up = now + timedelta(hours=office.settings.give_up_hours)
        known = await office.context.store.read(lambda conn: jobs.find(conn, message.delivery_id))
        if known is None or known.state in jobs.AGAIN:
            pages = await printed(office.printer, account, message, office.settings.zone)
            values = _values(account, message, pages.count, now, give_up)
            await office.context.store.write(lambda conn: _put(conn, office.me, now, pages.tiff, values))
        elif known.state is JobState.DELIVERED:  # the hub died before it could note what became of it
            office.soon(self._settling.told_again(account, known))
        office.news.set()
        sent_id = f"fax-{message.delivery_id}"
        return Sent(sent_id, pending_until=give_up + LAST, known_as=(f"fax/sent/{message.delivery_id}",))

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._office.news.clear()
            due = None
            with suppress(Overloaded):  # what is under way goes on while the database is away
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
        """Send it; it is not dialled while the call lasts. Cancelled, as when the call's connection ends, it is judged
        all the same by what went before the call was over."""
        await asyncio.shield(self._work(job, self._send_here(account, job, line)))

    # --- what is due --------------------------------------------------------------------------------------------------

    async def _look(self, now: datetime) -> datetime | None:
        """When the next is due."""
        me, store = self._office.me, self._office.context.store
        if not await store.read(jobs.any_open):
            return None
        at, accounts = list(self._at), await self._office.accounts()
        await store.write(lambda conn: jobs.renew(conn, me, now, at))
        for job in await store.read(lambda conn: [*jobs.abandoned(conn, now), *jobs.too_late(conn, me, now)]):
            if job.delivery_id not in self._at:
                self._work(job, self._give_up(accounts.get(job.account_id), job))
        free = self._free(accounts, now)
        for job in await store.read(lambda conn: jobs.due(conn, me, now, free)):
            if job.delivery_id not in self._at:
                self._work(job, self._attempt(accounts[job.account_id], job))
        return await store.read(lambda conn: jobs.next_due(conn, now))

    def _free(self, accounts: Mapping[int, AnyAccount], now: datetime) -> dict[int, int]:
        """The lines that are left, of each account whose trunk is here for all we know."""
        busy = Counter(self._at.values())
        left = {each: settings_of(account).lines - busy[each] for each, account in accounts.items()}
        return {each: lines for each, lines in left.items() if lines > 0 and self._not_here.get(each, now) <= now}

    def _work(self, job: Job, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        self._at[job.delivery_id] = job.account_id
        task = self._office.soon(work)
        task.add_done_callback(lambda _: self._rest(job))
        return task

    def _rest(self, job: Job) -> None:
        """A line is free again."""
        self._at.pop(job.delivery_id, None)
        self._office.news.set()

    async def _give_up(self, account: AnyAccount | None, job: Job) -> None:
        """Its time is over; or nobody is at it any more. Then, if nobody had answered, it is dialled again; else nobody
        knows what went."""
        if job.state is JobState.QUEUED:
            await self._settling.ended(account, job, JobState.FAILED, job.code or TOO_LATE, job.text or _TOO_LATE)
        elif job.state is JobState.DIALING:
            await self._move(job, JobState.QUEUED)
        else:
            await self._settling.ended(account, job, JobState.UNKNOWN, *_UNKNOWN)

    async def _attempt(self, account: AnyAccount, job: Job) -> None:
        if refusal := await refused(self._office, account, job, datetime.now(UTC)):
            await self._settling.ended(account, job, JobState.BLOCKED, refusal.code, refusal.reason)
            return
        dialling = await self._move(job, JobState.DIALING, attempts=job.attempts + 1, page=0)
        if dialling is None:
            return
        self._settling.tell(account, dialling, "DIALING")
        at = datetime.now(UTC)
        try:
            ready = await self._made_ready(account, dialling)  # before anybody's machine waits for them
            line = await dialled(self._office, account, dialling)
        except (HubError, FaxError) as error:
            if isinstance(error, Unreachable) and not isinstance(error, NotConnected):
                await self._leave_to_others(account, dialling, job.attempts)
            else:
                await self._settling.settled(account, dialling, of_an_error(error, account, dialling, at))
            return
        try:
            if sending := await self._move(dialling, JobState.SENDING):  # before a page can go
                await self._send(account, sending, line, ready)
        finally:
            await line.end()

    async def _leave_to_others(self, account: AnyAccount, job: Job, attempts: int) -> None:
        """The trunk is away, or another node's by now: that may have the fax at once, we look again a little later."""
        self._not_here[account.id] = datetime.now(UTC) + NOT_HERE
        await self._move(job, JobState.QUEUED, attempts=attempts, **jobs.LET_GO)

    async def _send_here(self, account: AnyAccount, job: Job, line: Line) -> None:
        at = datetime.now(UTC)
        try:
            ready = await self._made_ready(account, job)
        except FaxError as error:
            await self._settling.settled(account, job, of_an_error(error, account, job, at))
        else:
            await self._send(account, job, line, ready)

    async def _made_ready(self, account: AnyAccount, job: Job) -> Ready:
        return await made_ready(self._office, account, job, await self._settling.failures(job))

    async def _send(self, account: AnyAccount, job: Job, line: Line, ready: Ready) -> None:
        hear = partial(self._hear, account, job)
        outcome = await sent(self._office, account, job, line, ready.tiff, ready.way, hear)
        await self._settling.settled(account, job, outcome)

    async def _move(self, job: Job, state: JobState, **values: Any) -> Job | None:
        return await self._office.context.store.write(
            lambda conn: jobs.move(conn, self._office.me, job, state, **values)
        )

    def _hear(self, account: AnyAccount, job: Job, event: Event) -> None:
        if isinstance(event, Progress):
            self._settling.tell(account, job, "SENDING", page=event.page, bit_rate=event.bit_rate)
        elif isinstance(event, PageDone):
            page = event.page
            write = self._office.context.store.write(lambda conn: jobs.note(conn, job.delivery_id, page=page))
            self._office.soon(write)


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
        "automatic": message.automatic,
        "sub_address": sub_address(message),
        "recipient_id": recipient if isinstance(recipient, int) else None,
        "due_at": now + (ON_CALL if on_call else NOTED_FIRST),
        "give_up_at": give_up,
    }
