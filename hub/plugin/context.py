"""`hub.api.Context` as a plugin gets it: the core, narrowed to the plugin's own name."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import BaseModel
from sqlalchemy import Connection as SqlConnection

from hub.api import (
    Accepted,
    Address,
    AnyAccount,
    Bytes,
    CallMe,
    Contact,
    Content,
    Conversation,
    Filled,
    Json,
    NewWork,
    PluginStore,
    QueueFacts,
    Raw,
    Refusal,
    Signal,
    Subscription,
    TicketFacts,
    Viewer,
)
from hub.plugin.core import Core
from hub.plugin.record import Plugin
from hub.store.database import Store

T = TypeVar("T")
Service = TypeVar("Service")


class ScopedStore:
    """The store as a plugin may use it: a connection in a transaction, nothing of the core's own."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def read(self, work: Callable[[SqlConnection], T]) -> T:
        """Run `work` on a reader."""
        return await self._store.read(work)

    async def write(self, work: Callable[[SqlConnection], T]) -> T:
        """Run `work` in a transaction on the core's writer; returns after the commit."""
        return await self._store.write(lambda tx: work(tx.conn))


class PluginContext:
    """One plugin's way into the core. `services` are all the site's, read when asked for, as plugins load in turn."""

    def __init__(self, record: Plugin, settings: BaseModel, core: Core, services: Iterable[object]) -> None:
        self.plugin = record.name
        self._record = record
        self.settings = settings
        self.store: PluginStore = ScopedStore(core.store)
        self._core = core
        self._services = services

    @property
    def site_url(self) -> str:
        return self._core.site_url

    @property
    def folder(self) -> Path:
        return self._core.data / self.plugin

    async def account(self, channel: str, address: Address) -> AnyAccount | None:
        return await self._core.account(channel, address)

    async def accounts(self, channel: str) -> Sequence[AnyAccount]:
        return await self._core.accounts(channel)

    async def accounts_for(self, scheme: str) -> Sequence[AnyAccount]:
        return await self._core.accounts_for(scheme)

    async def emit(self, account: AnyAccount, raw: Raw) -> Accepted:
        return await self._core.accept(account.channel, raw, account=account, connection=None, cursor=None)

    async def emit_signal(self, account: AnyAccount, signal: Signal) -> None:
        await self._core.emit_signal(account, signal)

    async def conversation(
        self, account: AnyAccount, thread: str, after: int = 0, limit: int = 200
    ) -> Conversation | None:
        return await self._core.conversation(account, thread, after, limit)

    async def history(self, account: AnyAccount, identity: Address, limit: int = 20) -> Sequence[Conversation]:
        return await self._core.history(account, identity, limit)

    async def attachment(self, account: AnyAccount, thread: str, attachment_id: int) -> Bytes | None:
        return await self._core.attachment(account, thread, attachment_id)

    async def contact(
        self,
        account: AnyAccount,
        to: Address,
        content: Content,
        purpose: str,
        *,
        automatic: bool = False,
        interaction_id: int | None = None,
    ) -> int:
        contact = Contact(account.id, account.channel, to, purpose, None, interaction_id, automatic)
        return await self._core.contact(account, contact, content)

    async def may_contact(
        self,
        account: AnyAccount,
        to: Address,
        purpose: str = "reply",
        *,
        automatic: bool = False,
        interaction_id: int | None = None,
        message_id: int | None = None,
    ) -> Refusal | None:
        contact = Contact(account.id, account.channel, to, purpose, None, interaction_id, automatic, message_id)
        return await self._core.may_contact(contact)

    async def template(self, account: AnyAccount, text: str) -> Filled | None:
        return await self._core.template(account, text)

    async def enqueue(self, work: NewWork) -> int:
        return await self._core.enqueue(work)

    async def call_back(self, wanted: CallMe, account: AnyAccount | None = None, thread: str = "") -> int | None:
        return await self._core.call_back(wanted, account, thread)

    async def close(self, account: AnyAccount, thread: str, reason: str) -> None:
        await self._core.close(account, thread, reason)

    async def is_open(self, account: AnyAccount) -> bool:
        return await self._core.is_open(account)

    async def queue(self, key: str) -> QueueFacts | None:
        return await self._core.queue(key)

    async def ticket(self, serial: str, proof: str) -> TicketFacts | None:
        return await self._core.ticket(serial, proof)

    async def managed(self, viewer: Viewer, users: Collection[int]) -> frozenset[int]:
        return await self._core.managed(viewer, users)

    async def sees(self, viewer: Viewer, interaction_id: int) -> bool:
        return await self._core.sees(viewer, interaction_id)

    async def sees_accounts(self, viewer: Viewer, accounts: Collection[int]) -> frozenset[int]:
        return await self._core.sees_accounts(viewer, accounts)

    async def schedule(self, at: datetime, name: str, payload: Mapping[str, Json], key: str = "") -> None:
        await self._core.schedule(self.plugin, at, name, payload, key)

    def fault(self, what: str, error: Exception) -> None:
        """Like the log, the event log hears of it at every doubling: who fails at each call must not fill it."""
        self._record.fault(what, error)
        if self._record.faults.bit_count() == 1:
            self._core.faulted(self.plugin, what)

    def service(self, protocol: type[Service]) -> Service | None:
        """Protocols must be `runtime_checkable`: which names a service has is all that can be checked."""
        return next((service for service in self._services if isinstance(service, protocol)), None)

    def services_of(self, protocol: type[Service]) -> Sequence[Service]:
        return [service for service in self._services if isinstance(service, protocol)]

    def key(self, purpose: str) -> bytes:
        """Derived (RFC 5869) from the site's key, so that no plugin can compute another's."""
        info = f"{self.plugin}:{purpose}".encode()
        return HKDF(SHA256(), length=32, salt=None, info=info).derive(self._core.store.key("plugins"))

    async def publish(self, topic: str, data: Mapping[str, Json]) -> None:
        await self._core.publish(f"{self.plugin}.{topic}", data)

    def subscribe(self, topic: str) -> Subscription:
        return self._core.subscribe(f"{self.plugin}.{topic}")
