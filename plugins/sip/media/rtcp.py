"""RTCP (RFC 3550 §6): reports of senders and receivers, read and written. Pure."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

_HEADER: Final = struct.Struct("!BBH")
_SENDER: Final = struct.Struct("!QIII")
_BLOCK: Final = struct.Struct("!IIIIII")
_VERSION: Final = 0x80
_SR, _RR, _SDES, _BYE = 200, 201, 202, 203
_KINDS: Final = range(192, 224)  # second octet of any RTCP; no audio uses these (RFC 5761 §4)
_CNAME: Final = 1
_EPOCH: Final = 2_208_988_800  # seconds from 1900 to 1970


class NotRtcp(ValueError):
    """The datagram is something else, or cut off."""


@dataclass(frozen=True, slots=True)
class Sender:
    """What a sender says of itself (§6.4.1): its clock as NTP, the same moment in samples, and what it has sent."""

    ntp: int
    timestamp: int
    packets: int
    octets: int


@dataclass(frozen=True, slots=True)
class Block:
    """How one source is received (§6.4.1): `fraction` of 256 lost since the report before, `lost` in all, `highest`
    extended sequence number, `jitter` in samples, `last_report` the middle of the NTP time of the sender's last report,
    `delay` since it came in 1/65536 s."""

    source: int
    fraction: int
    lost: int
    highest: int
    jitter: int
    last_report: int
    delay: int


@dataclass(frozen=True, slots=True)
class Report:
    """Of `source`; without `sender` it has sent nothing lately."""

    source: int
    sender: Sender | None = None
    blocks: tuple[Block, ...] = ()


def is_rtcp(datagram: bytes) -> bool:
    """Whether it is RTCP, not RTP, where both use one port (RFC 5761 §4)."""
    return len(datagram) >= _HEADER.size and datagram[0] >> 6 == 2 and datagram[1] in _KINDS


def parse(datagram: bytes) -> list[Report]:
    """The reports in a compound packet; what else is in it is passed over. Raises NotRtcp."""
    reports, at = [], 0
    while at < len(datagram):
        if not is_rtcp(datagram[at:]):
            raise NotRtcp("no header")
        first, kind, words = _HEADER.unpack_from(datagram, at)
        body = datagram[at + _HEADER.size : at + 4 * (words + 1)]
        if len(body) < 4 * words:
            raise NotRtcp("cut off")
        if kind in (_SR, _RR):
            reports.append(_report(body, first & 0x1F, has_sender=kind == _SR))
        at += 4 * (words + 1)
    return reports


def build(report: Report, name: str, *, bye: bool = False) -> bytes:
    """A compound packet (§6.1): the report, the CNAME, and where asked for that this was the last."""
    sent = report.sender
    body = report.source.to_bytes(4)
    if sent:
        body += _SENDER.pack(sent.ntp, sent.timestamp & 0xFFFFFFFF, sent.packets & 0xFFFFFFFF, sent.octets & 0xFFFFFFFF)
    body += b"".join(map(_written, report.blocks))
    item = bytes([_CNAME, len(name)]) + name.encode("ascii")
    chunk = report.source.to_bytes(4) + item + bytes(4 - len(item) % 4)
    last = _packet(_BYE, 1, report.source.to_bytes(4)) if bye else b""
    return _packet(_SR if sent else _RR, len(report.blocks), body) + _packet(_SDES, 1, chunk) + last


def ntp(seconds: float) -> int:
    """Seconds since 1970 as NTP has them (§4): 32 bits of seconds since 1900, 32 of their fraction."""
    return round((seconds + _EPOCH) * 2**32) & 0xFFFFFFFFFFFFFFFF


def middle(ntp: int) -> int:
    """The 32 bits that reports are named by: 1/65536 s."""
    return ntp >> 16 & 0xFFFFFFFF


def _report(body: bytes, count: int, *, has_sender: bool) -> Report:
    start = 4 + (_SENDER.size if has_sender else 0)
    if len(body) < start + count * _BLOCK.size:
        raise NotRtcp("fewer blocks than it says")
    sender = Sender(*_SENDER.unpack_from(body, 4)) if has_sender else None
    blocks = tuple(_block(body, start + number * _BLOCK.size) for number in range(count))
    return Report(int.from_bytes(body[:4]), sender, blocks)


def _block(body: bytes, at: int) -> Block:
    source, losses, highest, jitter, last_report, delay = _BLOCK.unpack_from(body, at)
    lost = losses & 0xFFFFFF
    return Block(source, losses >> 24, lost - (lost >> 23 << 24), highest, jitter, last_report, delay)


def _written(block: Block) -> bytes:
    lost = max(-0x800000, min(block.lost, 0x7FFFFF)) & 0xFFFFFF
    losses = block.fraction << 24 | lost
    jitter, highest = min(block.jitter, 0xFFFFFFFF), block.highest & 0xFFFFFFFF
    return _BLOCK.pack(block.source, losses, highest, jitter, block.last_report, min(block.delay, 0xFFFFFFFF))


def _packet(kind: int, count: int, body: bytes) -> bytes:
    return _HEADER.pack(_VERSION | count, kind, len(body) // 4) + body
