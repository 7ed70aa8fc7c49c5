"""What the core does for plugins (hub.plugin.core.Core), joined from the steps of the pipeline."""

import asyncio
import contextlib
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from hub.api import (
    Accepted,
    Address,
    AnyAccount,
    AnyConnection,
    Bytes,
    CallMe,
    Contact,
    Content,
    Conversation,
    Filled,
    Json,
    NewWork,
    Overloaded,
    QueueFacts,
    Raw,
    Refusal,
    Signal,
    Subscription,
    TicketFacts,
    Viewer,
)
from hub.model.hours import OpeningHours
from hub.pipeline import asking, conclude, conversations, facts, start, thread
from hub.pipeline.conversations import Wanted
from hub.pipeline.directory import Directory
from hub.pipeline.promises import call_me, dialling
from hub.pipeline.promises.callback import Wish
from hub.pipeline.receive import Receiver
from hub.pipeline.together import Together
from hub.pipeline.waits import Waits
from hub.plugin.hooks import Hooks
from hub.plugin.topics import Topics
from hub.store import interactions, timers, users, work
from hub.store.database import Store
from hub.store.identities import normalised
from hub.store.unit import Tx

SIGNALS = "core.signals"


class PipelineCore:
    """One object a node; everything a plugin's context forwards ends here."""

    def __init__(self, store: Store, directory: Directory, topics: Topics, data: Path) -> None:
        self.store = store
        self.data = data
        self.site_url = ""
        self._directory = directory
        self._topics = topics
        self._waits = Waits()
        self._conversations: Together[Wanted, Conversation | None] = Together(self._read_conversations)
        self._named: Together[tuple[str, str], int | None] = Together(self._read_names)
        self._timers: Together[timers.Timer, None] = Together(self._schedule)
        self._notes: set[asyncio.Task[None]] = set()
        self.receiver: Receiver | None = None
        self.hooks: Hooks | None = None

    async def account(self, channel: str, address: Address) -> AnyAccount | None:
        return self._directory.find(channel, address)

    async def accounts(self, channel: str) -> Sequence[AnyAccount]:
        return self._directory.accounts_of(channel)

    async def accounts_for(self, scheme: str) -> Sequence[AnyAccount]:
        return self._directory.accounts_for(scheme)

    async def accept(
        self,
        channel: str,
        raw: Raw,
        *,
        account: AnyAccount | None,
        connection: AnyConnection | None,
        cursor: str | None,
    ) -> Accepted:
        if self.receiver is None:
            raise RuntimeError("the site has not started")
        return await self.receiver.accept(channel, raw, account=account, connection=connection, cursor=cursor)

    async def emit_signal(self, account: AnyAccount, signal: Signal) -> None:
        scope = self._scope(account)
        interaction_id = await self._named.ask((scope, signal.thread))
        if interaction_id is not None:
            data: dict[str, Json] = {"interaction": interaction_id, "kind": signal.kind, "data": dict(signal.data)}
            await self._topics.publish(SIGNALS, data)

    async def conversation(self, account: AnyAccount, thread: str, after: int, limit: int) -> Conversation | None:
        scope = self._scope(account)
        return await self._conversations.ask(Wanted(scope, thread, after, limit))

    async def history(self, account: AnyAccount, identity: Address, limit: int) -> Sequence[Conversation]:
        return await self.store.read(
            lambda conn: conversations.of_identity(conn, account.id, identity, limit, self._waits)
        )

    async def attachment(self, account: AnyAccount, thread: str, attachment_id: int) -> Bytes | None:
        scope = self._scope(account)
        return await self.store.read(lambda conn: conversations.attachment(conn, scope, thread, attachment_id))

    async def contact(self, account: AnyAccount, contact: Contact, content: Content) -> int:
        row = self._directory.row(account.id)
        can = self._directory.capabilities_of(account)
        return await self.store.write(lambda tx: start.notice(tx, account, row, can, contact, content))

    async def may_contact(self, contact: Contact) -> Refusal | None:
        if self.hooks is None:
            raise RuntimeError("the plugins are not together yet")
        return await asking.may_contact(self.store, self.hooks, contact)

    async def template(self, account: AnyAccount, text: str) -> Filled | None:
        return await self.store.read(lambda conn: asking.template(conn, account.id, text))

    async def enqueue(self, new: NewWork) -> int:
        return await self.store.write(lambda tx: _enqueue(tx, new))

    async def call_back(self, wanted: CallMe, account: AnyAccount | None, thread: str) -> int | None:
        line = self._line(wanted)
        scope = self._scope(account) if account is not None else ""
        return await self.store.write(lambda tx: _call_back(tx, wanted, line, scope, thread)) if line else None

    async def close(self, account: AnyAccount, thread: str, reason: str) -> None:
        scope = self._scope(account)
        await self.store.write(lambda tx: _close(tx, scope, thread, reason))

    async def is_open(self, account: AnyAccount) -> bool:
        queue_id = self._directory.row(account.id)["queue_id"]
        return await self.store.read(lambda conn: _is_open(conn, queue_id))

    async def queue(self, key: str) -> QueueFacts | None:
        return await self.store.read(lambda conn: facts.queue(conn, key, datetime.now(UTC)))

    async def ticket(self, serial: str, proof: str) -> TicketFacts | None:
        return await self.store.read(lambda conn: facts.ticket(conn, serial, proof))

    async def managed(self, viewer: Viewer, user_ids: Collection[int]) -> frozenset[int]:
        return await self.store.read(lambda conn: _managed(conn, viewer.id, user_ids))

    async def sees(self, viewer: Viewer, interaction_id: int) -> bool:
        return await self.store.read(lambda conn: _sees(conn, viewer.id, interaction_id))

    async def sees_accounts(self, viewer: Viewer, accounts: Collection[int]) -> frozenset[int]:
        return await self.store.read(lambda conn: asking.seen_accounts(conn, viewer.id, accounts))

    async def schedule(self, plugin: str, at: datetime, name: str, payload: Mapping[str, Json], key: str) -> None:
        await self._timers.ask(timers.Timer(plugin, name, at, payload, key))

    def faulted(self, plugin: str, what: str) -> None:
        task = asyncio.get_running_loop().create_task(self._note_fault(plugin, what))
        self._notes.add(task)
        task.add_done_callback(self._notes.discard)

    async def _note_fault(self, plugin: str, what: str) -> None:
        with contextlib.suppress(Overloaded):  # the log and the counter have it
            await self.store.write(lambda tx: tx.event("plugin.fault", plugin=plugin, what=what))

    async def publish(self, topic: str, data: Mapping[str, Json]) -> None:
        await self._topics.publish(topic, data)

    def subscribe(self, topic: str) -> Subscription:
        return self._topics.subscribe(topic)

    async def _read_conversations(self, wanted: Sequence[Wanted]) -> Sequence[Conversation | None]:
        return await self.store.read(lambda conn: conversations.by_threads(conn, wanted, self._waits))

    async def _read_names(self, names: Sequence[tuple[str, str]]) -> Sequence[int | None]:
        found = await self.store.read(lambda conn: interactions.named(conn, set(names)))
        return [found[name]["id"] if name in found else None for name in names]

    async def _schedule(self, wanted: Sequence[timers.Timer]) -> Sequence[None]:
        await self.store.write(lambda tx: timers.schedule_all(tx, wanted))
        return [None] * len(wanted)

    def _line(self, wanted: CallMe) -> call_me.Line | None:
        found = dialling.account_to(self._directory, wanted.to.scheme)
        if found is None or normalised(wanted.to.scheme, wanted.to.value) is None:
            return None
        can = self._directory.channel_of(found).capabilities
        return call_me.Line(found, self._directory.row(found.id), can)

    def _scope(self, account: AnyAccount) -> str:
        dedup_scope = self._directory.channel_of(account).capabilities.dedup_scope
        return thread.scope_of(self._directory.row(account.id), dedup_scope)


