"""What an SP and a gateway say to each other (CMPP 2.0 §7, 3.0 §8): one value a PDU, one table of layouts for both.

A message goes to one number a PDU: the counter DestUsr_tl, which would allow a hundred, is always 1 here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import Any, ClassVar, TypeAlias

from plugins.sms.cmpp.fields import BadPdu, Counted, Layout, Number, Octets, Text, read, write

HEADER = 12
LARGEST = 4096
"""Octets of a PDU; the longest there is has under 600."""
RESPONSE = 0x8000_0000


class Version(IntEnum):
    """Major and minor version, as CONNECT says them."""

    V2_0 = 0x20
    V3_0 = 0x30


@dataclass(frozen=True, slots=True)
class Connect:
    """An SP logs in. `authenticator`: see `login.authenticator`; `timestamp` is MMDDHHMMSS as a number."""

    command: ClassVar[int] = 0x1
    source: str
    authenticator: bytes
    version: int
    timestamp: int


@dataclass(frozen=True, slots=True)
class ConnectResp:
    """Status 0 is in, 3 a wrong password, 4 a version the gateway does not speak."""

    command: ClassVar[int] = 0x1 | RESPONSE
    status: int
    authenticator: bytes
    version: int


@dataclass(frozen=True, slots=True)
class Terminate:
    """Either side takes its leave."""

    command: ClassVar[int] = 0x2


@dataclass(frozen=True, slots=True)
class TerminateResp:
    """And is let go."""

    command: ClassVar[int] = 0x2 | RESPONSE


@dataclass(frozen=True, slots=True)
class Submit:
    """A text for one number. `source` is the SP's number, an extension behind it; `content` at most 140 octets."""

    command: ClassVar[int] = 0x4
    source: str
    destination: str
    content: bytes
    format: int
    udhi: int = 0
    total: int = 1
    number: int = 1
    registered: int = 1
    level: int = 0
    service: str = ""
    fee_user_type: int = 0
    fee_terminal: str = ""
    fee_terminal_type: int = 0
    protocol: int = 0
    sp: str = ""
    fee_type: str = "01"
    fee_code: str = "000000"
    valid_until: str = ""
    at: str = ""
    count: int = 1
    destination_type: int = 0
    link: bytes = b""
    message_id: bytes = bytes(8)


@dataclass(frozen=True, slots=True)
class SubmitResp:
    """Result 0: the gateway has it and calls it `message_id`."""

    command: ClassVar[int] = 0x4 | RESPONSE
    message_id: bytes
    result: int


@dataclass(frozen=True, slots=True)
class Deliver:
    """A text from a mobile, or, when `registered` is 1, a `report.Report` as its content."""

    command: ClassVar[int] = 0x5
    message_id: bytes
    destination: str
    source: str
    content: bytes
    format: int = 0
    udhi: int = 0
    registered: int = 0
    service: str = ""
    protocol: int = 0
    source_type: int = 0
    link: bytes = b""


@dataclass(frozen=True, slots=True)
class DeliverResp:
    """Result 0: we have it; anything else and the gateway comes again (8: too fast)."""

    command: ClassVar[int] = 0x5 | RESPONSE
    message_id: bytes
    result: int


@dataclass(frozen=True, slots=True)
class ActiveTest:
    """Are you there?"""

    command: ClassVar[int] = 0x8


@dataclass(frozen=True, slots=True)
class ActiveTestResp:
    """I am."""

    command: ClassVar[int] = 0x8 | RESPONSE
    reserved: int = 0


Pdu: TypeAlias = (
    Connect
    | ConnectResp
    | Terminate
    | TerminateResp
    | Submit
    | SubmitResp
    | Deliver
    | DeliverResp
    | ActiveTest
    | ActiveTestResp
)

LAYOUTS: Mapping[type[Any], Layout] = {
    Connect: (Text("source", 6), Octets("authenticator", 16), Number("version", 1), Number("timestamp", 4)),
    ConnectResp: (Number("status", 1, 4), Octets("authenticator", 16), Number("version", 1)),
    Terminate: (),
    TerminateResp: (),
    Submit: (
        Octets("message_id", 8),
        Number("total", 1),
        Number("number", 1),
        Number("registered", 1),
        Number("level", 1),
        Text("service", 10),
        Number("fee_user_type", 1),
        Text("fee_terminal", 21, 32),
        Number("fee_terminal_type", 0, 1),
        Number("protocol", 1),
        Number("udhi", 1),
        Number("format", 1),
        Text("sp", 6),
        Text("fee_type", 2),
        Text("fee_code", 6),
        Text("valid_until", 17),
        Text("at", 17),
        Text("source", 21),
        Number("count", 1),
        Text("destination", 21, 32),
        Number("destination_type", 0, 1),
        Counted("content"),
        Octets("link", 8, 20),
    ),
    SubmitResp: (Octets("message_id", 8), Number("result", 1, 4)),
    Deliver: (
        Octets("message_id", 8),
        Text("destination", 21),
        Text("service", 10),
        Number("protocol", 1),
        Number("udhi", 1),
        Number("format", 1),
        Text("source", 21, 32),
        Number("source_type", 0, 1),
        Number("registered", 1),
        Counted("content"),
        Octets("link", 8, 20),
    ),
    DeliverResp: (Octets("message_id", 8), Number("result", 1, 4)),
    ActiveTest: (),
    ActiveTestResp: (Number("reserved", 1),),
}
_KINDS: Mapping[int, type[Any]] = {kind.command: kind for kind in LAYOUTS}


def encode(pdu: Pdu, sequence: int, version: Version) -> bytes:
    """A PDU as it travels. Raises BadPdu when a value has no room in its field."""
    body = write(LAYOUTS[type(pdu)], asdict(pdu), version is Version.V3_0)
    head = (HEADER + len(body), pdu.command, sequence)
    return b"".join(number.to_bytes(4, "big") for number in head) + body


def decode(octets: bytes, version: Version) -> tuple[int, Pdu]:
    """Sequence number and PDU of one whole frame. Raises BadPdu."""
    if len(octets) < HEADER or int.from_bytes(octets[:4], "big") != len(octets):
        raise BadPdu("a frame's length is not the one it says")
    command = int.from_bytes(octets[4:8], "big")
    kind = _KINDS.get(command)
    if kind is None:
        raise BadPdu(f"no PDU has the command {command:#x}")
    wide = version is Version.V3_0
    if kind is ConnectResp:
        wide = len(octets) >= HEADER + 21  # who does not speak our version says so in its own
    pdu: Pdu = kind(**read(LAYOUTS[kind], octets[HEADER:], wide))
    if isinstance(pdu, Submit) and pdu.count != 1:
        raise BadPdu("a message to several numbers")
    return int.from_bytes(octets[8:12], "big"), pdu
