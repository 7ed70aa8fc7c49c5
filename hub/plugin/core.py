"""What the core does for plugins: the one object the composition root hands to every plugin's context."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

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
    QueueFacts,
    Raw,
    Refusal,
    Signal,
    Subscription,
    TicketFacts,
    Viewer,
)
from hub.store.database import Store


class Core(Protocol):
    """Promises and errors are those of `hub.api.Context`, which adds only the plugin's scope."""

    @property
    def store(self) -> Store: ...

    @property
    def site_url(self) -> str: ...

    @property
    def data(self) -> Path: ...

    async def account(self, channel: str, address: Address) -> AnyAccount | None: ...

    async def accounts(self, channel: str) -> Sequence[AnyAccount]: ...

    async def accounts_for(self, scheme: str) -> Sequence[AnyAccount]: ...

    async def accept(
        self,
        channel: str,
        raw: Raw,
        *,
        account: AnyAccount | None,
        connection: AnyConnection | None,
        cursor: str | None,
    ) -> Accepted:
        """Store what a route received for `account`, or what a listener heard on `connection` (the channel's `address`
        then finds the account); returns after commit, the cursor with it."""
        ...

    async def emit_signal(self, account: AnyAccount, signal: Signal) -> None: ...

    async def conversation(self, account: AnyAccount, thread: str, after: int, limit: int) -> Conversation | None: ...

    async def history(self, account: AnyAccount, identity: Address, limit: int) -> Sequence[Conversation]: ...

    async def attachment(self, account: AnyAccount, thread: str, attachment_id: int) -> Bytes | None: ...

    async def contact(self, account: AnyAccount, contact: Contact, content: Content) -> int: ...

    async def may_contact(self, contact: Contact) -> Refusal | None: ...

    async def template(self, account: AnyAccount, text: str) -> Filled | None: ...

    async def enqueue(self, work: NewWork) -> int: ...

    async def call_back(self, wanted: CallMe, account: AnyAccount | None, thread: str) -> int | None: ...

    async def close(self, account: AnyAccount, thread: str, reason: str) -> None: ...

    async def is_open(self, account: AnyAccount) -> bool: ...

    async def queue(self, key: str) -> QueueFacts | None: ...

    async def ticket(self, serial: str, proof: str) -> TicketFacts | None: ...

    async def managed(self, viewer: Viewer, users: Collection[int]) -> frozenset[int]: ...

    async def sees(self, viewer: Viewer, interaction_id: int) -> bool: ...

    async def sees_accounts(self, viewer: Viewer, accounts: Collection[int]) -> frozenset[int]: ...

    async def schedule(self, plugin: str, at: datetime, name: str, payload: Mapping[str, Json], key: str) -> None: ...

    def faulted(self, plugin: str, what: str) -> None:
        """An event of it, soon."""
        ...

    async def publish(self, topic: str, data: Mapping[str, Json]) -> None: ...

    def subscribe(self, topic: str) -> Subscription: ...