def _enqueue(tx: Tx, new: NewWork) -> int:
    queue = work.queue_by_key(tx.conn, new.queue) or work.first_queue(tx.conn)
    values = {
        "kind": new.kind,
        "interaction_id": new.interaction_id,
        "medium": new.medium.value,
        "priority": new.priority + queue["priority"],
        "payload": dict(new.payload),
    }
    return work.enqueue(tx, queue, values)


def _call_back(tx: Tx, wanted: CallMe, line: call_me.Line, scope: str, thread_key: str) -> int | None:
    wish = Wish(wanted.to, wanted.at, wanted.until)
    known = interactions.by_thread(tx.conn, scope, (thread_key,)) if thread_key else None
    if known is not None:
        interaction = interactions.locked(tx, known["id"])
        if (kept := call_me.instead(tx, interaction, line, wish)) is not None:
            return kept
    queue = work.queue_by_key(tx.conn, wanted.queue) if wanted.queue else None
    return call_me.request(tx, line, wish, wanted.about, queue["id"] if queue else None, call_me.MOST)


def _close(tx: Tx, scope: str, thread_key: str, reason: str) -> None:
    found = interactions.by_thread(tx.conn, scope, (thread_key,))
    if found is not None:
        conclude.ended_by_customer(tx, interactions.locked(tx, found["id"]), reason)


def _managed(conn: Connection, viewer: int, user_ids: Collection[int]) -> frozenset[int]:
    actor = users.load_actor(conn, viewer)
    return users.managed(conn, actor, user_ids) if actor else frozenset()


def _sees(conn: Connection, viewer: int, interaction_id: int) -> bool:
    actor, row = users.load_actor(conn, viewer), interactions.get(conn, interaction_id)
    return actor is not None and row is not None and interactions.may_see(conn, actor, row)


def _is_open(conn: Connection, queue_id: int | None) -> bool:
    queue = work.queue(conn, queue_id)
    hours = OpeningHours.parse(queue["hours"]) if queue else None
    return hours is None or hours.is_open(datetime.now(UTC))
