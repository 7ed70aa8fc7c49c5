"""What crosses the contract between a channel and the core: values only, frozen, without behaviour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from typing_extensions import TypeAliasType

# a TypeAliasType, so that pydantic can follow it into itself
Json = TypeAliasType("Json", "bool | int | float | str | list[Json] | dict[str, Json] | None")


class MessageKind(StrEnum):
    """What a message is; screens switch on this, never on a channel's name. A plugin may use further kinds."""

    TEXT = "TEXT"
    NOTE = "NOTE"
    CARD = "CARD"
    RATING = "RATING"
    CALL = "CALL"
    RECORDING = "RECORDING"
    VOICEMAIL = "VOICEMAIL"
    FAX = "FAX"
    SYSTEM = "SYSTEM"


@dataclass(frozen=True, slots=True)
class Address:
    """One address as (scheme, value): ("mailto", "a@b.c"), ("tel", "+8613800138000"), ("visitor", "…").

    Schemes are shared by channels, so that one customer's text, fax and call meet. `name` is the display name as given.
    """

    scheme: str
    value: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing a customer may choose: `key` (a digit, a keyword) and its label in the dialogue's language."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file on a message. `content` is whole, in bytes; `content_id` ties an inline picture to its place in HTML."""

    name: str
    media_type: str
    content: bytes
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Raw:
    """What the far side handed over, unread. `meta` is JSON the channel needs to read it (envelope, client, …)."""

    body: bytes
    meta: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The raw input is committed. `raw_id` names it; `duplicate` says the very same emission was already there."""

    raw_id: int
    duplicate: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """This is piece `index` (from 0) of `total`; pieces with one `key` are joined, or given up after `timeout` seconds,
    when what has arrived is passed on with the gap marked."""

    key: str
    index: int
    total: int
    timeout: float = 300.0


@dataclass(frozen=True, slots=True)
class Inbound:
    """Content from a customer. Everything but `external_id` may stay empty: no channel has to invent a subject.

    external_id   the far side's id of this message; with `content_hash` and the account it makes a redelivery visible
    sender        None when withheld
    reply_to      where answers go, when it is not the sender
    thread        keys that name the conversation, strongest first (referenced Message-IDs, a chat session)
    known_as      further keys under which a later input may refer to this one
    serials       ticket serial numbers quoted in it
    queue         key of the queue it names itself (a code on a cover sheet); one that is unknown: the account's
    quoted        the folded part: what `text` repeats of earlier messages
    fields        optional facts for display and reply: subject, to, cc, product page, …
    profile       what the customer said of themself: name, tel, mailto, language, or free attributes
    automatic     written by a machine: never opens a ticket by itself, never answered automatically
    """

    external_id: str
    sender: Address | None
    text: str = ""
    html: str = ""
    kind: str = MessageKind.TEXT
    content_hash: str = ""
    reply_to: Address | None = None
    thread: tuple[str, ...] = ()
    known_as: tuple[str, ...] = ()
    serials: tuple[str, ...] = ()
    queue: str = ""
    quoted: str = ""
    fields: Mapping[str, Json] = field(default_factory=dict)
    profile: Mapping[str, Json] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    sent_at: datetime | None = None
    automatic: bool = False
    language: str = ""
    part: Part | None = None


class ReceiptState(StrEnum):
    """How far the far side says an outbound message has come. UNKNOWN: the channel lost sight of it midway, and only a
    person may have it sent again."""

    SENT = "SENT"
    DELIVERED = "DELIVERED"
    READ = "READ"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Moves a delivery. `refers_to` is the id that `Sent` gave; `code` and `detail` explain a failure."""

    refers_to: str
    state: ReceiptState
    code: str = ""
    detail: str = ""
    recipient: str = ""
    at: datetime | None = None


class LegState(StrEnum):
    """A party's media in a live interaction, as far as the core cares."""

    RINGING = "RINGING"
    ANSWERED = "ANSWERED"
    HELD = "HELD"
    RESUMED = "RESUMED"
    CONSULTING = "CONSULTING"
    RETURNED = "RETURNED"
    PASSED_ON = "PASSED_ON"
    RECORDING = "RECORDING"
    RECORDING_PAUSED = "RECORDING_PAUSED"
    ENDED = "ENDED"


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a leg was heard, from beginning to end, of both directions the worse. None is what nobody measured.

    loss        share of packets that did not come, 0 to 1
    jitter      milliseconds (RFC 3550 A.8)
    round_trip  milliseconds, to the far side and back
    mos         what listeners would say, 1 to 5, estimated (ITU-T G.107)
    """

    loss: float | None = None
    jitter: float | None = None
    round_trip: float | None = None
    mos: float | None = None


@dataclass(frozen=True, slots=True)
class LegFact:
    """Something that happened to a leg. `thread` is the key the interaction is known by; `cause` says why it ended, and
    `quality` how it was; `colleague` is the user whom the agent's device called or passed the customer on to
    (CONSULTING, PASSED_ON), `queue` the key of the queue it passed them on to instead."""

    thread: str
    state: LegState
    leg: str = ""
    cause: str = ""
    at: datetime | None = None
    colleague: int | None = None
    quality: Quality | None = None
    queue: str = ""


@dataclass(frozen=True, slots=True)
class Signal:
    """Typing, levels, page progress: bounded, not stored, straight to the screens. `kind` names it ("typing")."""

    thread: str
    kind: str
    data: Mapping[str, Json] = field(default_factory=dict)


Normalised: TypeAlias = Inbound | Receipt | LegFact | Signal


@dataclass(frozen=True, slots=True)
class Outbound:
    """One message on its way to one recipient (`to`), or one envelope for all when the channel says so.

    delivery_id      also the idempotency key: a retry carries the same
    in_reply_to      external id of the customer message this answers, newest first in `references`
    thread           keys of the conversation, as the channel gave them
    serial           serial number of the ticket, to be quoted where the channel has room
    automatic        a notice or automatic answer, to be marked as such
    attempt          counted from 1, and from 1 again when a person wants a failed or doubtful one sent once more
    """

    delivery_id: int
    message_id: int
    interaction_id: int
    to: Address
    text: str = ""
    html: str = ""
    kind: str = MessageKind.TEXT
    fields: Mapping[str, Json] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    thread: tuple[str, ...] = ()
    serial: str = ""
    subject: str = ""
    agent_name: str = ""
    language: str = ""
    automatic: bool = False
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Sent:
    """The far side took it. `external_id` is what receipts and replies will name; `pending_until`, when set, says that
    receipts decide (a fax): without one until then the delivery becomes UNKNOWN. `known_as`: further thread keys."""

    external_id: str
    pending_until: datetime | None = None
    known_as: tuple[str, ...] = ()
