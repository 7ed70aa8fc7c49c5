"""What the core does for plugins: the one object the composition root hands to every plugin's context."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hub.api import (
    Accepted,
    Address,
    AnyAccount,
    AnyConnection,
    Bytes,
    Contact,
    Content,
    Conversation,
    Json,
    NewWork,
    Raw,
    Signal,
    Subscription,
)
from hub.store.database import Store


@dataclass(frozen=True, slots=True)
class Source:
    """Where raw input came from: a listener's connection (`address` then finds the account) or a route's account."""

    channel: str
    connection: AnyConnection | None = None
    account: AnyAccount | None = None


class Core(Protocol):
    """Promises and errors are those of `hub.api.Context`, which adds only the plugin's scope."""

    @property
    def store(self) -> Store: ...

    @property
    def site_url(self) -> str: ...

    async def account(self, channel: str, address: Address) -> AnyAccount | None: ...

    async def accounts(self, channel: str) -> Sequence[AnyAccount]: ...

    async def accept(self, source: Source, raw: Raw, cursor: str | None = None) -> Accepted:
        """Store what came in; returns after commit, the cursor with it."""
        ...

    async def emit_signal(self, account: AnyAccount, signal: Signal) -> None: ...

    async def conversation(self, account: AnyAccount, thread: str, after: int, limit: int) -> Conversation | None: ...

    async def history(self, account: AnyAccount, identity: Address, limit: int) -> Sequence[Conversation]: ...

    async def attachment(self, account: AnyAccount, thread: str, attachment_id: int) -> Bytes | None: ...

    async def contact(self, account: AnyAccount, contact: Contact, content: Content) -> int: ...

    async def enqueue(self, work: NewWork) -> int: ...

    async def close(self, account: AnyAccount, thread: str, reason: str) -> None: ...

    async def is_open(self, account: AnyAccount) -> bool: ...

    async def schedule(self, plugin: str, at: datetime, name: str, payload: Mapping[str, Json], key: str) -> None: ...

    async def publish(self, topic: str, data: Mapping[str, Json]) -> None: ...

    def subscribe(self, topic: str) -> Subscription: ...
