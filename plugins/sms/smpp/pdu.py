"""SMPP 3.4's packets as octets. smpp34 writes submit_sm and reads deliver_sm; the rest is a header and C strings.

Its client is not used: it answers deliver_sm by itself, before anything is stored (decision 0024).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

HEADER: Final = struct.Struct(">IIII")
LARGEST: Final = 70_000  # octets of a packet: a message_payload has at most 65,535
VERSION: Final = 0x34
MOST_SEQUENCE: Final = 0x7FFFFFFF
RESPONSE: Final = 0x80000000


class Command(IntEnum):
    """command_id (SMPP 3.4 §5.1.2.1); a response has `RESPONSE` added."""

    GENERIC_NACK = 0x80000000
    BIND_RECEIVER = 0x00000001
    BIND_TRANSMITTER = 0x00000002
    SUBMIT_SM = 0x00000004
    DELIVER_SM = 0x00000005
    UNBIND = 0x00000006
    BIND_TRANSCEIVER = 0x00000009
    ENQUIRE_LINK = 0x00000015


class Status(IntEnum):
    """The command_status values that mean something to us (§5.1.3)."""

    ROK = 0x00
    RINVMSGLEN = 0x01
    RINVCMDLEN = 0x02
    RINVCMDID = 0x03
    RINVBNDSTS = 0x04
    RALYBND = 0x05
    RSYSERR = 0x08
    RINVSRCADR = 0x0A
    RINVDSTADR = 0x0B
    RBINDFAIL = 0x0D
    RINVPASWD = 0x0E
    RINVSYSID = 0x0F
    RMSGQFUL = 0x14
    RINVSERTYP = 0x15
    RTHROTTLED = 0x58
    RX_T_APPN = 0x64
    RX_P_APPN = 0x65
    RX_R_APPN = 0x66


class BadPacket(Exception):
    """No SMPP: the line cannot be read any further."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet: its header's fields, and `octets`, all of it."""

    command: int
    status: int
    sequence: int
    octets: bytes

    @property
    def body(self) -> bytes:
        """What follows the header."""
        return self.octets[HEADER.size :]

    @property
    def is_response(self) -> bool:
        """Whether it answers one of ours."""
        return bool(self.command & RESPONSE)


def length_of(octets: bytes) -> int:
    """How long the packet is that begins with these four octets. Raises BadPacket."""
    length = int.from_bytes(octets[:4], "big")
    if not HEADER.size <= length <= LARGEST:
        raise BadPacket(f"a packet of {length} octets")
    return length


def packet(octets: bytes) -> Packet:
    """A whole packet. Raises BadPacket."""
    if len(octets) < HEADER.size or length_of(octets) != len(octets):
        raise BadPacket("a packet of another length than it says")
    _, command, status, sequence = HEADER.unpack_from(octets)
    return Packet(command, status, sequence, octets)


def write(command: int, sequence: int, body: bytes = b"", status: int = 0) -> bytes:
    """A packet as octets."""
    return HEADER.pack(HEADER.size + len(body), command, status, sequence) + body


def numbered(octets: bytes, sequence: int) -> bytes:
    """The packet with another sequence number."""
    return octets[:12] + sequence.to_bytes(4, "big") + octets[16:]


def c_string(text: str) -> bytes:
    """A text up to its null octet; one inside it ends it."""
    return text.partition("\0")[0].encode("latin-1", "replace") + b"\0"


def first_string(body: bytes) -> str:
    """The C string a body begins with (a message_id, a system_id)."""
    return body.partition(b"\0")[0].decode("latin-1")


def bind(system_id: str, password: str, system_type: str, address_range: str) -> bytes:
    """The body of a bind (§4.1.1)."""
    return (
        b"".join(map(c_string, (system_id, password, system_type))) + bytes([VERSION, 0, 0]) + c_string(address_range)
    )
