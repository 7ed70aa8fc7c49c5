"""STUN as the keep-alive of UDP flows (RFC 5626 §4.4.2, §8; RFC 5389): a phone asks, at the port of SIP, as whom its
NAT shows it; the answer says that the way is open. Pure."""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Iterator
from typing import Final

_HEADER: Final = struct.Struct("!HHI12s")
_ATTRIBUTE: Final = struct.Struct("!HH")
_COOKIE: Final = 0x2112A442
_REQUEST, _SUCCESS, _ERROR = 0x0001, 0x0101, 0x0111  # of the method Binding (§18.1)
_XOR_MAPPED_ADDRESS, _ERROR_CODE, _UNKNOWN = 0x0020, 0x0009, 0x000A
_UNDERSTOOD: Final = frozenset({0x0001, 0x0006, 0x0008, 0x0014, 0x0015})
"""Those that must be understood and mean nothing here: a mapped address, and credentials, which nobody asked for."""
_OPTIONAL: Final = 0x8000
_UNKNOWN_ATTRIBUTE: Final = b"\x00\x00\x04\x14Unknown Attribute"  # 420 (§15.6)


def is_stun(datagram: bytes) -> bool:
    """No message of SIP begins like it (RFC 5626 §8)."""
    return len(datagram) >= _HEADER.size and datagram[0] < 2 and int.from_bytes(datagram[4:8]) == _COOKIE


def answer(datagram: bytes, host: str, port: int) -> bytes | None:
    """To a Binding request from there; None to all else (§7.3)."""
    kind, length, _, transaction = _HEADER.unpack_from(datagram)
    if kind != _REQUEST or length != len(datagram) - _HEADER.size or length % 4:
        return None
    unknown = [each for each in _attributes(datagram) if each < _OPTIONAL and each not in _UNDERSTOOD]
    if unknown:
        listed = b"".join(each.to_bytes(2) for each in unknown)
        body = _attribute(_ERROR_CODE, _UNKNOWN_ATTRIBUTE) + _attribute(_UNKNOWN, listed)
        return _message(_ERROR, transaction, body)
    return _message(_SUCCESS, transaction, _attribute(_XOR_MAPPED_ADDRESS, _mapped(host, port, transaction)))


def _attributes(datagram: bytes) -> Iterator[int]:
    at = _HEADER.size
    while at + _ATTRIBUTE.size <= len(datagram):
        kind, length = _ATTRIBUTE.unpack_from(datagram, at)
        yield kind
        at += _ATTRIBUTE.size + length + -length % 4


def _mapped(host: str, port: int, transaction: bytes) -> bytes:
    """§15.2: disguised, as some NATs rewrite every address they find."""
    address = ipaddress.ip_address(host.partition("%")[0])
    mask = int.from_bytes(_COOKIE.to_bytes(4) + transaction) >> (0 if address.version == 6 else 96)
    family = 2 if address.version == 6 else 1
    return struct.pack("!BBH", 0, family, port ^ _COOKIE >> 16) + (int(address) ^ mask).to_bytes(len(address.packed))


def _attribute(kind: int, value: bytes) -> bytes:
    return _ATTRIBUTE.pack(kind, len(value)) + value + bytes(-len(value) % 4)


def _message(kind: int, transaction: bytes, body: bytes) -> bytes:
    return _HEADER.pack(kind, len(body), _COOKIE, transaction) + body
