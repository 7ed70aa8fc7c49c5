"""A context without a hub: it takes notes of what the plugin asks for, and answers from what the test put in."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from shutil import rmtree
from tempfile import gettempdir
from typing import TypeVar
from weakref import finalize

from pydantic import BaseModel
from sqlalchemy import Connection as SqlConnection
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

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
from hub.plugin.migrations import migrate
from hub.plugin.topics import Topics

T = TypeVar("T")
Service = TypeVar("Service")


class FakeStore:
    """The plugin's tables in memory."""

    def __init__(self, plugin: str, migrations: Path | None) -> None:
        self._engine: Engine = create_engine("sqlite://", poolclass=StaticPool)
        if migrations is not None:
            with self._engine.begin() as conn:
                migrate(conn, plugin, migrations, [plugin])

    async def read(self, work: Callable[[SqlConnection], T]) -> T:
        """At once."""
        with self._engine.connect() as conn:
            return work(conn)

    async def write(self, work: Callable[[SqlConnection], T]) -> T:
        """At once, in a transaction."""
        with self._engine.begin() as conn:
            return work(conn)

    def close(self) -> None:
        """Forget everything."""
        self._engine.dispose()


@dataclass(frozen=True, slots=True)
class Contacted:
    """A contact the plugin asked for."""

    account: AnyAccount
    to: Address
    content: Content
    purpose: str
    automatic: bool
    interaction_id: int | None


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A timer the plugin asked for."""

    at: datetime
    name: str
    payload: Mapping[str, Json]
    key: str


class NoSettings(BaseModel):
    """For a plugin that declares none."""


class FakeContext:
    """`hub.api.Context` for tests of a plugin.

    A test reads `emitted`, `signals`, `contacts`, `asked` (what the vetoes were asked about), `works`, `call_backs`,
    `closed`, `faults` and `timers`, and sets `refusal` (the vetoes' answer), `templates` (by account id and text),
    `conversations` (by account id and thread), `histories` (by account id and identity), `attachments` (by id),
    `queues` (by key), `tickets` (by serial and proof), `out_of_reach` (users that no viewer may manage),
    `hidden` (interactions nobody may see), `services`,
    `calls` and `open`.
    """

    def __init__(
        self,
        plugin: str,
        settings: BaseModel | None = None,
        *,
        accounts: Sequence[AnyAccount] = (),
        migrations: Path | None = None,
        refusing: Exception | None = None,
    ) -> None:
        self.plugin = plugin
        self.settings: BaseModel = settings or NoSettings()
        self.store: PluginStore = FakeStore(plugin, migrations)
        self.refusing = refusing
        self.open = True
        self.services: list[object] = []
        self.conversations: dict[tuple[int, str], Conversation] = {}
        self.histories: dict[tuple[int, Address], Sequence[Conversation]] = {}
        self.attachments: dict[int, Bytes] = {}
        self.queues: dict[str, QueueFacts] = {}
        self.tickets: dict[tuple[str, str], TicketFacts] = {}
        self.emitted: list[tuple[AnyAccount, Raw]] = []
        self.signals: list[tuple[AnyAccount, Signal]] = []
        self.contacts: list[Contacted] = []
        self.asked: list[Contact] = []
        self.refusal: Refusal | None = None
        self.templates: dict[tuple[int, str], Filled] = {}
        self.works: list[NewWork] = []
        self.calls = True
        self.call_backs: list[tuple[CallMe, AnyAccount | None, str]] = []
        self.out_of_reach: set[int] = set()
        self.hidden: set[int] = set()
        self.out_of_sight: set[int] = set()
        self.faults: list[tuple[str, Exception]] = []
        self.closed: list[tuple[AnyAccount, str, str]] = []
        self.timers: list[Scheduled] = []
        self._accounts = list(accounts)
        self._topics = Topics("test")
        self._data = Path(gettempdir()) / f"hub-{token_hex(8)}"
        finalize(self, rmtree, self._data, ignore_errors=True)

    @property
    def site_url(self) -> str:
        return "http://127.0.0.1:8080"

    @property
    def folder(self) -> Path:
        """A temporary one, gone with the context."""
        return self._data / self.plugin

    async def account(self, channel: str, address: Address) -> AnyAccount | None:
        wanted = (channel, address.scheme, address.value)
        return next((a for a in self._accounts if (a.channel, a.address.scheme, a.address.value) == wanted), None)

    async def accounts(self, channel: str) -> Sequence[AnyAccount]:
        return [account for account in self._accounts if account.channel == channel]

    async def accounts_for(self, scheme: str) -> Sequence[AnyAccount]:
        """Those whose own address is of this scheme: for a test that is near enough."""
        return [account for account in self._accounts if account.address.scheme == scheme]

    async def emit(self, account: AnyAccount, raw: Raw) -> Accepted:
        """Accepted, unless the test set `refusing` (Overloaded, Unauthenticated)."""
        if self.refusing is not None:
            raise self.refusing
        self.emitted.append((account, raw))
        return Accepted(len(self.emitted))

    async def emit_signal(self, account: AnyAccount, signal: Signal) -> None:
        self.signals.append((account, signal))

    async def conversation(
        self, account: AnyAccount, thread: str, after: int = 0, limit: int = 200
    ) -> Conversation | None:
        found = self.conversations.get((account.id, thread))
        return found and _from(found, after, limit)

    async def history(self, account: AnyAccount, identity: Address, limit: int = 20) -> Sequence[Conversation]:
        return self.histories.get((account.id, identity), ())[:limit]

    async def attachment(self, account: AnyAccount, thread: str, attachment_id: int) -> Bytes | None:
        return self.attachments.get(attachment_id)

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
        self.contacts.append(Contacted(account, to, content, purpose, automatic, interaction_id))
        return len(self.contacts)

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
        """What the test set as `refusal`."""
        self.asked.append(
            Contact(account.id, account.channel, to, purpose, None, interaction_id, automatic, message_id)
        )
        return self.refusal

    async def template(self, account: AnyAccount, text: str) -> Filled | None:
        return self.templates.get((account.id, text))

    async def enqueue(self, work: NewWork) -> int:
        self.works.append(work)
        return len(self.works)

    async def call_back(self, wanted: CallMe, account: AnyAccount | None = None, thread: str = "") -> int | None:
        """None, as where nobody can call, while `calls` is False."""
        if not self.calls:
            return None
        self.call_backs.append((wanted, account, thread))
        return len(self.call_backs)

    async def close(self, account: AnyAccount, thread: str, reason: str) -> None:
        self.closed.append((account, thread, reason))

    async def is_open(self, account: AnyAccount) -> bool:
        return self.open

    async def queue(self, key: str) -> QueueFacts | None:
        return self.queues.get(key)

    async def ticket(self, serial: str, proof: str) -> TicketFacts | None:
        return self.tickets.get((serial, proof))

    async def managed(self, viewer: Viewer, users: Collection[int]) -> frozenset[int]:
        """All but those the test names in `out_of_reach`."""
        return frozenset(users) - self.out_of_reach

    async def sees(self, viewer: Viewer, interaction_id: int) -> bool:
        return interaction_id not in self.hidden

    async def sees_accounts(self, viewer: Viewer, accounts: Collection[int]) -> frozenset[int]:
        """All but those the test names in `out_of_sight`."""
        return frozenset(accounts) - self.out_of_sight

    async def schedule(self, at: datetime, name: str, payload: Mapping[str, Json], key: str = "") -> None:
        """A `key` replaces, as in the hub."""
        self.timers = [timer for timer in self.timers if not key or (timer.name, timer.key) != (name, key)]
        self.timers.append(Scheduled(at, name, payload, key))

    def fault(self, what: str, error: Exception) -> None:
        self.faults.append((what, error))

    def service(self, protocol: type[Service]) -> Service | None:
        return next((service for service in self.services if isinstance(service, protocol)), None)

    def services_of(self, protocol: type[Service]) -> Sequence[Service]:
        return [service for service in self.services if isinstance(service, protocol)]

    def key(self, purpose: str) -> bytes:
        return hashlib.sha256(f"{self.plugin}:{purpose}".encode()).digest()

    async def publish(self, topic: str, data: Mapping[str, Json]) -> None:
        await self._topics.publish(topic, data)

    def subscribe(self, topic: str) -> Subscription:
        return self._topics.subscribe(topic)


def _from(conversation: Conversation, after: int, limit: int) -> Conversation:
    later = tuple(message for message in conversation.messages if message.position > after)
    return replace(conversation, messages=later[:limit])
