"""What a provider is: one way texts go to and come from a carrier. Everything above it is the same for all of them.

A connection's `kind` names its provider. Above the providers, once for all: coding and segmentation, national numbers,
joining of parts, stop words, sessions, which delivery a report speaks of. A provider carries single short messages
(or whole ones, if it says `segments = False`) and reads what its far side says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeAlias, runtime_checkable

from hub.api import (
    Accepted,
    AnyAccount,
    AnyConnection,
    Attachment,
    Raw,
    Ready,
    ReceiptState,
    Rejected,
    Request,
    Response,
)
from plugins.sms.pictures.limits import PictureLimits
from plugins.sms.text.narrow import HANDSETS, Narrow


class OptedOut(Rejected):
    """The far side itself keeps a list of numbers that said STOP, and this one is on it: the hub's list learns it."""


class Coding(StrEnum):
    """How a text is written into octets (3GPP TS 23.038 §4, §6).

    GSM7    the GSM default alphabet, here one septet an octet (unpacked), escapes as 0x1B and the extension's code
    UCS2    UTF-16, big endian: a character outside the basic plane takes two units
    OCTETS  8-bit data without a meaning of its own; read as Latin-1
    """

    GSM7 = "GSM7"
    UCS2 = "UCS2"
    OCTETS = "OCTETS"


@dataclass(frozen=True, slots=True)
class Segment:
    """One short message of a text as it goes out.

    text        what it says
    octets      its user data without a header, in `coding` (GSM7 unpacked: pack it where the protocol wants that)
    index       from 0, of `total`; `reference` (0 to 255) is the same in all of them
    header      the user data header, its length octet included (3GPP TS 23.040 §9.2.3.24); b"" when it is whole
    """

    text: str
    coding: Coding
    octets: bytes
    index: int = 0
    total: int = 1
    reference: int = 0
    header: bytes = b""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One submission. Where the provider says `segments = False`, `segment` is the whole text, whatever its length.

    delivery_id  of the hub's delivery; with `segment.index` it names the submission for good
    sender       our number, short code or name, as the account has it ("+8610…", "10690…", "GARAGE")
    to           E.164 with its plus, or a short code's digits
    receipt      whether a report is wanted
    words        the whole text as its author left it: not signed, not cut up
    """

    delivery_id: int
    account: AnyAccount
    sender: str
    to: str
    segment: Segment
    receipt: bool = True
    attachments: tuple[Attachment, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class Submitted:
    """The far side took it. `external_id` is what its reports will name; `parts` how many short messages it counts;
    `price` as it says it ("0.0075 USD"), "" when it does not."""

    external_id: str
    parts: int = 1
    price: str = ""


@dataclass(frozen=True, slots=True)
class Concatenated:
    """Which piece of a longer text this is: `index` from 0."""

    reference: int
    index: int
    total: int


@dataclass(frozen=True, slots=True)
class Heard:
    """A text a handset sent (mobile originated), one piece of it as a rule.

    sender, recipient  as the far side writes them, without reading them: national, with or without plus, a name
    octets             user data in `coding`, without its header; where the far side gives text already, `text` is it
    header             the user data header with its length octet, b"" without
    part               the same told in another way (SMPP's sar_*), None when the header or nothing tells it
    id                 the far side's own id of this very message, "" when it has none
    media              where further files can be fetched, as the provider understands it
    """

    sender: str
    recipient: str
    text: str = ""
    coding: Coding | None = None
    octets: bytes = b""
    header: bytes = b""
    part: Concatenated | None = None
    id: str = ""
    at: datetime | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What became of something we sent. `refers_to` is the id that `Submitted` gave; `code` and `detail` explain a
    failure in the far side's words."""

    refers_to: str
    state: ReceiptState
    code: str = ""
    detail: str = ""
    at: datetime | None = None
    price: str = ""
    recipient: str = ""


News: TypeAlias = Heard | Report


Cursor: TypeAlias = Callable[[], str]


class Take(Protocol):
    """How a provider hands up what it heard, unread: `raw` is what its own `read` understands.

    Returns when it is committed, with what `cursor` gives then (it is `connection.cursor` at the next start): only now
    is the far side told so. None: noted, and nothing to store. Raises UnknownAccount (refuse for good) or Overloaded
    (ask the far side to come again); what cannot be read is kept and quarantined.
    """

    async def __call__(self, raw: Raw, cursor: Cursor | None = None) -> Accepted | None: ...


@runtime_checkable
class Provider(Protocol):
    """One kind of connection.

    kind      the word in the connection's settings, whose field of the same name holds the provider's own settings
    segments  it wants single segments; False: it takes whole texts and cuts them itself
    submit    hand one message over; returns when the far side has taken it. Raises a SendError: OutcomeUnknown when
              it may have, any other when it surely has not (then the same submission may come again)
    read      what a raw input means, `account` being whose it is where that is known; pure, total: Malformed only
    probe     try the connection without sending: one sentence, or a SendError
    """

    kind: str
    segments: bool

    async def submit(self, connection: AnyConnection, outgoing: Outgoing) -> Submitted: ...

    def read(self, raw: Raw, account: AnyAccount | None = None) -> Sequence[News]: ...

    async def probe(self, connection: AnyConnection) -> str: ...


@runtime_checkable
class Hears(Protocol):
    """A provider that hears by a connection of its own (SMPP, CMPP, a modem): runs until cancelled. An exception ends
    it; the hub starts it again with back-off."""

    async def listen(self, connection: AnyConnection, take: Take, ready: Ready) -> None: ...


@runtime_checkable
class Hooked(Protocol):
    """A provider whose far side calls /c/sms/{account}/{action}, {account} being the account's own number.

    authenticate  raise Unauthenticated when the far side is not who it must be; `raw.meta` has `method`, `action`,
                  `query`, `headers`, `url` and `client` as strings, as `hub.api.Acknowledges` says
    acknowledge   what it wants to read: `error` is None when it is stored
    """

    def authenticate(self, connection: AnyConnection, account: AnyAccount, raw: Raw) -> None: ...

    def acknowledge(self, request: Request, account: AnyAccount, error: Exception | None) -> Response: ...


@runtime_checkable
class Conceals(Protocol):
    """A hooked provider whose far side proves itself by what must not be kept: the input without it. Pure."""

    def redacted(self, connection: AnyConnection, raw: Raw) -> Raw: ...


@runtime_checkable
class Expects(Protocol):
    """A hooked provider that has more to fetch than the far side posted: told before the input is stored, so that it
    can plan that durably (`Context.schedule`)."""

    async def expect(self, account: AnyAccount, raw: Raw) -> None: ...


@runtime_checkable
class Narrows(Protocol):
    """A provider whose far side takes fewer characters in the narrow coding than handsets know: a text with any other
    is cut and sent in UCS-2."""

    def narrow(self, connection: AnyConnection) -> Narrow: ...


@runtime_checkable
class TakesPictures(Protocol):
    """A provider that carries pictures, on accounts whose number takes them. It is handed them with the text, checked,
    in `Outgoing.attachments`."""

    pictures: PictureLimits


def narrow_of(provider: Provider, connection: AnyConnection) -> Narrow:
    """What goes in the narrow coding by this connection."""
    return provider.narrow(connection) if isinstance(provider, Narrows) else HANDSETS


def pictures_of(provider: Provider, account: AnyAccount) -> PictureLimits | None:
    """What pictures an account carries; None: text only."""
    return provider.pictures if account.settings.pictures and isinstance(provider, TakesPictures) else None


Settings: TypeAlias = Any
"""A provider's own settings: the field of `SmsConnection` named as its kind."""
