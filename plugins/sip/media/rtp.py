"""RTP packets (RFC 3550 §5.1): the fixed header, and what must be skipped to reach the payload."""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

_HEADER: Final = struct.Struct("!BBHII")
SIZE: Final = _HEADER.size
_VERSION: Final = 0x80
_LARGEST_SILENT_RTCP: Final = range(72, 77)  # RFC 5761 §4: RTCP on the same port


class Packet(NamedTuple):
    """One packet as read; a tuple, for twenty thousand a second are made. `timestamp` counts samples."""

    kind: int
    marker: bool
    sequence: int
    timestamp: int
    source: int
    payload: bytes


class NotRtp(ValueError):
    """The datagram is something else, or cut off."""


def parse(datagram: bytes) -> Packet:
    """Read one datagram. Raises NotRtp."""
    if len(datagram) < SIZE:
        raise NotRtp("shorter than a header")
    first, second, sequence, timestamp, source = _HEADER.unpack_from(datagram)
    if first & 0xC0 != _VERSION or second & 0x7F in _LARGEST_SILENT_RTCP:
        raise NotRtp("not version 2, or RTCP")
    payload = datagram[SIZE:] if first == _VERSION else _payload(datagram, first)
    return Packet(second & 0x7F, second > 0x7F, sequence, timestamp, source, payload)


def _payload(datagram: bytes, first: int) -> bytes:
    """Without contributing sources, extension and padding."""
    start, end = payload_start(datagram, first), len(datagram)
    if first & 0x20:
        end -= datagram[-1] or len(datagram)
    if start > end:
        raise NotRtp("its parts are longer than the whole")
    return datagram[start:end]


def payload_start(datagram: bytes, first: int) -> int:
    """Where the payload begins, after contributing sources and extension. Raises NotRtp."""
    start = SIZE + 4 * (first & 0x0F)
    if first & 0x10:
        if len(datagram) < start + 4:
            raise NotRtp("cut off in its extension")
        start += 4 + 4 * int.from_bytes(datagram[start + 2 : start + 4])
    return start


def build(kind: int, sequence: int, timestamp: int, source: int, payload: bytes, *, marker: bool = False) -> bytes:
    """One datagram; the counters are cut to their width."""
    second = kind | 0x80 if marker else kind
    return _HEADER.pack(_VERSION, second, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, source) + payload
