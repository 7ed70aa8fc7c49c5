"""Broadcasts at work: as many numbers at once as the account has lines, until each has its result."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from hub.api import Address, AnyAccount, Content, Event, HubError, Overloaded
from plugins.fax.broadcast import rows
from plugins.fax.broadcast.rows import Broadcast
from plugins.fax.office import Office, settings_of
from plugins.fax.outgoing import jobs
from plugins.fax.settings import SCHEME
from plugins.fax.states import ENDS, BroadcastState, RecipientState

LOOK_EVERY: Final = 2.0
IDLE: Final = 10.0
PURPOSE: Final = "campaign"
MOST_EARLY: Final = 1_000
_TOLD: Final = {
    "BLOCKED": RecipientState.BLOCKED,
    "FAILED": RecipientState.FAILED,
    "UNKNOWN": RecipientState.UNKNOWN,
    "UNDONE": RecipientState.CANCELLED,
}
"""What the hub calls the end of a message that never became a fax."""


class Broadcasts:
    """Of one site. What is with the hub goes through its vetoes and its outbox like any message."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.news = asyncio.Event()
        self._early: dict[int, tuple[RecipientState, str]] = {}
        """Ends the hub told of before we could note which number the message was for: a veto is quick."""

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self.news.clear()
            try:
                busy = await self._look()
            except Overloaded:
                busy = True
            try:
                async with asyncio.timeout(LOOK_EVERY if busy else IDLE):
                    await self.news.wait()
            except TimeoutError:
                continue

    async def observe(self, event: Event) -> None:
        """A veto, or what the hub could not even try: no job of ours tells of these."""
        state, message = _TOLD.get(str(event.data.get("state"))), event.data.get("message")
        if event.type == "delivery.state" and state is not None and isinstance(message, int):
            told = state, str(event.data.get("code", ""))
            self._early[message] = told
            while len(self._early) > MOST_EARLY:
                del self._early[next(iter(self._early))]
            await self._office.context.store.write(lambda conn: _without_a_job(conn, message, *told))
            self.news.set()

    async def _look(self) -> bool:
        store, now = self._office.context.store, datetime.now(UTC)
        found = await store.read(rows.running)
        if found:
            patience = timedelta(hours=self._office.settings.give_up_hours)
            await store.write(lambda conn: _catch_up(conn, now, patience))
        for broadcast in found:
            if broadcast.state is BroadcastState.RUNNING:
                await self._go_on(broadcast)
        return bool(found)

    async def _go_on(self, broadcast: Broadcast) -> None:
        account = await self._office.account(broadcast.account_id)
        if account is None:
            return
        open_now = sum(broadcast.counts.get(state, 0) for state in rows.OPEN)
        if not open_now and not broadcast.counts.get(RecipientState.WAITING):
            await self._office.context.store.write(lambda conn: rows.finish(conn, broadcast.id))
        for _ in range(settings_of(account).lines - open_now):
            if not await self._hand_over_next(account, broadcast):
                return

    async def _hand_over_next(self, account: AnyAccount, broadcast: Broadcast) -> bool:
        store = self._office.context.store
        row = await store.write(lambda conn: rows.begin_next(conn, broadcast.id))
        if row is None:
            return False
        text, files = await store.read(lambda conn: rows.document(conn, broadcast.id))
        content = Content(text, kind="FAX", fields={"subject": broadcast.title}, attachments=files)
        to = Address(SCHEME, row["number"], row["name"])
        try:
            message = await self._office.context.contact(account, to, content, PURPOSE, automatic=True)
        except Overloaded:
            raise
        except HubError as error:  # a number that is none
            why = error
            await store.write(lambda conn: _refused(conn, row["id"], why))
            return True
        told = self._early.pop(message, None)
        await store.write(lambda conn: _given(conn, row["id"], message, told))
        return True


def _without_a_job(conn: Connection, message: int, state: RecipientState, code: str) -> None:
    if jobs.of_message(conn, message) is None:
        rows.settle(conn, message, state, code, "")


def _given(conn: Connection, recipient: int, message: int, told: tuple[RecipientState, str] | None) -> None:
    rows.given(conn, recipient, message)
    if told is not None:
        _without_a_job(conn, message, *told)


def _catch_up(conn: Connection, now: datetime, patience: timedelta) -> None:
    """What became of those that are with the hub, as our own jobs say. Of one that has none after so long, the hub's
    word was missed (it was down): it must not keep a line from the others."""
    rows.lost(conn, now)
    late = set(rows.given_messages(conn, before=now - patience))
    for message in rows.given_messages(conn):
        job = jobs.of_message(conn, message)
        if job is not None and job.state in ENDS:
            rows.settle(conn, message, RecipientState(job.state.value), job.code, job.text)
        elif job is None and message in late:
            rows.settle(conn, message, RecipientState.UNKNOWN, "OUTCOME_UNKNOWN", "")


def _refused(conn: Connection, recipient: int, why: HubError) -> None:
    rows.given(conn, recipient, -recipient)
    rows.settle(conn, -recipient, RecipientState.FAILED, why.code, why.line)
