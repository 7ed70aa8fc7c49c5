"""What a plugin is handed: its one way into the core."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

from pydantic import BaseModel
from sqlalchemy import Connection as SqlConnection

from hub.api.channel import AnyAccount, Medium
from hub.api.messages import Accepted, Address, Attachment, Choice, Json, Raw, Signal
from hub.api.web import Viewer

T = TypeVar("T")
Service = TypeVar("Service")


@dataclass(frozen=True, slots=True)
class Content:
    """What is to be said in a contact: text, optional HTML, fields the channel knows, files."""

    text: str
    html: str = ""
    kind: str = "TEXT"
    fields: Mapping[str, Json] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    """An intended contact with a customer, as the veto hook sees it. `purpose`: "reply", "notice", "campaign", …;
    `message_id` what is to be sent, where it is a message."""

    account_id: int
    channel: str
    to: Address
    purpose: str
    customer_id: int | None = None
    interaction_id: int | None = None
    automatic: bool = False
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a contact may not happen; `reason` is shown to the agent."""

    reason: str
    code: str = "VETOED"


@dataclass(frozen=True, slots=True)
class NewWork:
    """Work to be routed: `kind` ("interaction", "callback", "voicemail", …), a queue's key, a medium, a priority
    (higher first)."""

    kind: str
    queue: str
    medium: Medium
    interaction_id: int | None = None
    priority: int = 0
    payload: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CallMe:
    """Somebody wants to be called back: as soon as it is their turn, but not before `at`, and not after `until`.

    `queue` is the key of the one that calls ("": that of the account the call is made from); `about` is a line for the
    agent who does.
    """

    to: Address
    at: datetime | None = None
    until: datetime | None = None
    queue: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class ConversationMessage:
    """One message as the customer may see it (never a note). `position` counts from 1 inside an interaction;
    gaps that a customer sees are notes."""

    id: int
    interaction_id: int
    position: int
    direction: str
    kind: str
    text: str
    html: str
    fields: Mapping[str, Json]
    author: str
    external_id: str
    at: datetime
    delivery: str
    attachments: tuple["ConversationFile", ...] = ()


@dataclass(frozen=True, slots=True)
class ConversationFile:
    """An attachment as the customer sees it; fetch the bytes with `Context.attachment`."""

    id: int
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class EstimatedWait:
    """From `low_seconds` up to `high_seconds`, None for two hours and more; it never rises while one waits."""

    low_seconds: int
    high_seconds: int | None


