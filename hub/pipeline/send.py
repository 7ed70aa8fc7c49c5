"""The way out: leases what is due, asks the vetoes, gives it to the channel, and says what became of it."""

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from hub.api import (
    Address,
    Contact,
    Outbound,
    OutcomeUnknown,
    Overloaded,
    Refusal,
    SendError,
    Sent,
    Unreachable,
    crash_point,
)
from hub.model.states import DeliveryState
from hub.pipeline import thread
from hub.pipeline.directory import Directory
from hub.plugin.faults import BreakerOpen
from hub.plugin.hooks import Hooks
from hub.store import blobs, interactions, messages, outbox
from hub.store.database import Store
from hub.store.rows import Row
from hub.store.tables import tickets
from hub.store.unit import Tx

log = logging.getLogger(__name__)
GROUP = 64
IDLE = 5.0
MOMENT, ONCE_MORE = 1.5, 5.0  # seconds what is under way gets when the hub ends
BACK_OFF = (5, 15, 60, 300, 900, 3600, 3600, 7200, 14400, 14400, 28800)


class Sender:
    """Delivers what is due over the connections this node holds (`held`), and what needs none; woken by commits, and by
    the clock for what is due later."""

    def __init__(self, store: Store, directory: Directory, hooks: Hooks) -> None:
        self._store = store
        self._directory = directory
        self._hooks = hooks
        self.held: Collection[int] = ()
        self._due = asyncio.Event()
        self._slots: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(16))
        self._under_way: set[asyncio.Task[None]] = set()
        self._once_only: set[asyncio.Task[Any]] = set()  # a second try might make a second message

    def wake(self) -> None:
        """Something may be due."""
        self._due.set()

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            self._due.clear()  # before the look: what comes due while it is taken wakes the next
            try:
                rows = await self._store.write(lambda tx: outbox.lease(tx, self._store.node, self.held, GROUP))
            except Overloaded:
                await asyncio.sleep(1)
                continue
            for row in rows:
                self._start(row)
            if not rows:
                await self._wait()

    async def close(self) -> None:
        """Let what is under way come to its end, for a moment; longer where it could not be tried again."""
        for tasks, seconds in ((self._under_way, MOMENT), (self._once_only, ONCE_MORE)):
            if tasks:
                await asyncio.wait(tasks, timeout=seconds)

    async def recover(self, living: list[str]) -> None:
        """Deliveries whose worker died: again where that is safe, else UNKNOWN, which a person sees."""
        await self._store.write(lambda tx: self._recover(tx, living))
        self.wake()

    def _recover(self, tx: Tx, living: list[str]) -> None:
        for row in outbox.abandoned(tx, self._store.node, living):
            safe = self._resend_is_safe(row["account_id"])
            state = DeliveryState.PENDING if safe else DeliveryState.UNKNOWN
            outbox.move(tx, row, state, due_at=tx.now, error_code="" if safe else OutcomeUnknown.code)
        for row in outbox.overdue(tx):
            outbox.move(tx, row, DeliveryState.UNKNOWN, error_code=OutcomeUnknown.code)

    def _resend_is_safe(self, account_id: int) -> bool:
        account = self._directory.account(account_id)
        channel = self._directory.channels.get(account.channel) if account else None
        return channel is not None and channel.capabilities.resend_is_safe

    async def _wait(self) -> None:
        due = await self._store.read(outbox.next_due)
        seconds = min((due - datetime.now(UTC)).total_seconds(), IDLE) if due else IDLE
        with contextlib.suppress(TimeoutError):  # not wait_for: before 3.12 it drops a cancellation that meets a wake
            async with asyncio.timeout(max(seconds, 0.01)):
                await self._due.wait()

    def _start(self, row: Row) -> None:
        task = asyncio.get_running_loop().create_task(self._deliver(row))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _deliver(self, row: Row) -> None:
        crash_point("delivery_leased")
        async with self._slots[f"{row['connection_id']}:{row['account_id']}"]:
            try:
                outcome = await self._try(row)
            except Exception as error:  # the delivery must not stay leased because something unforeseen broke
                log.exception("delivery %s failed", row["id"])
                outcome = OutcomeUnknown(type(error).__name__)
        await self._mark_for_sure(row, outcome)
        crash_point("marked_before_told")
        self.wake()

    async def _try(self, row: Row) -> Sent | Refusal | SendError:
        account = self._directory.account(row["account_id"])
        if account is None:
            return Unreachable("the account is switched off")
        connection = self._directory.connection(row["connection_id"])
        if row["connection_id"] is not None and connection is None:
            return Unreachable("the connection is switched off")
        channel = self._directory.channel_of(account)
        if not channel.capabilities.resend_is_safe and (task := asyncio.current_task()):
            self._once_only.add(task)
            task.add_done_callback(self._once_only.discard)
        scope = thread.scope_of(self._directory.row(account.id), channel.capabilities.dedup_scope)
        message, contact = await self._store.read(lambda conn: _outbound(conn, row, scope, account.channel))
        if refusal := await self._hooks.veto(contact):
            return refusal
        try:
            sent = await channel.send(connection, account, message)
        except SendError as error:
            return error
        crash_point("sent_before_marked")
        return sent

    async def _mark_for_sure(self, row: Row, outcome: Sent | Refusal | SendError) -> None:
        """What has gone out must be noted, however long the database is away: else it would go out twice."""
        while True:
            try:
                return await self._store.write(lambda tx: self._mark(tx, row, outcome))
            except Overloaded:
                await asyncio.sleep(1)

    def _mark(self, tx: Tx, row: Row, outcome: Sent | Refusal | SendError) -> None:
        current = outbox.get(tx.conn, row["id"])
        interaction = interactions.locked(tx, row["interaction_id"])
        if current is None:
            return
        department = interaction["department_id"]
        match outcome:
            case Sent():
                self._sent(tx, current, interaction, outcome)
            case Refusal():
                blocked = {"error_code": outcome.code, "error": outcome.reason}
                outbox.move(tx, current, DeliveryState.BLOCKED, department, **blocked)
            case SendError():
                state, values = after_error(outcome, current["attempts"], tx.now)
                outbox.move(tx, current, state, department, **values)

    def _sent(self, tx: Tx, current: Row, interaction: Row, sent: Sent) -> None:
        """A receipt may have overtaken us: then the delivery is further on already and only its id is noted."""
        values = {"external_id": sent.external_id[:1000], "pending_until": sent.pending_until, "leased_until": None}
        outbox.note(tx, current, **values)
        outbox.move(tx, current, DeliveryState.SENT, interaction["department_id"], error_code="", error="")
        messages.name(tx, current["message_id"], sent.external_id)
        account = self._directory.account(current["account_id"])
        if account is not None:
            dedup_scope = self._directory.channel_of(account).capabilities.dedup_scope
            scope = thread.scope_of(self._directory.row(account.id), dedup_scope)
            interactions.name_thread(tx, scope, sent.known_as, interaction["id"])


