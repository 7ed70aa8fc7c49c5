"""The contract of a channel: a plugin class that carries interactions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeAlias, TypeVar, runtime_checkable

from pydantic import BaseModel

from hub.api.messages import Accepted, Address, Normalised, Outbound, Raw, Sent, Signal
from hub.api.web import Request, Response

ConnectionSettings = TypeVar("ConnectionSettings", bound=BaseModel)
AccountSettings = TypeVar("AccountSettings", bound=BaseModel)


class Medium(StrEnum):
    """What an agent's attention is filled with; capacity is counted per medium."""

    VOICE = "VOICE"
    LIVE_TEXT = "LIVE_TEXT"
    DEFERRED = "DEFERRED"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do. The inbox shows and hides by these, never by the channel's name.

    live            the customer waits at the other end; leaving the queue is abandonment
    typing          carries typing signals both ways
    receipts        tells DELIVERED / READ
    html            replies may have HTML
    attachments     replies may have files; `max_attachment_bytes` each
    fields          optional message fields an agent may fill: ("subject", "cc", "bcc")
    kinds           message kinds an agent may send ("TEXT", "CARD", …)
    can_start       an agent may write first, to an address of `start_scheme`
    reply_window    how long after the customer's last message a reply is allowed; None: always
    resend_is_safe  the same delivery id twice reaches the customer at most visibly once (or as the same message);
                    when False a delivery interrupted midway becomes UNKNOWN, never resent by itself
    calls           carries calls: it is a `CallChannel`, its interactions have legs, agents answer on a device
    choices         shows the choices of a flow's prompt itself (buttons); elsewhere the hub writes them under the text
    dedup_scope     "account", or "channel" where one thing may come in through several accounts (mail to two mailboxes)
    """

    medium: Medium
    live: bool = False
    typing: bool = False
    receipts: bool = False
    html: bool = False
    attachments: bool = False
    max_attachment_bytes: int = 0
    max_text: int = 100_000
    fields: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ("TEXT",)
    can_start: bool = False
    start_scheme: str = ""
    reply_window: timedelta | None = None
    resend_is_safe: bool = True
    dedup_scope: str = "account"
    calls: bool = False
    choices: bool = False


@dataclass(frozen=True, slots=True)
class Connection(Generic[ConnectionSettings]):
    """One way to the outside, secrets decrypted inside `settings`. `cursor` is what was last committed by `emit`."""

    id: int
    name: str
    settings: ConnectionSettings
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Account(Generic[AccountSettings]):
    """One address of the site on a channel. `origins` and the like live in `settings`, the plugin's own model.
    `connection` is the one it is reached by: what authenticates a webhook may need its secrets."""

    id: int
    connection_id: int | None
    channel: str
    name: str
    address: Address
    settings: AccountSettings
    language: str = "en"
    connection: Connection[Any] | None = None


AnyConnection: TypeAlias = Connection[Any]
AnyAccount: TypeAlias = Account[Any]


class Emit(Protocol):
    """How a listener hands over: returns after the raw bytes are committed, together with the cursor.

    Raises UnknownAccount, Unauthenticated (refuse for good) or Overloaded (ask the far side to try again).
    """

    async def __call__(self, raw: Raw, cursor: str | None = None) -> Accepted: ...


@runtime_checkable
class Channel(Protocol):
    """What every channel is. `address`, `authenticate` and `normalise` are pure: no I/O, no clock, replayable.

    address       the account addresses this input is for, most likely first (a mail may name several mailboxes)
    authenticate  raise Unauthenticated when the far side is not who it must be
    normalise     raw → what it means; raise Malformed to quarantine it. Runs in a worker thread with a deadline
    send          give one message to the far side; raises a SendError subclass
    """

    name: str
    connection: type[BaseModel]
    account: type[BaseModel]
    capabilities: Capabilities

    def address(self, raw: Raw) -> Sequence[Address]: ...

    def authenticate(self, account: AnyAccount, raw: Raw) -> None: ...

    def normalise(self, account: AnyAccount, raw: Raw) -> Sequence[Normalised]: ...

    async def send(self, connection: AnyConnection | None, account: AnyAccount, message: Outbound) -> Sent: ...


@runtime_checkable
class Listens(Protocol):
    """A channel that hears by itself (SMTP, IMAP, SMPP, SIP): runs until cancelled, supervised with back-off.

    Listening must be up, or the error raised, before `ready()` is called; until then the connection is not healthy.
    """

    async def listen(self, connection: AnyConnection, emit: Emit, ready: "Ready") -> None: ...


class Ready(Protocol):
    """Called by a listener when it can hear; `detail` is shown to administrators ("127.0.0.1:2525"). Called again when
    what there is to show has changed."""

    def __call__(self, detail: str = "") -> None: ...


@runtime_checkable
class Acknowledges(Protocol):
    """A channel fed by webhooks at POST or GET /c/{channel}/{account}/{action}, where {account} is the address's value.

    The hub stores what came there as `Raw`: the body, and as `meta` the `method`, `action`, `query`, `headers`
    (lower-case, without cookies), `client` and `url`; `authenticate` is asked before. `acknowledge` then gives what the
    far side wants to read: `accepted` when it is stored, else `error` (UnknownAccount, Unauthenticated or another
    InputError: refused for good; Overloaded: come again).
    """

    def acknowledge(self, request: Request, accepted: Accepted | None, error: Exception | None) -> Response: ...


@runtime_checkable
class Probes(Protocol):
    """A channel that can try a connection without using it: reach the far side, log in, leave. Returns what it found in
    one sentence ("mail.example: logged in"); raises a SendError."""

    async def probe(self, connection: AnyConnection) -> str: ...


@runtime_checkable
class Redacts(Protocol):
    """A channel whose far side proves itself by what must not be kept, and only the channel can tell what that is: a
    password in the body, a key under a name of its own. Asked after `authenticate`; what it gives is stored and read in
    the input's place. Pure, as `authenticate` is. What the hub knows by itself (`authorization`, …) it sees to."""

    def redacted(self, account: AnyAccount, raw: Raw) -> Raw: ...


@runtime_checkable
class Varies(Protocol):
    """A channel whose accounts differ in what they can carry (one provider takes pictures, another does not): asked
    whenever it matters, so it looks at the account's and its connection's settings and does nothing else. Never more
    than the channel's own `capabilities`."""

    def capabilities_of(self, account: AnyAccount) -> Capabilities: ...


@runtime_checkable
class LiveChannel(Channel, Protocol):
    """A channel whose customer is there now. `signal` carries typing and the like to them, best effort;
    `end` tells the far side that the conversation is over."""

    async def signal(self, account: AnyAccount, signal: Signal) -> None: ...

    async def end(self, account: AnyAccount, thread: str, reason: str) -> None: ...