@dataclass(frozen=True, slots=True)
class Conversation:
    """A stretch of contact as its customer sees it. `waiting_ahead` is None unless QUEUED or OFFERED; `estimated_wait`
    unless the customer waits in a queue at the other end. `choices`: what they may choose instead, in the `language`
    of the dialogue."""

    interaction_id: int
    state: str
    thread: str
    agent: str
    waiting_ahead: int | None
    ticket_serial: str
    messages: tuple[ConversationMessage, ...]
    estimated_wait: EstimatedWait | None = None
    choices: tuple[Choice, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class Bytes:
    """An attachment's content with how to serve it."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """What a customer may learn of their ticket who proved to be one. `serial` is its nine digits."""

    serial: str
    status: str
    subject: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """How a queue stands now: `waiting` in it, `agents` READY for it, and when it opens next (None when it is open, or
    does not within a year)."""

    open: bool
    waiting: int
    agents: int
    opens_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """The template a text was made from: what the carrier who approved it calls it (`reference`), and what stands for
    each of its places, in their order."""

    reference: str
    language: str
    values: Mapping[str, str]


class PluginStore(Protocol):
    """The core's database, through its one writer. Functions are synchronous, get a SQLAlchemy connection inside a
    transaction, may be run again after a conflict, and must touch only the plugin's own tables."""

    async def read(self, work: Callable[[SqlConnection], T]) -> T: ...

    async def write(self, work: Callable[[SqlConnection], T]) -> T: ...


class Subscription(Protocol):
    """A bounded subscription to a topic: iterate it; leave the `async with` to end it. When it overflowed, the oldest
    are dropped: a topic is a wake-up, the store is the truth."""

    async def __aenter__(self) -> AsyncIterator[Mapping[str, Json]]: ...

    async def __aexit__(self, *exc: object) -> None: ...


class Context(Protocol):
    """A plugin's way into the core.

    settings      the plugin's own settings model (what `hub_settings` declared): hub.toml, then the environment
    site_url      where the site is reached, without a trailing slash ("http://127.0.0.1:8080"); known once it serves
    store         read and write the plugin's own tables
    folder        a folder in the site's data folder that is the plugin's alone, for files that this node must find
                  after a crash; another hub on the same disk may have the same one. Not there until the plugin makes it
    """

    plugin: str
    settings: BaseModel
    store: PluginStore

    @property
    def folder(self) -> Path: ...

    @property
    def site_url(self) -> str: ...

    async def account(self, channel: str, address: Address) -> AnyAccount | None:
        """The enabled account with this address, or None."""
        ...

    async def accounts(self, channel: str) -> Sequence[AnyAccount]:
        """All enabled accounts of a channel."""
        ...

    async def accounts_for(self, scheme: str) -> Sequence[AnyAccount]:
        """Enabled accounts, of whatever channel, through which one may write first to an address of this scheme."""
        ...

    async def emit(self, account: AnyAccount, raw: Raw) -> Accepted:
        """Hand in what a route received; returns after commit. Raises Unauthenticated, Overloaded."""
        ...

    async def emit_signal(self, account: AnyAccount, signal: Signal) -> None:
        """Straight to the screens of those who see the interaction; bounded, may be dropped."""
        ...

    async def conversation(
        self, account: AnyAccount, thread: str, after: int = 0, limit: int = 200
    ) -> Conversation | None:
        """The newest interaction of this thread key, with what a customer may see of it after position `after`."""
        ...

    async def history(self, account: AnyAccount, identity: Address, limit: int = 20) -> Sequence[Conversation]:
        """Earlier conversations of this identity on this account, newest first."""
        ...

    async def attachment(self, account: AnyAccount, thread: str, attachment_id: int) -> Bytes | None:
        """An attachment of that conversation, or None when it is not part of it."""
        ...

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
        """Write to a customer (in an interaction, or a new one); returns the message id. The veto hook may block it."""
        ...

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
        """Ask the veto hooks (again) before a contact that the hub does not make itself: another attempt at what `send`
        took long ago, the next of a list. None: it may happen, now. Fails closed, as before `send`."""
        ...

    async def template(self, account: AnyAccount, text: str) -> Filled | None:
        """Which template of this account, of those a carrier has a name for, the text was made from; None when from
        none, or somebody has changed more than what stands in its places."""
        ...

    async def enqueue(self, work: NewWork) -> int:
        """Put work into a queue; returns its id."""
        ...

    async def call_back(self, wanted: CallMe, account: AnyAccount | None = None, thread: str = "") -> int | None:
        """Promise a call; returns the promise's id, None when no account of the site can call there. Where they wait in
        the conversation known by `thread`, that ends and they keep its place. Asked twice it is one promise. The veto
        hook is asked before each attempt. Raises a HubError that is `retryable` while too many wait for a call."""
        ...

    async def close(self, account: AnyAccount, thread: str, reason: str) -> None:
        """End the interaction known by this key (the customer left, or the channel did): ABANDONED while nobody had
        answered, CLOSED otherwise."""
        ...

    async def is_open(self, account: AnyAccount) -> bool:
        """Whether the account's queue is inside its opening hours now."""
        ...

    async def queue(self, key: str) -> QueueFacts | None:
        """How this queue stands now, or None when there is none."""
        ...

    async def ticket(self, serial: str, proof: str) -> TicketFacts | None:
        """The ticket with this serial, for whoever also knows an address of its customer or the last four digits of
        their number; None for a wrong serial as for a wrong proof. Limit how often one may try."""
        ...

    async def managed(self, viewer: Viewer, users: Collection[int]) -> frozenset[int]:
        """Those of these users whom the viewer may manage: they have the permission `users.manage`, the users are of
        departments they see, and none has a right they lack. A route that changes something of a user's asks."""
        ...

    async def sees(self, viewer: Viewer, interaction_id: int) -> bool:
        """Whether this conversation is the viewer's to see. A route that tells something of one asks."""
        ...

    async def sees_accounts(self, viewer: Viewer, accounts: Collection[int]) -> frozenset[int]:
        """Those of these accounts that are the viewer's to see: of departments they see, or the whole site's. A route
        that tells something of an account which is in no conversation yet, or changes it, asks."""
        ...

    async def schedule(self, at: datetime, name: str, payload: Mapping[str, Json], key: str = "") -> None:
        """A durable timer: `hub_timer(name, payload)` of this plugin is called at or after `at`. A `key` replaces."""
        ...

    def fault(self, what: str, error: Exception) -> None:
        """Say that something of this plugin's failed and was made up for: it is counted, an administrator sees it on
        the plugin's line, the event log says `plugin.fault`. `what` is one of a few fixed words. Never raises."""
        ...

    def service(self, protocol: type[Service]) -> Service | None:
        """The first service a plugin of the site gives that has this protocol, or None."""
        ...

    def services_of(self, protocol: type[Service]) -> Sequence[Service]:
        """Every service of the site that has this protocol, in the order of the plugins."""
        ...

    def key(self, purpose: str) -> bytes:
        """32 secret bytes, the same at every start, for signing within this plugin."""
        ...

    async def publish(self, topic: str, data: Mapping[str, Json]) -> None:
        """A wake-up to every node's subscribers of the topic (small: ids, never content)."""
        ...

    def subscribe(self, topic: str) -> Subscription:
        """Listen to a topic of this plugin."""
        ...