def after_error(error: SendError, attempts: int, now: datetime) -> tuple[DeliveryState, dict[str, object]]:
    """The state and columns a failed attempt leads to: again later with back-off, FAILED, or UNKNOWN."""
    values: dict[str, object] = {"error_code": error.code, "error": error.detail[:1000], "leased_until": None}
    if isinstance(error, OutcomeUnknown):
        return DeliveryState.UNKNOWN, values
    if isinstance(error, BreakerOpen):  # nothing was tried, so no attempt was used up, however long the outage
        return DeliveryState.PENDING, {**values, "attempts": attempts - 1, "due_at": _later(error, BACK_OFF[0], now)}
    if not error.retryable or attempts > len(BACK_OFF):
        return DeliveryState.FAILED, values
    due_at = _later(error, BACK_OFF[min(attempts, len(BACK_OFF)) - 1], now)
    return DeliveryState.PENDING, {**values, "due_at": due_at}


def _later(error: SendError, seconds: float, now: datetime) -> datetime:
    """When the far side said, else after so many seconds."""
    return now + timedelta(seconds=error.retry_after or seconds)


def _outbound(conn: Connection, row: Row, scope: str, channel: str) -> tuple[Outbound, Contact]:
    message = messages.get(conn, row["message_id"])
    interaction = interactions.get(conn, row["interaction_id"])
    if message is None or interaction is None:
        raise OutcomeUnknown("the message is gone")
    recipient = row["recipient"]
    to = Address(recipient["scheme"], recipient["value"], recipient.get("name", ""))
    references = messages.references(conn, interaction["id"])
    newest = messages.last_inbound(conn, interaction["id"])
    outbound = Outbound(
        delivery_id=row["id"],
        message_id=message["id"],
        interaction_id=interaction["id"],
        to=to,
        text=message["text"],
        html=message["html"],
        kind=message["kind"],
        fields=message["fields"],
        attachments=blobs.load(conn, message["id"]),
        in_reply_to=newest["external_id"] if newest else "",
        references=tuple(references),
        thread=(interaction["thread"],) if interaction["thread"] else (),
        serial=_serial(conn, interaction["ticket_id"]),
        subject=str(message["fields"].get("subject") or interaction["subject"]),
        agent_name=message["author"],
        language=interaction["language"],
        automatic=message["automatic"],
        attempt=row["attempts"],
    )
    purpose = "notice" if message["automatic"] else "reply"
    whose, automatic = interaction["customer_id"], message["automatic"]
    contact = Contact(row["account_id"], channel, to, purpose, whose, interaction["id"], automatic, message["id"])
    return outbound, contact


def _serial(conn: Connection, ticket_id: int | None) -> str:
    if ticket_id is None:
        return ""
    return str(conn.execute(tickets.select().where(tickets.c.id == ticket_id)).mappings().one()["serial"])
