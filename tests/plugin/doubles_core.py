"""A core that only takes notes, around a real store."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path

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
from hub.plugin.topics import Topics
from hub.store.database import Store

Noted = tuple[object, ...]


class NotingCore:
    """Everything asked of it stands in `asked`."""

    site_url = "http://127.0.0.1:8080"
    data = Path("/srv/hub")

    def __init__(self, store: Store) -> None:
        self.store = store
        self.topics = Topics("here")
        self.asked: list[Noted] = []

    async def account(self, channel: str, address: Address) -> AnyAccount | None:
        self._note("account", channel, address)
        return None

    async def accounts(self, channel: str) -> Sequence[AnyAccount]:
        self._note("accounts", channel)
        return ()

    async def accounts_for(self, scheme: str) -> Sequence[AnyAccount]:
        self._note("accounts_for", scheme)
        return ()

    async def accept(
        self,
        channel: str,
        raw: Raw,
        *,
        account: AnyAccount | None,
        connection: AnyConnection | None,
        cursor: str | None,
    ) -> Accepted:
        self._note("accept", channel, raw, account, connection, cursor)
        return Accepted(len(self.asked))

    async def emit_signal(self, account: AnyAccount, signal: Signal) -> None:
        self._note("emit_signal", account, signal)

    async def conversation(self, account: AnyAccount, thread: str, after: int, limit: int) -> Conversation | None:
        self._note("conversation", account, thread, after, limit)
        return None

    async def history(self, account: AnyAccount, identity: Address, limit: int) -> Sequence[Conversation]:
        self._note("history", account, identity, limit)
        return ()

    async def attachment(self, account: AnyAccount, thread: str, attachment_id: int) -> Bytes | None:
        self._note("attachment", account, thread, attachment_id)
        return None

    async def contact(self, account: AnyAccount, contact: Contact, content: Content) -> int:
        self._note("contact", account, contact, content)
        return 1

    async def may_contact(self, contact: Contact) -> Refusal | None:
        self._note("may_contact", contact)
        return None

    async def template(self, account: AnyAccount, text: str) -> Filled | None:
        self._note("template", account, text)
        return None

    async def enqueue(self, work: NewWork) -> int:
        self._note("enqueue", work)
        return 2

    async def call_back(self, wanted: CallMe, account: AnyAccount | None, thread: str) -> int | None:
        self._note("call_back", wanted, account, thread)
        return 3

    async def close(self, account: AnyAccount, thread: str, reason: str) -> None:
        self._note("close", account, thread, reason)

    async def is_open(self, account: AnyAccount) -> bool:
        self._note("is_open", account)
        return True

    async def queue(self, key: str) -> QueueFacts | None:
        self._note("queue", key)
        return None

    async def ticket(self, serial: str, proof: str) -> TicketFacts | None:
        self._note("ticket", serial, proof)
        return None

    async def managed(self, viewer: Viewer, users: Collection[int]) -> frozenset[int]:
        self._note("managed", viewer, users)
        return frozenset()

    async def sees(self, viewer: Viewer, interaction_id: int) -> bool:
        self._note("sees", viewer, interaction_id)
        return False

    async def sees_accounts(self, viewer: Viewer, accounts: Collection[int]) -> frozenset[int]:
        self._note("sees_accounts", viewer, accounts)
        return frozenset()

    async def schedule(self, plugin: str, at: datetime, name: str, payload: Mapping[str, Json], key: str) -> None:
        self._note("schedule", plugin, at, name, payload, key)

    def faulted(self, plugin: str, what: str) -> None:
        self._note("faulted", plugin, what)

    async def publish(self, topic: str, data: Mapping[str, Json]) -> None:
        await self.topics.publish(topic, data)

    def subscribe(self, topic: str) -> Subscription:
        return self.topics.subscribe(topic)

    def _note(self, *asked: object) -> None:
        self.asked.append(asked)
